//! Processes that are a fleet.

use persevere_simulator::fleets::comparisons;
use persevere_simulator::{Report, Scenario};

/// Runs the scenarios of a comparison of 100 processes.
fn compared(index: usize) -> Vec<Report> {
    let comparison = &comparisons(100).unwrap()[index];
    let runs = comparison.scenarios.iter();
    runs.map(|scenario| scenario.run().unwrap()).collect()
}

/// Returns the requests a second from 15 s on, when the fleet knows its members and their demand.
fn steady(report: &Report) -> f64 {
    let ticks = &report.ticks[150..600];
    ticks.iter().map(|tick| tick.requests).sum::<u64>() as f64 / 45.0
}

#[test]
fn a_fleet_keeps_to_one_limit_and_uses_it_where_the_calls_are() {
    let limit = comparisons(100).unwrap()[0].limit.unwrap();
    assert_eq!(limit, (100, 10));
    let reports = compared(0);
    let [whole, divided, fleet] = &reports[..] else {
        panic!("three runs");
    };
    assert_eq!(whole.calls, fleet.calls);
    let over = [whole, divided, fleet].map(|report| report.over(limit) > 0);
    assert_eq!(over, [true, false, false]);
    assert!((9.0..=10.0).contains(&steady(divided)));
    assert!((91.0..=100.0).contains(&steady(fleet)), "{}", steady(fleet));
    // 100 processes for a minute and the last calls, an exchange each 250 ms and two legs of 1 ms.
    assert!(
        (23_600..=24_800).contains(&fleet.questions),
        "{}",
        fleet.questions
    );
}

/// An outage of 6 s, a little more than an open time.
fn outage(fleet: &str) -> Report {
    let text = format!(
        "server.capacity = 200\n\
         outage = {{ start = \"15s\", duration = \"6s\" }}\n\
         clients = {{ count = 100, rate = 1, processes = 100 }}\n\
         policy = {{ stop = \"after_attempt(3)\", breaker = \"consecutive(5).open_for(5s)\" }}\n\
         {fleet}"
    );
    Scenario::parse("outage.toml", &text)
        .unwrap()
        .run()
        .unwrap()
}

#[test]
fn one_process_of_a_fleet_probes_for_all() {
    let (alone, fleet) = (outage(""), outage("[fleet]"));
    assert!(alone.probes >= 90, "{}", alone.probes);
    assert_eq!((fleet.probes, fleet.probes_after), (1, 1));
    assert!(fleet.in_outage < alone.in_outage);
}

#[test]
fn the_same_seed_gives_the_same_fleet() {
    let (one, other) = (outage("[fleet]"), outage("[fleet]"));
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    assert_ne!(one.ticks, outage("seed = 8\n[fleet]").ticks);
}

#[test]
fn a_fleet_that_can_only_be_a_mistake_is_refused() {
    let refused = |fleet: &str| {
        let text = format!("server.capacity = 10\nclients.count = 10\nfleet = {{ {fleet} }}");
        Scenario::parse("fleet.toml", &text)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused("every = \"5ms\""),
        "fleet.toml: fleet.every = \"5ms\": a process exchanges in milliseconds; write at least \"10ms\""
    );
    assert_eq!(
        refused("lease = \"1s\""),
        "fleet.toml: fleet.lease = \"1s\": a lease is at least 16 exchanges, and at most an hour; write one such as \"5s\""
    );
    assert_eq!(
        refused("delay = \"100ms\""),
        "fleet.toml: fleet.delay = \"100ms\": a question and its answer are to arrive before the next; write less than \
         a quarter of fleet.every"
    );
}
