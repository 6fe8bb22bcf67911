//! The first example of the README: a call that fails three times and gives up.

use std::io;

use persevere::retry;
use tokio::net::TcpStream;

#[retry(
    stop = after_attempt(3) | after_delay(30s),        // whichever comes first
    wait = exponential(100ms).max(10s).full_jitter(),
    when = transient(),                                // errors that another attempt may cure
    before_sleep = |s| println!("attempt {}: {}", s.attempt(), s.err().unwrap().kind()),
)]
async fn connect(address: &str) -> io::Result<TcpStream> {
    TcpStream::connect(address).await // `?`, `return`, `self`, borrows: all as usual
}

#[tokio::main]
async fn main() {
    match connect("127.0.0.1:1").await {
        Ok(_) => println!("connected"),
        Err(error) => println!("gave up: {}", error.kind()),
    }
}
