//! Cost of a refusal, on one thread and on two.

use std::hint::black_box;
use std::time::Duration;

use persevere::CircuitBreaker;
use persevere::breaker::time;

use super::{Contender, calls};
use crate::allocation;
use crate::contender::Calls;
use crate::table::Table;
use crate::timing::Times;

static OPEN: CircuitBreaker = CircuitBreaker::new("open")
    .failure_rate(0.5, time(Duration::from_secs(10)))
    .open_for(Duration::from_secs(3600));

/// The clock that says how long the breaker is still open.
const CLOCK: Calls = calls!(|_id| Err::<u64, _>(black_box(tokio::time::Instant::now())));

const REFUSALS: [Contender; 3] = [
    Contender {
        name: "a clock",
        floor: CLOCK,
        calls: CLOCK,
    },
    Contender {
        name: "persevere, `try_enter`",
        floor: CLOCK,
        calls: calls!(|_id| OPEN.try_enter().map(|permit| {
            permit.success();
            1
        })),
    },
    Contender {
        name: "persevere, `try_call`",
        floor: CLOCK,
        calls: calls!(|id| OPEN.try_call(|| super::body(id))),
    },
];

pub(super) fn print() {
    while OPEN.try_enter().map(|permit| permit.failure()).is_ok() {}
    let columns = [
        "ns a call",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Open breakers, refused calls", columns);
    for contender in REFUSALS {
        let times = Times::measure(contender.floor, contender.calls);
        let cells = [
            format!("{:.2}", times.one),
            format!("{:.2}", times.two),
            format!("{:.2}", times.two_to_one()),
            allocation::count(contender.calls).to_string(),
        ];
        table.row(contender.name, cells);
    }
    table.print();
}
