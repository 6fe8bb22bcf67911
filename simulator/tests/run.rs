//! The counts of a run, and the promises of policies.

use persevere_core::StopReason;
use persevere_simulator::{Recovery, Report, Span, Tick, plot, summary};

mod common;
use common::{DOWN, run, scenario};

fn sum(report: &Report, count: fn(&Tick) -> u64) -> u64 {
    report.ticks.iter().map(count).sum()
}

/// Calls of so many seconds, from so many on.
fn between(report: &Report, from: f64, to: f64, count: fn(&Tick) -> u64) -> u64 {
    let tick = report.tick.seconds();
    let (from, to) = ((from / tick).round() as usize, (to / tick).round() as usize);
    report.ticks[from..to].iter().map(count).sum()
}

const POLICIES: [&str; 6] = [
    "[policy]\nstop = \"after_attempt(5)\"\nwait = \"fixed(300ms)\"",
    "[policy]\nstop = \"after_delay(4s)\"\nwait = \"exponential(50ms).max(1s).full_jitter()\"",
    "[policy]\nstop = \"never()\"\nwait = \"decorrelated(100ms).max(2s)\"\ndeadline = \"3s\"",
    "[policy]\nattempt_timeout = \"50ms\"\nbudget = \"tokens(50)\"",
    "[policy]\nbreaker = \"failure_rate(0.5, time(5s)).minimum(10).open_for(1s)\"",
    "[policy]\nstop = \"never()\"\nwait = \"none()\"\nbudget = \"in_flight(3, 0.2)\"",
];

const OUTAGES: [&str; 3] = [
    DOWN,
    "outage = { start = \"5s\", duration = \"5s\", kind = \"slow\", factor = 8 }\n",
    "outage = { start = \"5s\", duration = \"5s\", kind = \"errors\", rate = 0.5 }\n",
];

