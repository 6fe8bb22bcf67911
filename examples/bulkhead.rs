//! A database that 500 tasks ask at once: all of them, 20 at a time, and 20 at a time behind a line of 100. The clock
//! is tokio's paused one.
//!
//! ```text
//! cargo run --example bulkhead
//! ```

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use persevere::{Bulkhead, retry};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const TASKS: u32 = 500;

/// A report that takes longer is of no use any more.
#[retry(bulkhead = &database.bulkhead, deadline = 2s, when = transient())]
async fn report(database: &Database) -> io::Result<()> {
    database.query().await;
    Ok(())
}

/// A database that works on 20 queries at a time. More of them slow each other down.
struct Database {
    bulkhead: Bulkhead,
    queries: AtomicU32,
    most: AtomicU32,
}

impl Database {
    async fn query(&self) {
        let queries = Running::begin(&self.queries);
        self.most.fetch_max(queries.number, Ordering::Relaxed);
        let load = f64::from(queries.number) / 20.0;
        sleep(Duration::from_millis(50).mul_f64(load.max(1.0).powi(2))).await;
    }
}

/// A query that runs until it is dropped, by a deadline too.
struct Running<'a> {
    queries: &'a AtomicU32,
    number: u32,
}

impl<'a> Running<'a> {
    fn begin(queries: &'a AtomicU32) -> Self {
        let number = queries.fetch_add(1, Ordering::Relaxed) + 1;
        Running { queries, number }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.queries.fetch_sub(1, Ordering::Relaxed);
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    println!("                      answered  too late  refused  at a time    took");
    let unlimited = load("all at once", Bulkhead::new("reports", TASKS)).await;
    let all = load(
        "20, and all wait",
        Bulkhead::new("reports", 20).queue(TASKS),
    )
    .await;
    let some = load("20, and 100 wait", Bulkhead::new("reports", 20).queue(100)).await;
    assert!(unlimited < TASKS / 2, "the database drowns in queries");
    assert_eq!((all, some), (TASKS, 120));
}

/// Asks for all reports at once, and returns the number of answers.
async fn load(title: &str, bulkhead: Bulkhead) -> u32 {
    let database = Arc::new(Database {
        bulkhead,
        queries: AtomicU32::new(0),
        most: AtomicU32::new(0),
    });
    let start = Instant::now();
    let mut reports = JoinSet::new();
    for _ in 0..TASKS {
        let database = Arc::clone(&database);
        reports.spawn(async move { report(&database).await });
    }
    let [mut answered, mut late, mut refused] = [0; 3];
    while let Some(report) = reports.join_next().await {
        match report.expect("no panic").map_err(|error| error.kind()) {
            Ok(()) => answered += 1,
            Err(ErrorKind::TimedOut) => late += 1,
            Err(_) => refused += 1,
        }
    }
    let (most, took) = (database.most.load(Ordering::Relaxed), start.elapsed());
    println!("{title:<20}  {answered:>8}  {late:>8}  {refused:>7}  {most:>9}  {took:>6.2?}");
    answered
}
