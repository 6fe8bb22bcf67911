//! Cost of a closed breaker to a call that succeeds.

use std::hint::black_box;
use std::time::Duration;

use persevere::CircuitBreaker;
use persevere::breaker::{count, time};

use super::{Contender, body, calls};
use crate::allocation;
use crate::contender::Calls;
use crate::table::Table;
use crate::timing::Times;

static CONSECUTIVE: CircuitBreaker = CircuitBreaker::new("consecutive").consecutive(5);
static COUNT: CircuitBreaker = CircuitBreaker::new("count").failure_rate(0.5, count(100));
static TIME: CircuitBreaker =
    CircuitBreaker::new("time").failure_rate(0.5, time(Duration::from_secs(10)));
static SLOW: CircuitBreaker =
    CircuitBreaker::new("slow").slow_calls(Duration::from_secs(1), 0.5, count(100));
static ALL: CircuitBreaker = CircuitBreaker::new("all")
    .failure_rate(0.5, time(Duration::from_secs(10)))
    .slow_calls(Duration::from_secs(1), 0.5, time(Duration::from_secs(10)));

pub(super) const BARE: Calls = calls!(|id| body(id));

/// One read of the clock, as a breaker reads it.
const CLOCK: Calls = calls!(|id| {
    black_box(tokio::time::Instant::now());
    body(id)
});

const CLOCKS: Calls = calls!(|id| {
    black_box(tokio::time::Instant::now());
    let outcome = body(id);
    black_box(tokio::time::Instant::now());
    outcome
});

const FLOORS: [Contender; 3] = [
    Contender {
        name: "the bare call",
        floor: BARE,
        calls: BARE,
    },
    Contender {
        name: "the bare call and a clock",
        floor: BARE,
        calls: CLOCK,
    },
    Contender {
        name: "the bare call and two clocks",
        floor: BARE,
        calls: CLOCKS,
    },
];

pub(super) const OURS: [Contender; 5] = [
    Contender {
        name: "persevere, consecutive",
        floor: BARE,
        calls: calls!(|id| CONSECUTIVE.call(|| body(id))),
    },
    Contender {
        name: "persevere, count window",
        floor: BARE,
        calls: calls!(|id| COUNT.call(|| body(id))),
    },
    Contender {
        name: "persevere, time window",
        floor: CLOCK,
        calls: calls!(|id| TIME.call(|| body(id))),
    },
    Contender {
        name: "persevere, slow calls",
        floor: CLOCKS,
        calls: calls!(|id| SLOW.call(|| body(id))),
    },
    Contender {
        name: "persevere, time window and slow calls",
        floor: CLOCKS,
        calls: calls!(|id| ALL.call(|| body(id))),
    },
];

pub(super) fn print() {
    let columns = [
        "ns a call",
        "over its floor",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Closed breakers, successful calls", columns);
    let others = OURS.into_iter();
    #[cfg(feature = "peers")]
    let others = others.chain(super::peers::PEERS);
    for contender in FLOORS.into_iter().chain(others) {
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
