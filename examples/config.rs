//! Policies that operators tune: from a file and the environment, changed while the program runs.
//!
//! ```text
//! cargo run --features config --example config
//! SHOP_RETRY_PAYMENTS_STOP='after_attempt(2)' cargo run --features config --example config
//! ```

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use persevere::{RetryConfigs, retry};

/// The names that a file can have tables for.
static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);

/// Operators choose how often and how long; the program chooses what to retry.
#[retry(policy = CONFIG.get("payments"), when = transient())]
fn charge(server: &Server) -> io::Result<&'static str> {
    server.get()
}

const FILE: &str = r#"
[default]                                       # what the others inherit
wait = "exponential(5ms).max(50ms).full_jitter()"
deadline = "10s"

[payments]
stop = "after_attempt(5) | after_delay(2s)"
breaker = "consecutive(20).open_for(5s)"
"#;

const SLOWER: &str = r#"
[payments]
stop = "after_attempt(8)"
wait = "schedule([1ms, 2ms, 5ms])"
breaker = "consecutive(20).open_for(5s)"        # as before: its state stays
"#;

const SLIP: &str = r#"
[payments]
stop = "after_attempt(8)"
wait = "exponental(100ms)"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::temp_dir().join(format!("persevere-{}.toml", std::process::id()));
    let run = tune(&path);
    fs::remove_file(&path)?;
    run
}

fn tune(path: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(path, FILE)?;
    CONFIG.load_file(path)?;
    CONFIG.load_env("SHOP_RETRY")?;
    show("as loaded");

    // Every few seconds, or on a signal, in a program that goes on:
    fs::write(path, SLOWER)?;
    println!("\nloaded again: {}", CONFIG.reload_if_changed()?);
    show("as changed");

    fs::write(path, SLIP)?;
    match CONFIG.reload_if_changed() {
        Ok(_) => return Err("a slip was taken".into()),
        Err(error) => println!("\nrefused: {error}"),
    }
    show("as before");
    Ok(())
}

/// Makes one call to a server that is down.
fn show(what: &str) {
    let server = Server::default();
    let outcome = charge(&server);
    let config = CONFIG.get("payments");
    let breaker = config.circuit_breaker().map(|breaker| breaker.state());
    println!("{what}: {config}");
    println!(
        "  {} attempts, {outcome:?}, breaker {breaker:?}",
        server.asked.get()
    );
}

#[derive(Default)]
struct Server {
    asked: Cell<u32>,
}

impl Server {
    fn get(&self) -> io::Result<&'static str> {
        self.asked.set(self.asked.get() + 1);
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}
