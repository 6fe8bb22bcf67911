//! The defaults of `#[retry]`: three attempts, exponential pauses with full jitter.
//!
//! ```text
//! cargo run --example safe_defaults
//! ```

use std::io;

use persevere::{RetryPolicy, retry};

/// Fails twice, then succeeds. Every `Err` is retried; a success is returned at once.
#[retry]
fn connect(attempts: &mut u32) -> io::Result<&'static str> {
    *attempts += 1;
    match *attempts {
        1 => Err(io::ErrorKind::ConnectionRefused.into()),
        2 => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok("connected"),
    }
}

/// Fails for ever. The last error is returned as it is, so that no caller has to change.
#[retry]
fn read(attempts: &mut u32) -> io::Result<Vec<u8>> {
    *attempts += 1;
    Err(io::Error::other(format!("failure {attempts}")))
}

/// `None` is a failure as well.
#[retry]
fn leader(attempts: &mut u32) -> Option<&'static str> {
    *attempts += 1;
    (*attempts > 1).then_some("node-3")
}

/// An async function pauses on the runtime's timer, and blocks no thread.
#[retry]
async fn ping(attempts: &mut u32) -> io::Result<&'static str> {
    *attempts += 1;
    if *attempts < 2 {
        Err(io::ErrorKind::ConnectionReset)?;
    }
    Ok("pong")
}

fn main() {
    // Blocking calls pause their thread: not one of a runtime.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut attempts = 0;
    let connected = connect(&mut attempts);
    println!("connect  {connected:?} after {attempts} attempts");
    let mut attempts = 0;
    let bytes = read(&mut attempts);
    println!("read     {bytes:?} after {attempts} attempts");
    let mut attempts = 0;
    let node = leader(&mut attempts);
    println!("leader   {node:?} after {attempts} attempts");
    let mut attempts = 0;
    let pong = runtime.block_on(ping(&mut attempts));
    println!("ping     {pong:?} after {attempts} attempts");

    println!("\nThe pauses:\n\n{}", RetryPolicy::new().schedule());
}
