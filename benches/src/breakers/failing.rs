//! Cost of one failure to a breaker that stays closed, after several threads have counted in it.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use persevere::CircuitBreaker;
use persevere::breaker::time;

use super::{Contender, calls};
use crate::table::Table;
use crate::timing::Times;

/// Calls that succeed, by each thread: enough for a thread to get whatever busy threads have.
const GOOD: u32 = 10_000;

/// A good call in the window keeps it closed.
static TIME: CircuitBreaker =
    CircuitBreaker::new("time").failure_rate(1.0, time(Duration::from_secs(600)));

const FAILURES: Contender = Contender {
    name: "persevere, time window",
    floor: |_| {},
    calls: calls!(|_id| TIME.try_enter().map(|permit| {
        permit.failure();
        1
    })),
};

pub(super) fn print() {
    let threads = [1, 32];
    let columns = threads.map(|threads| format!("ns, {threads} have counted"));
    let columns = columns.iter().map(String::as_str);
    let mut table = Table::new("Closed breakers, failed calls", columns);
    let cells = threads.map(|threads| {
        count_on(threads);
        format!("{:.0}", Times::alone(FAILURES.floor, FAILURES.calls).one)
    });
    table.row(FAILURES.name, cells);
    table.print();
}

/// Makes calls on this many threads, which are all alive at the end.
fn count_on(threads: usize) {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..GOOD {
                    let permit = TIME.try_enter();
                    permit.expect("a closed breaker").success();
                }
                barrier.wait();
            });
        }
    });
}
