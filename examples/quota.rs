//! A hundred tasks on an API with a quota, which answers 429 beyond it and says when to come back, as those of language
//! models do. One call is told, and all heed it.
//!
//! ```text
//! cargo run --example quota
//! ```

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{error, fmt, io};

use persevere::{Interrupt, RateLimiter, Transient, retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const TASKS: u32 = 100;
const CALLS: u32 = 3;

/// The quota is the server's secret; the limiter learns from what the server says. Its own rate is beyond it.
static MODEL: RateLimiter = RateLimiter::new("model")
    .rate(500, Duration::from_secs(1))
    .burst(100);

#[retry(
    stop = after_attempt(20),
    wait = exponential(10ms).max(1s).full_jitter(),
    when = transient(),
    rate_limiter = &MODEL,
)]
async fn complete(api: &Api, prompt: u32) -> Result<String, ApiError> {
    api.post(prompt).await
}

/// The same without a limiter: each call heeds what it was told itself.
#[retry(stop = after_attempt(20), wait = exponential(10ms).max(1s).full_jitter(), when = transient())]
async fn complete_alone(api: &Api, prompt: u32) -> Result<String, ApiError> {
    api.post(prompt).await
}

#[derive(Debug, Transient)]
enum ApiError {
    #[transient(retry_after = after, health = well)]
    TooManyRequests {
        after: Option<Duration>,
    },
    #[transient(source)]
    Io(io::Error),
    Interrupted(Interrupt),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn error::Error>> {
    let api = Api::start(40, Duration::from_millis(400)).await?;
    let alone = api
        .load(|api, prompt| async move { complete_alone(api, prompt).await })
        .await?;
    println!("each on its own: {alone}");

    let api = Api::start(40, Duration::from_millis(400)).await?;
    let shared = api
        .load(|api, prompt| async move { complete(api, prompt).await })
        .await?;
    println!("shared holds:    {shared}");
    assert_eq!(
        shared.sent_in_holds, 0,
        "a request was sent though a hold was known"
    );
    println!(
        "refused {} of {} with shared holds, {} without",
        shared.refused, shared.sent, alone.refused
    );
    Ok(())
}

/// The outcome of a load.
struct Load {
    sent: u32,
    refused: u32,
    sent_in_holds: u32,
    took: Duration,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {} of them refused, {} sent after a hold had arrived, in {:.1?}",
            self.sent, self.refused, self.sent_in_holds, self.took
        )
    }
}

/// A client of the API, which counts.
struct Api {
    address: std::net::SocketAddr,
    sent: AtomicU32,
    refused: AtomicU32,
    sent_in_holds: AtomicU32,
    /// The end of the latest hold of which an answer has told.
    held_until: Mutex<Option<Instant>>,
}

impl Api {
    /// Starts the API on loopback: so many requests in each window of time.
    async fn start(requests: u32, window: Duration) -> io::Result<&'static Api> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve(listener, requests, window));
        Ok(Box::leak(Box::new(Api {
            address,
            sent: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            sent_in_holds: AtomicU32::new(0),
            held_until: Mutex::new(None),
        })))
    }

    /// Lets all tasks call, each several times in a row.
    async fn load<F, C>(&'static self, call: C) -> Result<Load, ApiError>
    where
        C: Fn(&'static Api, u32) -> F + Copy + Send + 'static,
        F: Future<Output = Result<String, ApiError>> + Send + 'static,
    {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            tasks.spawn(async move {
                for prompt in 0..CALLS {
                    call(self, task * CALLS + prompt).await?;
                }
                Ok::<_, ApiError>(())
            });
        }
        for ended in tasks.join_all().await {
            ended?;
        }
        Ok(Load {
            sent: self.sent.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            sent_in_holds: self.sent_in_holds.load(Ordering::Relaxed),
            took: start.elapsed(),
        })
    }

    async fn post(&self, prompt: u32) -> Result<String, ApiError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let held_until = *self.held_until.lock().unwrap();
        if held_until.is_some_and(|end| Instant::now() < end) {
            self.sent_in_holds.fetch_add(1, Ordering::Relaxed);
        }
        let mut stream = TcpStream::connect(self.address).await?;
        let request =
            format!("POST /v1/complete HTTP/1.1\r\nhost: api\r\nx-prompt: {prompt}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        if response.starts_with("HTTP/1.1 200 ") {
            return Ok(response);
        }
        let after = header(&response, "retry-after-ms").map(Duration::from_millis);
        self.refused.fetch_add(1, Ordering::Relaxed);
        let mut held_until = self.held_until.lock().unwrap();
        *held_until = after.map(|after| Instant::now() + after).max(*held_until);
        Err(ApiError::TooManyRequests { after })
    }
}

fn header(response: &str, name: &str) -> Option<u64> {
    let mut lines = response.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
    value.parse().ok()
}

/// Answers 429 to whatever is beyond the quota of the window.
async fn serve(listener: TcpListener, quota: u32, window: Duration) -> io::Result<()> {
    let state: &'static Mutex<(Instant, u32)> =
        Box::leak(Box::new(Mutex::new((Instant::now(), 0))));
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let _ = stream.read(&mut [0; 1024]).await?;
            let (left, reset) = {
                let mut state = state.lock().unwrap();
                if state.0.elapsed() >= window {
                    *state = (Instant::now(), 0);
                }
                state.1 += 1;
                (
                    quota.checked_sub(state.1),
                    window.saturating_sub(state.0.elapsed()),
                )
            };
            // The time in which the model thinks.
            tokio::time::sleep(Duration::from_millis(10)).await;
            let millis = reset.as_millis() + 1;
            let (status, hint) = match left {
                Some(_) => ("200 OK", String::new()),
                None => (
                    "429 Too Many Requests",
                    format!("retry-after-ms: {millis}\r\n"),
                ),
            };
            let (left, seconds) = (left.unwrap_or(0), millis.div_ceil(1000));
            let head = format!(
                "HTTP/1.1 {status}\r\n{hint}RateLimit: \"model\";r={left};t={seconds}\r\ncontent-length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
            stream.shutdown().await
        });
    }
}

impl From<io::Error> for ApiError {
    fn from(error: io::Error) -> Self {
        ApiError::Io(error)
    }
}

impl From<Interrupt> for ApiError {
    fn from(interrupt: Interrupt) -> Self {
        ApiError::Interrupted(interrupt)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::TooManyRequests { after: Some(after) } => {
                write!(f, "too many requests for another {after:?}")
            }
            ApiError::TooManyRequests { after: None } => write!(f, "too many requests"),
            ApiError::Io(error) => error.fmt(f),
            ApiError::Interrupted(interrupt) => interrupt.fmt(f),
        }
    }
}

impl error::Error for ApiError {}
