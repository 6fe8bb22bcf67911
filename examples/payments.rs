//! A payment service behind a circuit breaker, which opens, probes and closes. The clock is tokio's
//! paused one, so that a minute passes at once.
//!
//! ```text
//! cargo run --example payments
//! ```

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use persevere::breaker::Transition;
use persevere::{CircuitBreaker, Interrupt, retry};
use tokio::time::{Instant, sleep, sleep_until};

/// One for the service, shared by every call to it. If the probe fails too, it stays open for half as
/// long again.
static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    .consecutive(5)
    .open_for(Duration::from_secs(7))
    .growing(1.5, Duration::from_secs(60))
    .listener(announce);

/// A payment. The breaker counts as a failure what is retried: a card that is declined is an answer,
/// and no fault of the service.
#[retry(
    wait = exponential(100ms).max(1s).full_jitter(),
    on = Err(PayError::Unavailable | PayError::TooSlow),
    attempt_timeout = 500ms,
    breaker = &PAYMENTS,
)]
async fn pay(service: &Service, order: u32) -> Result<Receipt, PayError> {
    service.charge(order).await
}

#[derive(Debug)]
struct Receipt(u32);

#[derive(Debug)]
enum PayError {
    Declined,
    Unavailable,
    TooSlow,
    /// Nothing was sent: the order can wait, or go elsewhere.
    Refused(Option<Duration>),
}

/// The caller's error for an attempt that was cut, or not made.
impl From<Interrupt> for PayError {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::CircuitOpen { retry_after } => PayError::Refused(retry_after),
            _ => PayError::TooSlow,
        }
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let service = Service::start();
    println!("   time  order  requests  the caller got                       breaker");
    for order in 1..=15 {
        let time = service.start.elapsed().as_secs();
        let before = service.requests.get();
        let outcome = pay(&service, order).await;
        let requests = service.requests.get() - before;
        let got = match outcome {
            Ok(Receipt(order)) => format!("a receipt for order {order}"),
            Err(error) => error.to_string(),
        };
        let state = PAYMENTS.state();
        println!("{time:>5} s  {order:>5}  {requests:>8}  {got:<36} {state}");
        sleep_until(service.start + Duration::from_secs(2) * order).await;
    }

    let counts = PAYMENTS.counts();
    println!(
        "\n{} requests; {} attempts refused, {} times opened",
        service.requests.get(),
        counts.refused,
        counts.opened
    );
}

/// A metric or an alert, in earnest.
fn announce(change: &Transition) {
    println!("{:>61}  {change}", "");
}

impl fmt::Display for PayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PayError::Declined => f.write_str("card declined"),
            PayError::Unavailable => f.write_str("503 service unavailable"),
            PayError::TooSlow => f.write_str("no answer in time"),
            PayError::Refused(Some(left)) => write!(f, "not sent, ask in {} s", left.as_secs() + 1),
            PayError::Refused(None) => f.write_str("not sent"),
        }
    }
}

/// Fails for a while, then hangs for a while.
struct Service {
    start: Instant,
    requests: Cell<u32>,
}

impl Service {
    fn start() -> Self {
        Service {
            start: Instant::now(),
            requests: Cell::new(0),
        }
    }

    async fn charge(&self, order: u32) -> Result<Receipt, PayError> {
        self.requests.set(self.requests.get() + 1);
        sleep(Duration::from_millis(20)).await;
        match self.start.elapsed().as_secs() {
            4..10 => return Err(PayError::Unavailable),
            10..20 => sleep(Duration::from_secs(60)).await,
            _ => {}
        }
        match order {
            2 => Err(PayError::Declined),
            _ => Ok(Receipt(order)),
        }
    }
}
