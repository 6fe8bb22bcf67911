//! Cost of a place in a bulkhead that nobody waits for.

#[cfg(feature = "peers")]
mod peers;

use std::hint::black_box;
use std::pin::pin;

use persevere::Bulkhead;
use persevere::bulkhead::Ended;

use crate::contender::{Calls, poll};
use crate::table::Table;
use crate::timing::Times;
use crate::{allocation, instructions};

struct Contender {
    name: &'static str,
    /// The same without a bulkhead, with the clock reads that it cannot do without.
    floor: Calls,
    calls: Calls,
}

/// The places, more than threads that come.
const PLACES: u32 = 20;

static FIXED: Bulkhead = Bulkhead::new("fixed", PLACES);
static ADAPTIVE: Bulkhead = Bulkhead::adaptive("adaptive", PLACES..=200);

/// An attempt that takes no time.
#[inline(never)]
fn attempt(id: u64) {
    black_box(id);
}

macro_rules! attempts {
    (|$id:ident| $attempt:expr) => {
        |rounds| {
            for $id in 0..rounds {
                $attempt;
            }
        }
    };
}
#[cfg(feature = "peers")]
use attempts;

const BARE: Calls = attempts!(|id| attempt(id));

const CLOCKS: Calls = attempts!(|id| {
    black_box(tokio::time::Instant::now());
    attempt(id);
    black_box(tokio::time::Instant::now());
});

const OURS: [Contender; 3] = [
    Contender {
        name: "persevere, try_enter",
        floor: BARE,
        calls: attempts!(|id| {
            let place = FIXED.try_enter();
            attempt(id);
            drop(place);
        }),
    },
    Contender {
        name: "persevere, enter",
        floor: BARE,
        calls: attempts!(|id| poll(pin!(async {
            let place = FIXED.enter().await;
            attempt(id);
            drop(place);
        }))),
    },
    Contender {
        name: "persevere, adaptive",
        floor: CLOCKS,
        calls: attempts!(|id| {
            let place = ADAPTIVE.try_enter();
            attempt(id);
            if let Ok(place) = place {
                place.end(Ended::Success);
            }
        }),
    },
];

/// Figures that are the same in every run.
pub fn figures() -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    for Contender { name, calls, .. } in OURS {
        if instructions::has_valgrind() {
            let count = instructions::count_in(["bulkhead", name]);
            figures.push((format!("instructions, {name}, a free place"), count));
        }
        let count = allocation::count(calls);
        figures.push((format!("allocations, {name}, a free place"), count));
    }
    figures
}

/// Under callgrind: attempts in one bulkhead.
pub fn run(name: &str) {
    let contender = OURS.into_iter().find(|one| one.name == name);
    // More calls than it takes for a thread to get what busy threads have.
    instructions::run_calls(contender.expect("a bulkhead").calls, 10_000);
}

pub fn print() {
    let columns = [
        "ns a call",
        "over its floor",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Bulkheads, a free place taken and given back", columns);
    let others = OURS.into_iter();
    #[cfg(feature = "peers")]
    let others = others.chain(peers::PEERS);
    for contender in others {
        let times = Times::measure(contender.floor, contender.calls);
        let cells = [
            format!("{:.2}", times.one),
            format!("{:.2}", times.one - times.floor),
            format!("{:.2}", times.two),
            format!("{:.2}", times.two_to_one()),
            allocation::count(contender.calls).to_string(),
        ];
        table.row(contender.name, cells);
    }
    table.print();
}