#[test]
fn every_call_ends_once_and_every_request_is_counted_once() {
    for policy in POLICIES {
        for outage in OUTAGES {
            let report = run(&format!("{outage}{policy}"));
            assert_eq!(
                report.succeeded + report.given_up(),
                report.calls,
                "{policy} {outage}"
            );
            assert_eq!((report.calls, report.unfinished), (2000, 0));
            assert_eq!(sum(&report, |tick| tick.begun), report.calls);
            assert_eq!(sum(&report, |tick| tick.answers), report.succeeded);
            assert_eq!(sum(&report, |tick| tick.requests), report.requests);
            assert!(sum(&report, |tick| tick.prompt) <= report.succeeded);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |seed: u64, text: &str| {
        let mut scenario = scenario(text);
        scenario.seed = seed;
        let report = scenario.run().unwrap();
        summary(&[(&scenario, &report)]) + &plot(&[(&scenario, &report)])
    };
    for policy in POLICIES {
        let text = format!("{}{policy}", OUTAGES[2]);
        assert_eq!(bytes(7, &text), bytes(7, &text), "{policy}");
        assert_ne!(bytes(7, &text), bytes(8, &text), "{policy}");
    }
}

#[test]
fn one_attempt_is_one_request_a_call() {
    for policy in ["stop = \"after_attempt(1)\"", "enabled = false"] {
        let report = run(&format!("{DOWN}[policy]\n{policy}"));
        assert_eq!((report.amplification(), report.retries), (1.0, 0));
        // A hundred a second for ten seconds, and one that was in flight.
        assert_eq!(report.given_up(), 1001);
        assert_eq!(report.recovery, Recovery::After(Span(0)));
    }
}

#[test]
fn no_call_makes_more_attempts_than_stop_allows() {
    let forever = "outage = { start = \"0s\" }\n";
    let report = run(&format!("{forever}[policy]\nstop = \"after_attempt(4)\""));
    assert_eq!(
        (report.calls, report.requests, report.retries),
        (2000, 8000, 6000)
    );
    assert_eq!(report.gave_up, [(StopReason::Attempts, 2000)]);
    assert_eq!(
        (report.succeeded, report.took, report.recovery),
        (0, None, Recovery::Unknown)
    );
}

#[test]
fn a_deadline_ends_a_call_that_hangs() {
    let hang = "outage = { start = \"5s\", duration = \"10s\", kind = \"hang\" }\n";
    let report = run(&format!(
        "{hang}[policy]\nstop = \"never()\"\ndeadline = \"2s\""
    ));
    assert_eq!(report.gave_up.len(), 1);
    assert_eq!(report.gave_up[0].0, StopReason::Deadline);
    // One that begins in the last two seconds is cut as well: its only request was lost.
    assert!(
        (1000..1010).contains(&report.gave_up[0].1),
        "{:?}",
        report.gave_up
    );
    assert!(report.took.unwrap().1 < Span(2_000_000_000));
}

#[test]
fn an_attempt_that_times_out_is_made_again() {
    let hang = "outage = { start = \"5s\", duration = \"1s\", kind = \"hang\" }\n";
    let policy =
        "[policy]\nstop = \"never()\"\nwait = \"fixed(100ms)\"\nattempt_timeout = \"500ms\"";
    let report = run(&format!("{hang}{policy}"));
    assert_eq!((report.succeeded, report.given_up()), (2000, 0));
    assert!(report.retries >= 100);
}

#[test]
fn a_budget_bounds_the_extra_load() {
    let policy = "[policy]\nstop = \"never()\"\nwait = \"fixed(10ms)\"\n";
    let total = run(&format!("{DOWN}{policy}budget = \"total(123)\""));
    assert_eq!(total.retries, 123);
    assert_eq!(total.gave_up[0].0, StopReason::Budget);
    let ratio = run(&format!("{DOWN}{policy}budget = \"ratio(0.2, 5s)\""));
    // Of each window of 5 s: a fifth of its 500 calls, and 10 a second.
    for second in 0..15 {
        let requests = between(&ratio, second.into(), f64::from(second) + 5.0, |tick| {
            tick.requests
        });
        let begun = between(&ratio, second.into(), f64::from(second) + 5.0, |tick| {
            tick.begun
        });
        assert!(
            requests - begun <= 150,
            "from {second} s: {}",
            requests - begun
        );
    }
    assert!(ratio.retries > 150);
}

#[test]
fn an_open_breaker_sends_nothing_but_probes() {
    let policy = "[policy]\nstop = \"after_attempt(1)\"\nbreaker = \"consecutive(1).open_for(2s).probes(1)\"";
    let report = run(&format!("{DOWN}{policy}"));
    // What was in flight opens it at 5 s; then a probe every two seconds.
    assert_eq!(report.in_outage, 4);
    assert_eq!(between(&report, 5.1, 6.9, |tick| tick.requests), 0);
    assert_eq!(between(&report, 7.1, 8.9, |tick| tick.requests), 0);
    let open = report
        .gave_up
        .iter()
        .find(|(reason, _)| *reason == StopReason::CircuitOpen);
    assert!(open.is_some_and(|(_, calls)| *calls > 990));
}

#[test]
fn a_breaker_and_a_budget_belong_to_a_process() {
    let run = |processes: u32| {
        let text = format!(
            "duration = \"20s\"\nserver = {{ capacity = 200 }}\n\
             clients = {{ count = 100, rate = 1, arrival = \"even\", processes = {processes} }}\n{DOWN}\
             [policy]\nwait = \"fixed(10ms)\"\nbudget = \"total(10)\""
        );
        let scenario = persevere_simulator::Scenario::parse("test.toml", &text).unwrap();
        scenario.run().unwrap().retries
    };
    assert_eq!((run(1), run(4)), (10, 40));
}

#[test]
fn the_server_answers_no_more_than_its_capacity() {
    let report = run(&format!(
        "{DOWN}[policy]\nstop = \"never()\"\nwait = \"fixed(100ms)\""
    ));
    let window = report.window().seconds();
    for ticks in report.ticks.windows(10) {
        let answers: u64 = ticks.iter().map(|tick| tick.answers).sum();
        assert!(
            answers as f64 <= 200.0 * window + 1.0,
            "{answers} in {window} s"
        );
    }
    // A thousand calls wait for the end of the outage, and a hundred more come each second.
    assert!(matches!(report.recovery, Recovery::Never));
    assert_eq!(report.given_up(), 0);
}

#[test]
fn requests_that_are_given_up_while_they_wait_keep_the_server_from_recovering() {
    // Ten seconds of work may wait, for clients that wait for one.
    let text = "duration = \"40s\"\nserver = { capacity = 200, queue = 2000, overload = \"drop\" }\n\
                clients = { count = 100, rate = 1.5, arrival = \"even\" }\n\
                outage = { start = \"5s\", duration = \"5s\", kind = \"hang\" }\n";
    let run = |policy: &str| {
        let text = format!(
            "{text}[policy]\nattempt_timeout = \"1s\"\nstop = \"after_delay(20s)\"\n{policy}"
        );
        persevere_simulator::Scenario::parse("test.toml", &text)
            .unwrap()
            .run()
            .unwrap()
    };
    let eager = run("wait = \"fixed(100ms)\"");
    assert_eq!(eager.recovery, Recovery::Never);
    let guarded = run("wait = \"fixed(100ms)\"\nbudget = \"ratio(0.1, 10s)\"");
    assert!(matches!(guarded.recovery, Recovery::After(span) if span < Span(5_000_000_000)));
    assert!(guarded.given_up() < eager.given_up());
}

#[test]
fn without_an_outage_every_call_is_done_in_the_latency() {
    let report = run("");
    assert_eq!(
        (report.succeeded, report.requests, report.recovery),
        (2000, 2000, Recovery::Unknown)
    );
    let (median, most) = report.took.unwrap();
    assert!(
        median >= Span(20_000_000) && most <= Span(21_000_000),
        "{median} {most}"
    );
}

#[test]
fn all_clients_can_call_at_once() {
    let text = "duration = \"10s\"\nserver = { capacity = 100, queue = 100 }\n\
                clients = { count = 300, arrival = \"at once\" }\n[policy]\nstop = \"after_attempt(1)\"";
    let scenario = persevere_simulator::Scenario::parse("test.toml", text).unwrap();
    let report = scenario.run().unwrap();
    assert_eq!((report.ticks[0].begun, report.succeeded), (300, 100));
}

/// One that is told holds all: of 200 clients on a quota of 1000 a minute, those in flight at that moment are refused.
#[test]
fn shared_holds_keep_to_a_quota() {
    let read = |file: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        persevere_simulator::Scenario::read(&path.join(file)).unwrap()
    };
    let alone = read("quota.toml").run().unwrap();
    let shared = read("quota-shared.toml").run().unwrap();
    assert_eq!(alone.calls, shared.calls);
    assert!(alone.throttled > 1000, "{}", alone.throttled);
    assert!(shared.throttled <= 20, "{}", shared.throttled);
    assert_eq!((shared.given_up(), shared.unfinished), (0, 0));
}

#[test]
fn a_bulkhead_lets_so_many_requests_be_in_flight() {
    let text = "duration = \"10s\"\nserver = { capacity = 1000, latency = \"1s\" }\n\
                clients = { count = 100, arrival = \"at once\" }\n[policy]\nstop = \"after_attempt(1)\"\n";
    let run = |limits: &str| {
        let text = format!("{text}{limits}");
        let scenario = persevere_simulator::Scenario::parse("test.toml", &text).unwrap();
        scenario.run().unwrap()
    };
    assert_eq!(run("").last, Span(1_099_000_000));
    let limited = run("[bulkhead]\nplaces = 10\nqueue = 50");
    assert_eq!((limited.succeeded, limited.given_up()), (60, 40));
    assert_eq!(limited.last.seconds().round(), 6.0);
    let both =
        run("[bulkhead]\nplaces = 10\nqueue = 100\n[rate_limiter]\nrate = 5\nevery = \"1s\"");
    assert_eq!(both.succeeded, 100);
    assert_eq!(both.last.seconds().round(), 21.0);
}
