//! A server whose capacity halves for 20 seconds, behind an adaptive bulkhead: the limit follows. The clock is tokio's
//! paused one.
//!
//! ```text
//! cargo run --example adaptive_bulkhead
//! ```

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use persevere::{Bulkhead, retry};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// The server must never see more than 200 requests; how many it can bear is its secret.
static SEARCH: Bulkhead = Bulkhead::adaptive("search", 1..=200).queue(300);

#[retry(bulkhead = &SEARCH, attempt_timeout = 400ms, when = transient())]
async fn search() -> io::Result<()> {
    SERVER.answer().await;
    Ok(())
}

static SERVER: Server = Server {
    capacity: AtomicU32::new(40),
    requests: AtomicU32::new(0),
    answered: AtomicU32::new(0),
};

/// A server that answers in 50 ms, and later the more it has to do at a time.
struct Server {
    capacity: AtomicU32,
    requests: AtomicU32,
    answered: AtomicU32,
}

impl Server {
    async fn answer(&self) {
        let request = Request::begin(&self.requests);
        let load = f64::from(request.number) / f64::from(self.capacity.load(Ordering::Relaxed));
        sleep(Duration::from_millis(50).mul_f64(load.max(1.0))).await;
        self.answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// A request until it is dropped, by a timeout too.
struct Request<'a> {
    requests: &'a AtomicU32,
    number: u32,
}

impl<'a> Request<'a> {
    fn begin(requests: &'a AtomicU32) -> Self {
        let number = requests.fetch_add(1, Ordering::Relaxed) + 1;
        Request { requests, number }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        self.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut clients = JoinSet::new();
    for _ in 0..300 {
        clients.spawn(async {
            loop {
                // A client that is refused or too late has a pause, and begins once more.
                if search().await.is_err() {
                    sleep(Duration::from_secs(1)).await;
                }
            }
        });
    }
    println!("second  capacity  limit  answers a second");
    let start = Instant::now();
    let mut limits = Vec::new();
    for capacity in [40, 40, 20, 20, 40, 40] {
        SERVER.capacity.store(capacity, Ordering::Relaxed);
        for _ in 0..2 {
            sleep(Duration::from_secs(5)).await;
            let answers = SERVER.answered.swap(0, Ordering::Relaxed) / 5;
            let (second, limit) = (start.elapsed().as_secs(), SEARCH.limit());
            println!("{second:>6}  {capacity:>8}  {limit:>5}  {answers:>16}");
            limits.push(limit);
        }
    }
    let (before, halved, after) = (limits[3], limits[4], limits[11]);
    assert!(halved < before * 2 / 3 && after > before, "{limits:?}");
}
