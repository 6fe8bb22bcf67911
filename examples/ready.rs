//! A server that is waited for, as a program waits for its database when both start at once.
//!
//! ```text
//! cargo run --example ready
//! ```

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use persevere::retry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Connects, and asks for an answer: a port that is open is not a server that is ready.
#[retry(
    stop = after_delay(1min),
    wait = exponential(20ms).max(2s).full_jitter(),
    attempt_timeout = 5s,
    when = transient(),
    before_sleep = |state| println!("attempt {}: {}", state.attempt(), state.err().unwrap()),
)]
async fn ready(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"ping").await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    match &answer {
        b"pong" => Ok(stream),
        _ => Err(io::ErrorKind::ConnectionRefused.into()),
    }
}

/// A server that listens late, and then says for a while that it is still starting.
async fn start(address: SocketAddr) -> io::Result<()> {
    sleep(Duration::from_millis(60)).await;
    let listener = TcpListener::bind(address).await?;
    for number in 0.. {
        let (mut client, _) = listener.accept().await?;
        let mut question = [0; 4];
        client.read_exact(&mut question).await?;
        let answer = if number < 2 { b"wait" } else { b"pong" };
        client.write_all(answer).await?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let server = tokio::spawn(start(address));
    let stream = ready(address).await?;
    println!("ready at {}", stream.peer_addr()?);
    server.abort();
    Ok(())
}
