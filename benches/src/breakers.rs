//! Cost of a closed breaker to a call that succeeds, on one thread and on two.

#[cfg(feature = "peers")]
mod peers;

use std::hint::{black_box, spin_loop};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// The call that every breaker guards.
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

#[cfg(feature = "peers")]
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

const CLOCKS: Contender = Contender {
    name: "the bare call and two clocks",
    calls: calls!(|id| (
        tokio::time::Instant::now(),
        body(id),
        tokio::time::Instant::now()
    )),
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
    for contender in [BARE, CLOCK, CLOCKS].into_iter().chain(others) {
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

const ROUNDS: usize = 501;
const CALLS: u64 = 10_000;

/// Many short rounds. Of each alone the best: whatever else the machine does can only add.
fn measure(calls: Calls) -> Times {
    let mut one = f64::MAX;
    let mut over = Vec::new();
    for _ in 0..ROUNDS {
        let bare = per_call(round(BARE.calls));
        let time = per_call(round(calls));
        over.push(time - bare);
        one = one.min(time);
    }
    over.sort_by(f64::total_cmp);
    Times {
        one,
        over: over[ROUNDS / 2],
        // New threads, since those of a busy machine may share a core for all their life.
        two: (0..20).map(|_| together(calls)).fold(f64::MAX, f64::min),
    }
}

fn per_call((start, end): (Instant, Instant)) -> f64 {
    (end - start).as_nanos() as f64 / CALLS as f64
}

fn round(calls: Calls) -> (Instant, Instant) {
    let start = Instant::now();
    calls(CALLS);
    (start, Instant::now())
}

/// Rounds of two threads, each from when the first begins to when both are done.
fn together(calls: Calls) -> f64 {
    let arrived = AtomicUsize::new(0);
    let run = || {
        let rounds = (1..=ROUNDS / 5).map(|number| {
            arrived.fetch_add(1, Ordering::AcqRel);
            while arrived.load(Ordering::Acquire) < 2 * number {
                spin_loop();
            }
            round(calls)
        });
        rounds.collect::<Vec<_>>()
    };
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(run);
        (run(), other.join().expect("a thread"))
    });
    let rounds = one.into_iter().zip(two);
    let both = rounds.map(|(one, two)| per_call((one.0.min(two.0), one.1.max(two.1))));
    both.fold(f64::MAX, f64::min)
}
