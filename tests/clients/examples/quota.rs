//! A hundred tasks on a quota through an AWS SDK with its adaptive retries: the load of the main example `quota`, whose
//! figures stand beside these.
//!
//! ```text
//! cargo run --manifest-path tests/clients/Cargo.toml --example quota
//! ```

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{AsyncSleep, BehaviorVersion, Region, SharedAsyncSleep, Sleep};
use aws_sdk_sts::{Client, Config};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const TASKS: u32 = 100;
const CALLS: u32 = 3;
const QUOTA: u32 = 40;
const WINDOW: Duration = Duration::from_millis(400);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    for (name, retries) in [
        ("standard", RetryConfig::standard()),
        ("adaptive", RetryConfig::adaptive()),
    ] {
        let server = Server::start().await?;
        let client = client(server.address, retries.with_max_attempts(20));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let client = client.clone();
            tasks.spawn(async move {
                let mut failed = 0;
                for _ in 0..CALLS {
                    failed += u32::from(client.get_caller_identity().send().await.is_err());
                }
                failed
            });
        }
        let failed: u32 = tasks.join_all().await.into_iter().sum();
        println!(
            "{name}: {} requests, {} of them refused, {} sent in a hold, {failed} calls failed, in {:.1?}",
            server.requests.load(Ordering::Relaxed),
            server.refused.load(Ordering::Relaxed),
            server.held.load(Ordering::Relaxed),
            start.elapsed()
        );
    }
    Ok(())
}

fn client(address: SocketAddr, retries: RetryConfig) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(Sleeper))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .retry_config(retries);
    Client::from_conf(config.build())
}

/// Tokio's timer.
#[derive(Debug)]
struct Sleeper;

impl AsyncSleep for Sleeper {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration))
    }
}

/// A server with a quota for each window of time.
struct Server {
    address: SocketAddr,
    requests: AtomicU32,
    refused: AtomicU32,
    /// Requests that came after a refusal had been answered, before the time that it gave.
    held: AtomicU32,
    window: Mutex<(Instant, u32)>,
    held_until: Mutex<Option<Instant>>,
}

impl Server {
    async fn start() -> io::Result<Arc<Server>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let server = Arc::new(Server {
            address: listener.local_addr()?,
            requests: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            held: AtomicU32::new(0),
            window: Mutex::new((Instant::now(), 0)),
            held_until: Mutex::new(None),
        });
        let serving = Arc::clone(&server);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&serving);
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        Ok(server)
    }

    async fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let _ = stream.read(&mut [0; 8192]).await?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let held_until = *self.held_until.lock().unwrap();
        if held_until.is_some_and(|end| Instant::now() < end) {
            self.held.fetch_add(1, Ordering::Relaxed);
        }
        let hold = self.count();
        tokio::time::sleep(Duration::from_millis(10)).await;
        let (status, header, body) = match hold {
            None => ("200 OK", String::new(), IDENTITY),
            Some(time) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let mut held_until = self.held_until.lock().unwrap();
                *held_until = Some(Instant::now() + time).max(*held_until);
                let header = format!("x-amz-retry-after: {}\r\n", time.as_millis() + 1);
                ("400 Bad Request", header, THROTTLED)
            }
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\n{header}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    }

    /// Counts a request; returns the rest of the window if it is beyond the quota.
    fn count(&self) -> Option<Duration> {
        let mut window = self.window.lock().unwrap();
        if window.0.elapsed() >= WINDOW {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        (window.1 > QUOTA).then(|| WINDOW.saturating_sub(window.0.elapsed()))
    }
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const THROTTLED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>no</Message></Error></ErrorResponse>";
