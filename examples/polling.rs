//! A job that is asked for until it is done, with the pauses that the server asks for. The clock is tokio's paused one.
//!
//! ```text
//! cargo run --example polling
//! ```

use std::cell::Cell;
use std::io;
use std::time::Duration;

use persevere::{RetryError, retry};
use tokio::time::Instant;

/// The answer of a server about a job.
#[derive(Debug)]
struct Job {
    percent: u32,
    /// The time after which to ask again.
    ask_after: Duration,
}

/// Asks until the job is done. An answer that it is not is no failure, and an error that may pass is asked again too.
#[retry(
    stop = after_delay(1min),
    wait = from_outcome(|job| Some(job.as_ref().ok()?.ask_after)).or(exponential(100ms).max(5s).full_jitter()),
    when = until(|job| job.percent == 100) | transient(),
    wrap_err = true,
)]
async fn done(server: &Server) -> Result<Job, RetryError<io::Error>> {
    server.job()
}

struct Server {
    speed: u32,
    percent: Cell<u32>,
}

impl Server {
    fn new(speed: u32) -> Self {
        let percent = Cell::new(0);
        Server { speed, percent }
    }

    fn job(&self) -> io::Result<Job> {
        let percent = (self.percent.get() + self.speed).min(100);
        self.percent.set(percent);
        if percent == 2 * self.speed {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let ask_after = Duration::from_secs(2);
        Ok(Job { percent, ask_after })
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let start = Instant::now();
    let job = done(&Server::new(20)).await.expect("it is done in time");
    assert_eq!(job.percent, 100);
    println!("done after {:.0?}", start.elapsed());

    let error = done(&Server::new(1)).await.expect_err("it is too slow");
    assert!(error.last_value().is_some());
    println!("{error}");
}
