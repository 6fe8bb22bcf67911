//! A thousand async calls at once. Each has a state of its own; the statistics are shared.
//!
//! ```text
//! cargo run --example concurrent
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use persevere::{RetryStats, StopReason, retry};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

static STATS: RetryStats = RetryStats::new();

/// Full jitter spreads the herd: without it all would come back at the same moment.
#[retry(stop = after_attempt(12), wait = exponential(5ms).max(200ms).full_jitter(), stats = &STATS)]
async fn fetch(service: &Service, id: u32) -> Result<u32, Overloaded> {
    service.get(id).await
}

#[derive(Debug)]
struct Overloaded;

/// Serves forty requests at a time, each for five milliseconds, and turns away the others.
struct Service {
    places: Semaphore,
}

impl Service {
    async fn get(&self, id: u32) -> Result<u32, Overloaded> {
        let _place = self.places.try_acquire().map_err(|_| Overloaded)?;
        sleep(Duration::from_millis(5)).await;
        Ok(id)
    }
}

#[tokio::main]
async fn main() {
    let service = Arc::new(Service {
        places: Semaphore::new(40),
    });
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for id in 0..1000 {
        let service = Arc::clone(&service);
        calls.spawn(async move { fetch(&service, id).await });
    }

    let mut served = 0;
    let mut watch = tokio::time::interval(Duration::from_millis(50));
    loop {
        tokio::select! {
            call = calls.join_next() => match call {
                Some(Ok(Ok(_))) => served += 1,
                Some(_) => {}
                None => break,
            },
            _ = watch.tick() => println!(
                "{:>4} ms  {served:>4} served  {:>4} pausing",
                start.elapsed().as_millis(),
                STATS.asleep()
            ),
        }
    }

    println!(
        "\n{served} of {} calls served in {:.1?}",
        STATS.calls(),
        start.elapsed()
    );
    println!(
        "{:.2} attempts a call",
        STATS.attempts() as f64 / STATS.calls() as f64
    );
    println!("{} gave up", STATS.failures(StopReason::Attempts));
    println!("\n{STATS}");
}
