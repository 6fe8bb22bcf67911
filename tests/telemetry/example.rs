//! Events, spans and metrics of two functions and a breaker, on the terminal.
//!
//! ```text
//! cargo run -p persevere-telemetry-tests --example telemetry
//! ```
//!
//! A program of yours needs these in its `Cargo.toml`:
//!
//! ```text
//! persevere = { version = "0.1", features = ["tracing", "metrics"] }
//! tracing-subscriber = "0.3"
//! metrics-exporter-prometheus = "0.18"
//! ```

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use persevere::telemetry::Show;
use persevere::{CircuitBreaker, RetryBudget, retry, telemetry};
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static STOCK: CircuitBreaker = CircuitBreaker::new("stock")
    .consecutive(4)
    .listener(telemetry::breaker_metrics);
static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));

/// A span for each call, an event for each retry and for the end, and every attempt counted.
#[retry(
    wait = 20ms,
    breaker = &STOCK,
    budget = &BUDGET,
    before_sleep = log_warn(),
    on_failure = log_error().error(Show::Type), // the text may hold what nobody is to read
    span = true,
    metrics = true,
)]
async fn stock(item: &str) -> io::Result<u32> {
    tracing::info!("asking the warehouse"); // inside the span
    static CALLS: AtomicU32 = AtomicU32::new(0);
    match item {
        "lamp" if CALLS.fetch_add(1, Ordering::Relaxed) > 0 => Ok(3),
        "lamp" => Err(io::ErrorKind::TimedOut.into()),
        _ => Err(io::Error::other("the warehouse is closed")),
    }
}

/// No key says that it is to be seen: `install` tells its retries.
#[retry(wait = 10ms)]
fn price(item: &str) -> io::Result<usize> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err(io::ErrorKind::ConnectionReset.into()),
        _ => Ok(10 * item.len()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BuildError> {
    tracing_subscriber::fmt()
        .with_target(false)
        .without_time()
        .init();
    // In a service: `.with_http_listener(([0, 0, 0, 0], 9000)).install()`.
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full("retry_duration_seconds".to_owned()),
            &[0.01, 0.1, 1.0],
        )?
        .install_recorder()?;
    telemetry::install();
    telemetry::observe_breaker(&STOCK);

    println!("lamp: {:?}", stock("lamp").await);
    println!("lamp: {:?}", price("lamp"));
    println!("chair: {:?}", stock("chair").await);
    println!("table: {:?}", stock("table").await);

    // In a service: every few seconds, from a task of its own.
    telemetry::observe_budget("stock", &BUDGET);
    println!("\n{}", metrics.render());
    Ok(())
}
