//! Code that retries, and its tests, which take milliseconds: no pause of theirs is really slept.
//!
//! `cargo test --example testing --features testing`

use std::io;
use std::net::SocketAddr;

use persevere::retry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The dependency of the code, for which a test can stand in.
trait Mailer {
    fn send(&self, to: &str) -> io::Result<()>;
}

#[retry(stop = after_attempt(5), wait = exponential(1s).max(1min).full_jitter(), when = transient())]
fn welcome(mailer: &impl Mailer, name: &str) -> io::Result<()> {
    mailer.send(name)
}

#[retry(deadline = 10s, attempt_timeout = 2s, stop = never(), wait = 1s, when = transient())]
async fn price(shop: &impl AsyncFn() -> io::Result<u32>) -> io::Result<u32> {
    shop().await
}

#[retry(stop = after_attempt(4), wait = exponential(100ms), when = transient())]
async fn get(server: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    stream
        .write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())
        .await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    match response.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.0 200") => Ok(body.to_owned()),
        _ => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    struct Console;
    impl Mailer for Console {
        fn send(&self, to: &str) -> io::Result<()> {
            println!("welcome, {to}");
            Ok(())
        }
    }
    welcome(&Console, "ada")?;
    println!("a book is {}", price(&async || Ok(42)).await?);
    match get(([127, 0, 0, 1], 1).into(), "/").await {
        Ok(body) => println!("{body}"),
        Err(error) => println!("nobody listens on port 1: {error}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use persevere::testing::{self, Faults, Flaky, FlakyProxy, Recorder, Scope};
    use std::io::ErrorKind::TimedOut;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    impl Mailer for Flaky<io::Error> {
        fn send(&self, _: &str) -> io::Result<()> {
            self.call(|| Ok(()))
        }
    }

    #[test]
    fn a_mail_is_sent_at_the_third_attempt() {
        let mailer = Flaky::times(2, || TimedOut.into());
        let (sent, recorded) = testing::record(|| welcome(&mailer, "ada"));
        assert!(sent.is_ok());
        recorded
            .attempts(3)
            .pauses([Duration::ZERO..=SECOND, Duration::ZERO..=2 * SECOND]);
    }

    #[tokio::test(start_paused = true)] // tokio's own clock: it jumps to the next timer
    async fn a_slow_shop_is_asked_for_ten_seconds() {
        let shop = Flaky::times(0, || TimedOut.into()).delay(3 * SECOND);
        let ask = async || shop.call_async(|| async { Ok(42) }).await;
        let (price, recorded) = testing::record_async(price(&ask)).await;
        assert_eq!(price.unwrap_err().kind(), TimedOut);
        // Attempts of two seconds, pauses of one; the last one is cut at ten.
        recorded.attempts(4).pauses([SECOND; 3]);
    }

    #[tokio::test]
    async fn a_page_is_read_over_a_bad_line() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = FlakyProxy::start(server.local_addr().unwrap(), Faults::times(3)).unwrap();
        tokio::spawn(async move {
            let (mut client, _) = server.accept().await.unwrap();
            client
                .write_all(b"HTTP/1.0 200 OK\r\n\r\nhello")
                .await
                .unwrap();
        });
        let recorder = Recorder::new();
        let scope = Scope::new().no_pauses().record(&recorder); // real sockets, no pauses
        let page = scope.run_async(get(line.address(), "/")).await;
        assert_eq!(page.unwrap(), "hello");
        recorder.recorded().attempts(4);
    }

    #[test]
    fn nothing_is_retried_where_retries_are_off() {
        let mailer = Flaky::times(1, || TimedOut.into());
        let (sent, recorded) = testing::record(|| Scope::off().run(|| welcome(&mailer, "ada")));
        assert!(sent.is_err());
        recorded
            .attempts(1)
            .gave_up(persevere::StopReason::Attempts);
    }
}
