//! Values that can only be a mistake, and scenarios that could not end.

use std::fmt::Display;
use std::time::Duration;

use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{Next, Policy, Steps};

use crate::call::{Answer, Fault};
use crate::refusal::Refusal;
use crate::scenario::{Kind, Outage, Overload, Scenario};
use crate::span::Span;

/// Calls of one run: what memory and patience allow.
const MOST_CALLS: f64 = 100_000_000.0;

/// Longer than any limit of a policy.
const CENTURY: Duration = Duration::from_secs(3_155_760_000);

pub(crate) fn check(scenario: &Scenario) -> Result<(), Refusal> {
    values(scenario)?;
    outage(scenario)?;
    fleet(scenario)?;
    scenario.check_limits()?;
    let policy = scenario.policy()?;
    let clock = VirtualClock::new();
    Scope::new()
        .clock(&clock)
        .run(|| ending(scenario, &policy, &clock))
}

/// Says no, unless the value makes sense.
fn demand(
    sound: bool,
    scenario: &Scenario,
    key: &str,
    value: impl Display,
    advice: &str,
) -> Result<(), Refusal> {
    match sound {
        true => Ok(()),
        false => Err(Refusal::value(&scenario.file, key, value, advice)),
    }
}

/// As a file has it.
fn written(span: Span) -> String {
    format!("\"{}\"", span.to_string().replace(' ', ""))
}

fn values(scenario: &Scenario) -> Result<(), Refusal> {
    let (server, clients) = (&scenario.server, &scenario.clients);
    let positive = |number: f64| number > 0.0 && number.is_finite();
    demand(
        positive(server.capacity),
        scenario,
        "server.capacity",
        server.capacity,
        "no request is ever served; write the requests it serves a second, such as 1000",
    )?;
    for (key, span) in [
        ("duration", scenario.duration),
        ("server.latency", server.latency),
        ("server.refusal", server.refusal),
    ] {
        let advice = "there would be no end to what happens at one time; write more than 0, such as \"20ms\"";
        demand(span.0 > 0, scenario, key, written(span), advice)?;
    }
    demand(
        server.queue() >= 1.0 && server.queue().is_finite(),
        scenario,
        "server.queue",
        server.queue(),
        "a request that is to be served takes a place; write at least 1",
    )?;
    if let Some(quota) = &server.quota {
        let sound = quota.requests > 0;
        let advice = "it takes no request at all; write at least 1";
        demand(
            sound,
            scenario,
            "server.quota.requests",
            quota.requests,
            advice,
        )?;
        let advice = "a window has an end; write more than 0, such as \"60s\"";
        let every = written(quota.every);
        demand(
            quota.every.0 > 0,
            scenario,
            "server.quota.every",
            every,
            advice,
        )?;
    }
    demand(
        clients.count > 0,
        scenario,
        "clients.count",
        clients.count,
        "nobody calls; write at least 1",
    )?;
    demand(
        clients.processes > 0,
        scenario,
        "clients.processes",
        clients.processes,
        "every client is in one; write at least 1",
    )?;
    if let Some(rate) = clients.rate {
        let advice = "nobody calls; write the calls that each client begins a second, or leave it out for one call";
        demand(positive(rate), scenario, "clients.rate", rate, advice)?;
    }
    let calls = scenario.offered() * scenario.duration.seconds();
    demand(
        calls <= MOST_CALLS,
        scenario,
        "clients.count",
        clients.count,
        &format!(
            "{calls:.0} calls are more than the {MOST_CALLS:.0} of a run; lower clients.rate or duration"
        ),
    )
}

fn fleet(scenario: &Scenario) -> Result<(), Refusal> {
    let Some(fleet) = &scenario.fleet else {
        return Ok(());
    };
    let (every, lease) = (fleet.every.0, fleet.lease.0);
    let advice = "a process exchanges in milliseconds; write at least \"10ms\"";
    let sound = every >= 10_000_000;
    demand(sound, scenario, "fleet.every", written(fleet.every), advice)?;
    let advice = "a lease is at least 16 exchanges, and at most an hour; write one such as \"5s\"";
    let sound = lease >= every.saturating_mul(16) && lease <= 3_600_000_000_000;
    demand(sound, scenario, "fleet.lease", written(fleet.lease), advice)?;
    let advice = "a question and its answer are to arrive before the next; write less than half of fleet.every";
    let sound = fleet.delay.0 < every / 4;
    demand(sound, scenario, "fleet.delay", written(fleet.delay), advice)
}

