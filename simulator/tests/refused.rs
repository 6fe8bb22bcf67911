//! Scenarios that are refused, and what is said of them.

use persevere_simulator::Scenario;

fn refusal(text: &str) -> String {
    Scenario::parse("bad.toml", text).unwrap_err().to_string()
}

/// The refusal of a sound scenario with one part changed.
fn with(part: &str, instead: &str) -> String {
    const SOUND: &str = "duration = \"20s\"\n[server]\ncapacity = 100\n[outage]\nstart = \"5s\"\nduration = \"5s\"\n\
                         [clients]\ncount = 10\n[policy]\nstop = \"never()\"\n";
    assert!(Scenario::parse("good.toml", SOUND).is_ok() && SOUND.contains(part));
    refusal(&SOUND.replace(part, instead))
}

#[test]
fn a_value_that_can_only_be_a_mistake() {
    let cases = [
        (
            with("capacity = 100", "capacity = 0"),
            "bad.toml: server.capacity = 0: no request is ever served; write the requests it serves a second, such as 1000",
        ),
        (
            with("count = 10", "count = 0"),
            "bad.toml: clients.count = 0: nobody calls; write at least 1",
        ),
        (
            with("count = 10", "count = 10\nrate = -1"),
            "bad.toml: clients.rate = -1: nobody calls; write the calls that each client begins a second, or leave it out for one call",
        ),
        (
            with("capacity = 100", "capacity = 100\nqueue = 0"),
            "bad.toml: server.queue = 0: a request that is to be served takes a place; write at least 1",
        ),
        (
            with(
                "capacity = 100",
                "capacity = 100\nquota = { requests = 0, every = \"60s\" }",
            ),
            "bad.toml: server.quota.requests = 0: it takes no request at all; write at least 1",
        ),
        (
            with(
                "capacity = 100",
                "capacity = 100\nquota = { requests = 10, every = \"0s\" }",
            ),
            "bad.toml: server.quota.every = \"0s\": a window has an end; write more than 0, such as \"60s\"",
        ),
        (
            with(
                "[policy]",
                "[rate_limiter]\nrate = 0\nevery = \"1s\"\n[policy]",
            ),
            "bad.toml: rate_limiter: `rate` takes the permits of a period, at least 1; a limiter that permits nothing lets no call through",
        ),
        (
            with("[policy]", "[bulkhead]\nplaces = 0\n[policy]"),
            "bad.toml: bulkhead: a bulkhead has places for the attempts that may run at a time: at least 1, and less than 2²¹; 0 is given",
        ),
        (
            with("start = \"5s\"", "start = \"20s\""),
            "bad.toml: outage.start = \"20s\": it is after the last call has begun; write a start before duration",
        ),
        (
            with(
                "start = \"5s\"",
                "start = \"5s\"\nkind = \"errors\"\nrate = 1.5",
            ),
            "bad.toml: outage.rate = 1.5: a share is between 0 and 1; write one such as 0.5",
        ),
        (
            with("count = 10", "count = 1_000_000\nrate = 1000"),
            "bad.toml: clients.count = 1000000: 20000000000 calls are more than the 100000000 of a run; lower clients.rate or duration",
        ),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_scenario_that_cannot_end() {
    assert_eq!(
        with("start = \"5s\"\nduration = \"5s\"", "start = \"5s\""),
        "bad.toml: policy.stop = \"never()\": it never ends a call, and the outage has no outage.duration; \
         write a limit, such as stop = \"after_attempt(5)\" or deadline = \"30s\""
    );
    assert_eq!(
        with("never()\"", "never()\"\nattempt_timeout = \"10ms\""),
        "bad.toml: policy.stop = \"never()\": it never ends a call, and an attempt is cut before server.latency is over; \
         write a limit, such as stop = \"after_attempt(5)\" or deadline = \"30s\""
    );
    assert_eq!(
        with("start = \"5s\"", "start = \"5s\"\nkind = \"hang\""),
        "bad.toml: outage.kind = \"hang\": a request without an answer is waited for without end; \
         write an attempt_timeout = \"1s\" or a deadline = \"10s\" in [policy]"
    );
    assert!(
        with("capacity = 100", "capacity = 100\noverload = \"drop\"")
            .starts_with("bad.toml: server.overload = \"drop\":")
    );
}

#[test]
fn what_ends_a_call_of_an_endless_outage_is_a_limit_of_any_kind() {
    for limit in [
        "stop = \"after_delay(1min)\"",
        "stop = \"never()\"\ndeadline = \"1min\"",
        "enabled = false",
        "",
    ] {
        let text = format!(
            "server.capacity = 100\nclients.count = 10\noutage.start = \"5s\"\n[policy]\n{limit}"
        );
        assert!(Scenario::parse("good.toml", &text).is_ok(), "{limit}");
    }
}

#[test]
fn a_key_or_value_that_there_is_not() {
    let unknown = with("capacity = 100", "capacity = 100\ncapacty = 3");
    assert!(
        unknown.starts_with(
            "bad.toml: line 4, `capacty = 3`: unknown field `capacty`, expected one of `capacity`"
        ),
        "{unknown}"
    );
    let unit = with("duration = \"5s\"", "duration = \"5\"");
    assert!(
        unit.starts_with(
            "bad.toml: line 6, `duration = \"5\"`: `5`: a duration has a unit: `5s` or `5ms`"
        ),
        "{unit}"
    );
    let factor = with("start = \"5s\"", "start = \"5s\"\nkind = \"slow\"");
    assert!(
        factor.ends_with("how slow? write factor = 10 beside kind = \"slow\""),
        "{factor}"
    );
    assert_eq!(
        with("never()", "after_atempt(3)"),
        "bad.toml: policy.stop: `after_atempt(3)`: unknown stop condition `after_atempt`; did you mean `after_attempt`?"
    );
    assert!(refusal("[server]\ncapacity = 100").contains("missing field `clients`"));
    assert!(!refusal("[server\ncapacity = 100").contains('\n'));
}

#[test]
fn a_file_that_is_not_there() {
    let refusal = Scenario::read("no/such/file.toml".as_ref())
        .unwrap_err()
        .to_string();
    assert!(refusal.starts_with("no/such/file.toml: "), "{refusal}");
}
