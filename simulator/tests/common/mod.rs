//! Scenarios of a few lines.

use persevere_simulator::{Report, Scenario};

/// A server of 200 requests a second, and 100 calls a second for 20 seconds; what `text` says besides.
pub(crate) fn run(text: &str) -> Report {
    scenario(text).run().unwrap()
}

pub(crate) fn scenario(text: &str) -> Scenario {
    const CALM: &str = "duration = \"20s\"\nserver = { capacity = 200 }\n\
                        clients = { count = 100, rate = 1, arrival = \"even\" }\n";
    Scenario::parse("test.toml", &format!("{CALM}{text}")).unwrap()
}

/// Nothing is answered from 5 s to 15 s.
pub(crate) const DOWN: &str = "outage = { start = \"5s\", duration = \"10s\" }\n";
