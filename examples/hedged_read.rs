//! Reads from replicas of which a few answers are slow: what a further copy of a slow read takes away
//! from the tail, and what it costs. The clock is tokio's paused one.
//!
//! ```text
//! cargo run --example hedged_read
//! ```

use std::cell::Cell;
use std::io;
use std::time::Duration;

use persevere::hedge::Latency;
use persevere::{RetryBudget, retry};
use tokio::time::{Instant, sleep};

#[retry(when = transient())]
async fn plain(replicas: &Replicas) -> io::Result<u64> {
    replicas.read().await
}

/// A read that takes longer than 20 ms is copied; the first answer counts, and the other read is
/// dropped.
#[retry(when = transient(), hedge = delay(20ms))]
async fn after_20ms(replicas: &Replicas) -> io::Result<u64> {
    replicas.read().await
}

static LATENCY: Latency = Latency::new();

/// A read that takes longer than 95 of 100 did lately is copied.
#[retry(when = transient(), hedge = quantile(&LATENCY, 0.95))]
async fn after_p95(replicas: &Replicas) -> io::Result<u64> {
    replicas.read().await
}

/// Copies and retries together are at most a tenth of the reads, and one a second on top.
static BUDGET: RetryBudget = RetryBudget::ratio(0.1, Duration::from_secs(10)).reserve(1);

#[retry(when = transient(), hedge = delay(20ms), budget = &BUDGET)]
async fn within_budget(replicas: &Replicas) -> io::Result<u64> {
    replicas.read().await
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    for (title, slower) in [
        ("three reads in a hundred are slow", 1),
        ("and all take four times as long", 4),
    ] {
        let replicas = Replicas::new(slower);
        println!(
            "{title}\n  {:<16}    p50    p95    p99  longest  requests",
            "copies"
        );
        measure("none", &replicas, plain).await;
        measure("after 20 ms", &replicas, after_20ms).await;
        measure("after p95", &replicas, after_p95).await;
        measure("within a budget", &replicas, within_budget).await;
        println!();
    }
    println!("{LATENCY}");
}

const READS: usize = 2000;

async fn measure<'a, F>(copies: &str, replicas: &'a Replicas, read: impl Fn(&'a Replicas) -> F)
where
    F: Future<Output = io::Result<u64>>,
{
    replicas.requests.set(0);
    let mut took = Vec::with_capacity(READS);
    for _ in 0..READS {
        let start = Instant::now();
        read(replicas)
            .await
            .expect("replicas are slow, and do answer");
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let at = |percent: usize| took[READS * percent / 100 - 1].as_millis();
    let (p50, p95, p99, longest) = (at(50), at(95), at(99), at(100));
    let requests = replicas.requests.get();
    println!("  {copies:<16} {p50:>3} ms {p95:>3} ms {p99:>3} ms  {longest:>4} ms  {requests:>8}");
}

struct Replicas {
    slower: u32,
    requests: Cell<u64>,
    dice: Cell<u64>,
}

impl Replicas {
    fn new(slower: u32) -> Self {
        Replicas {
            slower,
            requests: Cell::new(0),
            dice: Cell::new(1),
        }
    }

    async fn read(&self) -> io::Result<u64> {
        self.requests.set(self.requests.get() + 1);
        let slow = self.throw(100) < 3;
        let millis = if slow {
            200 + self.throw(600)
        } else {
            5 + self.throw(10)
        };
        sleep(self.slower * Duration::from_millis(millis)).await;
        Ok(millis)
    }

    /// The same in every run.
    fn throw(&self, sides: u64) -> u64 {
        self.dice.set(
            self.dice
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        );
        (self.dice.get() >> 33) % sides
    }
}