fn outage(scenario: &Scenario) -> Result<(), Refusal> {
    let Some(outage) = &scenario.outage else {
        return Ok(());
    };
    match outage.kind {
        Kind::Slow(factor) => demand(
            factor >= 1.0 && factor.is_finite(),
            scenario,
            "outage.factor",
            factor,
            "a slow server is slower by a factor of 1 or more; write one such as 10",
        )?,
        Kind::Errors(rate) => demand(
            (0.0..=1.0).contains(&rate),
            scenario,
            "outage.rate",
            rate,
            "a share is between 0 and 1; write one such as 0.5",
        )?,
        Kind::Down | Kind::Hang => {}
    }
    demand(
        outage.start < scenario.duration,
        scenario,
        "outage.start",
        written(outage.start),
        "it is after the last call has begun; write a start before duration",
    )
}

/// Refuses calls that nothing ends: neither an answer, nor a limit.
fn ending<P: Policy<Answer>>(
    scenario: &Scenario,
    policy: &P,
    clock: &VirtualClock,
) -> Result<(), Refusal> {
    let call = policy.start();
    let limit = call.limit().map(|(limit, _)| limit.as_nanos());
    if let (Some((key, value)), None) = (unanswered(scenario), limit) {
        let advice = "a request without an answer is waited for without end; write an attempt_timeout = \"1s\" \
                      or a deadline = \"10s\" in [policy]";
        return Err(Refusal::value(&scenario.file, key, value, advice));
    }
    let hopeless = hopeless(scenario, limit);
    if let (Some(reason), false) = (hopeless, ends(policy, call, clock)) {
        let stop = scenario.policy.get("stop").and_then(|stop| stop.as_str());
        let stop = format!("\"{}\"", stop.unwrap_or_default());
        let advice = format!(
            "it never ends a call, and {reason}; write a limit, such as stop = \"after_attempt(5)\" or \
             deadline = \"30s\""
        );
        return Err(Refusal::value(&scenario.file, "policy.stop", stop, &advice));
    }
    Ok(())
}

/// A cause that leaves requests without an answer.
fn unanswered(scenario: &Scenario) -> Option<(&'static str, &'static str)> {
    let hangs = |outage: &Outage| outage.kind == Kind::Hang;
    if scenario.outage.as_ref().is_some_and(hangs) {
        return Some(("outage.kind", "\"hang\""));
    }
    (scenario.server.overload == Overload::Drop).then_some(("server.overload", "\"drop\""))
}

/// Why no attempt succeeds from some time on, if none does.
fn hopeless(scenario: &Scenario, limit: Option<u128>) -> Option<&'static str> {
    let slower = match &scenario.outage {
        Some(outage) if outage.duration.is_none() => match outage.kind {
            Kind::Down | Kind::Hang => return Some("the outage has no outage.duration"),
            Kind::Errors(rate) if rate >= 1.0 => return Some("the outage has no outage.duration"),
            Kind::Slow(factor) => factor,
            Kind::Errors(_) => 1.0,
        },
        _ => 1.0,
    };
    let latency = scenario.server.latency.0 as f64 * slower;
    let cut = limit.is_some_and(|limit| latency > limit as f64);
    cut.then_some("an attempt is cut before server.latency is over")
}

/// Whether a limit of the policy ends a call whose every attempt fails: one of attempts, or one of time.
fn ends<P: Policy<Answer>>(
    policy: &P,
    mut call: Steps<'_, P, Answer>,
    clock: &VirtualClock,
) -> bool {
    if policy.resume(u32::MAX, CENTURY).is_err() {
        return true;
    }
    clock.advance_to(CENTURY);
    call.next(&Err(Fault::Refused)) == Next::Return
}
