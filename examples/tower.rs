//! A stack of `tower` layers around a client: retries, within a budget and a deadline, and a breaker; at
//! most two requests at a time. The clock is tokio's paused one.
//!
//! ```text
//! cargo run --example tower --features tower
//! ```

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use persevere::tower::RetryLayer;
use persevere::{CircuitBreaker, RetryBudget, RetryPolicy, RetryState, stop, wait, when};
use tokio::time::{Instant, sleep};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};

static STOCK: CircuitBreaker = CircuitBreaker::new("stock").consecutive(4);
static BUDGET: RetryBudget = RetryBudget::tokens(100);

enum Request {
    Count(&'static str),
    /// Can be read once.
    Upload(Box<dyn Iterator<Item = &'static str> + Send>),
}

/// Says how a request is repeated, if it can be.
fn copy(request: &Request) -> Option<Request> {
    match request {
        Request::Count(item) => Some(Request::Count(item)),
        Request::Upload(_) => None,
    }
}

/// The client's error. It knows nothing of breakers and deadlines; `BoxError` does.
#[derive(Debug)]
struct Status(u16);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.0)
    }
}

impl std::error::Error for Status {}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let start = Instant::now();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::exponential(Duration::from_millis(100)))
        .when(when::err(|error: &BoxError| {
            !matches!(error.downcast_ref(), Some(Status(404)))
        }))
        .attempt_timeout(Duration::from_secs(1))
        .deadline(Duration::from_secs(3))
        .breaker(&STOCK)
        .budget(&BUDGET)
        .before_sleep(move |s: &RetryState<'_, Result<u32, BoxError>>| {
            let (error, pause) = (s.err().expect("it failed"), s.pause().expect("it pauses"));
            println!(
                "{:>9?}    attempt {}: {error}; {pause:?}",
                start.elapsed(),
                s.attempt()
            );
        });
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(policy).replay(copy))
        .concurrency_limit(2) // inside: nobody holds a place in a pause
        .map_err(BoxError::from)
        .service(Stock { start });

    for request in [
        Request::Count("apples"),
        Request::Count("pears"),
        Request::Count("plums"),
        Request::Count("figs"),
        Request::Count("apples"),
        Request::Upload(Box::new(["apples 7"].into_iter())),
    ] {
        let what = match &request {
            Request::Count(item) => item,
            Request::Upload(_) => "upload",
        };
        println!("{:>9?}  {what}", start.elapsed());
        match service.clone().oneshot(request).await {
            Ok(count) => println!("{:>9?}  {count} {what}", start.elapsed()),
            Err(error) => println!("{:>9?}  {what}: {error}", start.elapsed()),
        }
    }
}

/// Stands in for a client of a real service.
#[derive(Clone)]
struct Stock {
    start: Instant,
}

impl Service<Request> for Stock {
    type Response = u32;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<u32, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let start = self.start;
        Box::pin(async move {
            sleep(Duration::from_millis(50)).await;
            match request {
                // Busy for the first 200 ms.
                Request::Count("apples") if start.elapsed() < Duration::from_millis(200) => {
                    Err(Status(503))
                }
                Request::Count("apples") => Ok(7),
                Request::Count("pears") => Err(Status(404)),
                Request::Count("plums") => std::future::pending().await,
                Request::Count(_) => Err(Status(500)),
                Request::Upload(rows) => Ok(rows.count() as u32),
            }
        })
    }
}
