//! What a closed breaker costs a call that succeeds, on one thread and on two.

#[cfg(feature = "peers")]
mod peers;

use std::hint::black_box;
use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use persevere::CircuitBreaker;
use persevere::breaker::{count, time};

use crate::allocation;
use crate::contender::Calls;
use crate::table::Table;

struct Contender {
    name: &'static str,
    calls: Calls,
}

/// What every breaker guards.
#[inline(never)]
fn body(id: u64) -> io::Result<u64> {
    if black_box(id) == u64::MAX {
        return Err(io::Error::other("never"));
    }
    Ok(id)
}

macro_rules! calls {
    (|$id:ident| $call:expr) => {
        |rounds| {
            for $id in 0..rounds {
                let _ = black_box($call);
            }
        }
    };
}

use calls;

static CONSECUTIVE: CircuitBreaker = CircuitBreaker::new("consecutive").consecutive(5);
static COUNT: CircuitBreaker = CircuitBreaker::new("count").failure_rate(0.5, count(100));
static TIME: CircuitBreaker =
    CircuitBreaker::new("time").failure_rate(0.5, time(Duration::from_secs(10)));
static SLOW: CircuitBreaker =
    CircuitBreaker::new("slow").slow_calls(Duration::from_secs(1), 0.5, count(100));

const BARE: Contender = Contender {
    name: "the bare call",
    calls: calls!(|id| body(id)),
};

const CLOCK: Contender = Contender {
    name: "the bare call and a clock",
    calls: calls!(|id| (tokio::time::Instant::now(), body(id))),
};

const OURS: [Contender; 4] = [
    Contender {
        name: "persevere, consecutive",
        calls: calls!(|id| CONSECUTIVE.call(|| body(id))),
    },
    Contender {
        name: "persevere, count window",
        calls: calls!(|id| COUNT.call(|| body(id))),
    },
    Contender {
        name: "persevere, time window",
        calls: calls!(|id| TIME.call(|| body(id))),
    },
    Contender {
        name: "persevere, slow calls",
        calls: calls!(|id| SLOW.call(|| body(id))),
    },
];

pub fn print() {
    let columns = [
        "ns a call",
        "over the bare call",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Closed breakers, successful calls", columns);
    let others = OURS.into_iter();
    #[cfg(feature = "peers")]
    let others = others.chain(peers::PEERS);
    for contender in [BARE, CLOCK].into_iter().chain(others) {
        let Times { one, over, two } = measure(contender.calls);
        let cells = [
            format!("{one:.2}"),
            format!("{over:.2}"),
            format!("{two:.2}"),
            format!("{:.2}", 2.0 * one / two),
            allocation::count(contender.calls).to_string(),
        ];
        table.row(contender.name, cells);
    }
    table.print();
}

/// Nanoseconds a call.
struct Times {
    one: f64,
    /// Over the bare call, paired.
    over: f64,
    /// Of each of two threads.
    two: f64,
}

/// Many short rounds in turn. Of each alone the best: whatever else the machine does can only add.
fn measure(calls: Calls) -> Times {
    const ROUNDS: usize = 501;
    let (mut one, mut two) = (f64::MAX, f64::MAX);
    let mut over = Vec::new();
    for _ in 0..ROUNDS {
        let bare = round(BARE.calls);
        let time = round(calls);
        over.push(time - bare);
        one = one.min(time);
        two = two.min(together(calls));
    }
    over.sort_by(f64::total_cmp);
    Times {
        one,
        over: over[ROUNDS / 2],
        two,
    }
}

fn round(calls: Calls) -> f64 {
    const CALLS: u64 = 10_000;
    let start = Instant::now();
    calls(CALLS);
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

/// The slower of two threads.
fn together(calls: Calls) -> f64 {
    let barrier = Barrier::new(2);
    let run = || {
        barrier.wait();
        round(calls)
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let one = run();
        one.max(other.join().expect("a thread"))
    })
}
