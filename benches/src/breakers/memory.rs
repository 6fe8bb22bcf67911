//! Memory of breakers that count slow calls and a rate over time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, process::Command, thread};

use persevere::breaker::time;
use persevere::{CircuitBreaker, Registry};

use crate::allocation;
use crate::table::Table;
use crate::waiting::resident;

const THREADS: usize = 4;
const CALLS: u32 = 10;

pub(super) fn breaker() -> CircuitBreaker {
    let window = time(Duration::from_secs(10));
    CircuitBreaker::new("hosts")
        .failure_rate(0.5, window)
        .slow_calls(Duration::from_secs(1), 0.5, window)
}

pub(super) fn print() {
    let columns = ["bytes a breaker, resident"];
    let title =
        "Breakers of slow calls and a rate over time, in a registry, in use by four threads";
    let mut table = Table::new(title, columns);
    for breakers in [10_000, 100_000] {
        let program = env::current_exe().expect("this program");
        let args = ["hosts".to_owned(), breakers.to_string()];
        let output = Command::new(program).args(args).output();
        let output = output.expect("this program runs");
        let bytes = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        table.row(&format!("{breakers} breakers"), [bytes]);
    }
    table.print();
}

/// In a process of its own: makes the breakers and prints the resident bytes that each of them takes.
pub fn run(breakers: usize) {
    let before = resident();
    let hosts = Registry::new(breakers, |_: &String| breaker());
    let next = AtomicUsize::new(0);
    // Every thread calls every breaker, each beginning elsewhere.
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let first = next.fetch_add(breakers / THREADS, Ordering::Relaxed);
                for number in first..first + breakers {
                    let host = hosts.get(&format!("host-{}.example", number % breakers));
                    for _ in 0..CALLS {
                        host.try_enter().expect("a closed breaker").success();
                    }
                    host.try_enter().expect("a closed breaker").failure();
                }
            });
        }
    });
    println!("{}", (resident() - before) / breakers as u64);
}

/// Returns the bytes on the heap of one breaker, after calls on one thread.
pub(super) fn heap() -> f64 {
    allocation::bytes(|| {
        let breaker = breaker();
        for _ in 0..CALLS {
            breaker.try_enter().expect("a closed breaker").success();
            breaker.try_enter().expect("a closed breaker").failure();
        }
        breaker
    }) as f64
}
