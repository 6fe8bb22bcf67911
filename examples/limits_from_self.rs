//! A client whose limits are its own: the attribute's values are expressions in the scope of the
//! function, so `self` and the arguments are at hand.
//!
//! ```text
//! cargo run --example limits_from_self
//! ```

use std::io;
use std::time::Duration;

use persevere::{RetryError, retry};

struct Client {
    attempts: u32,
    patience: Duration,
    first_pause: Duration,
    retries: bool,
    /// The number of connections it takes until one holds.
    flaky: u32,
    connections: u32,
}

impl Client {
    #[retry(
        stop = after_attempt(self.attempts) | before_delay(self.patience),
        wait = exponential(self.first_pause).max(1s).full_jitter(),
        when = transient(),
        enabled = self.retries,
        wrap_err = true,
    )]
    async fn get(&mut self, path: &str) -> Result<String, RetryError<io::Error>> {
        self.connect()?;
        Ok(format!("{path} at connection {}", self.connections))
    }

    /// An argument sets the limit of one call; a method makes the wait.
    #[retry(stop = after_attempt(attempts), wait = self.wait(), wrap_err = true)]
    fn get_patiently(&mut self, attempts: u32) -> Result<u32, RetryError<io::Error>> {
        self.connect()?;
        Ok(self.connections)
    }

    fn wait(&self) -> Duration {
        self.first_pause * 2
    }

    fn connect(&mut self) -> io::Result<()> {
        self.connections += 1;
        if self.connections < self.flaky {
            Err(io::ErrorKind::ConnectionReset)?;
        }
        Ok(())
    }
}

fn main() {
    // Blocking calls pause their thread: not one of a runtime.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = |attempts, patience, retries| Client {
        attempts,
        patience: Duration::from_millis(patience),
        first_pause: Duration::from_millis(10),
        retries,
        flaky: 5,
        connections: 0,
    };
    for (who, mut client) in [
        ("patient", client(10, 5000, true)),
        ("few attempts", client(3, 5000, true)),
        ("little time", client(10, 10, true)),
        ("no retries", client(10, 5000, false)),
    ] {
        match runtime.block_on(client.get("/orders")) {
            Ok(reply) => println!("{who:<13} {reply}"),
            Err(error) => println!("{who:<13} {error}"),
        }
    }

    match client(3, 5000, true).get_patiently(7) {
        Ok(connections) => println!("{:<13} connection {connections}", "one call"),
        Err(error) => println!("{:<13} {error}", "one call"),
    }
}
