//! Cost of rate limiters, where a permit is there and where none is.

#[cfg(feature = "peers")]
mod peers;
#[cfg(feature = "peers")]
mod quota;

use persevere::RateLimiter;
use persevere::rate_limiter::{HOUR, SECOND};

use crate::contender::Calls;
use crate::table::Table;
use crate::timing::Times;
use crate::{allocation, instructions};

struct Contender {
    name: &'static str,
    calls: Calls,
}

macro_rules! calls {
    ($call:expr) => {
        |rounds| {
            for _ in 0..rounds {
                let _ = std::hint::black_box($call);
            }
        }
    };
}
#[cfg(feature = "peers")]
use calls;

/// More permits than any machine takes.
static FREE: RateLimiter = RateLimiter::new("free")
    .rate(1_000_000_000, SECOND)
    .burst(1_000_000);
static LEARNING: RateLimiter = RateLimiter::new("learning")
    .rate(1_000_000_000, SECOND)
    .burst(1_000_000)
    .adaptive();
/// One permit, which is taken.
static SPENT: RateLimiter = RateLimiter::new("spent").rate(1, HOUR);

const CLOCK: Contender = Contender {
    name: "the clock",
    calls: calls!(tokio::time::Instant::now()),
};

const OURS: [Contender; 3] = [
    Contender {
        name: "persevere, a permit",
        calls: calls!(FREE.try_acquire()),
    },
    Contender {
        name: "persevere, a permit of one that learns",
        calls: calls!(LEARNING.try_acquire()),
    },
    Contender {
        name: "persevere, none",
        calls: calls!(SPENT.try_acquire()),
    },
];

pub fn print() {
    let columns = [
        "ns a call",
        "over the clock",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Rate limiters, one permit a call", columns);
    let others = OURS.into_iter();
    #[cfg(feature = "peers")]
    let others = others.chain(peers::PEERS);
    for Contender { name, calls } in [CLOCK].into_iter().chain(others) {
        let times = Times::measure(CLOCK.calls, calls);
        let cells = [
            format!("{:.2}", times.one),
            format!("{:.2}", times.one - times.floor),
            format!("{:.2}", times.two),
            format!("{:.2}", times.two_to_one()),
            allocation::count(calls).to_string(),
        ];
        table.row(name, cells);
    }
    table.print();
    #[cfg(feature = "peers")]
    quota::print();
}

/// Under callgrind: permits of one limiter.
pub fn run(name: &str) {
    let contender = OURS.into_iter().find(|one| one.name == name);
    // More calls than it takes for a thread to get what busy threads have.
    instructions::run_calls(contender.expect("a limiter").calls, 10_000);
}

/// Figures that are the same in every run.
pub fn figures() -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    for Contender { name, calls } in OURS {
        if instructions::has_valgrind() {
            let count = instructions::count_in(["limiter", name]);
            figures.push((format!("instructions, {name}"), count));
        }
        // A thread that is busy has its own counts first.
        calls(10_000);
        figures.push((format!("allocations, {name}"), allocation::count(calls)));
    }
    figures
}
