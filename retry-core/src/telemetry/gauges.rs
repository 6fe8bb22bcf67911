//! Metrics of shared state: the state of breakers, and the retries left in budgets.

use metrics::{Label, counter, gauge};

use crate::breaker::{CircuitBreaker, Key, State, Transition};
use crate::budget::RetryBudget;
use crate::inventory::{BreakerStatus, BudgetStatus};
use crate::telemetry::installed::{PARTS, wanted};
use crate::telemetry::limits::labels;

/// Counts the changes of a breaker, and sets the gauge of its state, as its listener.
///
/// The metrics are `circuit_breaker_transitions_total{breaker,key,from,to,reason}` and
/// `circuit_breaker_state{breaker,key}`: 0 closed, 1 half-open, 2 open, 3 forced open, 4 forced closed, 5
/// disabled, 6 metrics only. One that counts only and would have opened is counted as a change from `metrics_only` to
/// `metrics_only`. A breaker without a change so far has no gauge: [`observe_breaker`] sets one.
///
/// No thread ends an open time: the next call does. So the gauge of a breaker that nobody calls stays at open, unless
/// [`observe_breaker`] is called from a timer or before a scrape, which shows it half-open once its open time is over.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CircuitBreaker, telemetry};
///
/// static PAYMENTS: CircuitBreaker =
///     CircuitBreaker::new("payments").listener(telemetry::breaker_metrics);
///
/// telemetry::observe_breaker(&PAYMENTS);
/// ```
pub fn breaker_metrics(transition: &Transition) {
    // Otherwise every breaker is counted.
    if wanted() & PARTS == 0 {
        let key = transition.key.as_ref().map(Key::as_str);
        count_transition(transition, key);
        show_state(transition.name, key, transition.to);
    }
}

/// Counts a change, under this key.
pub(super) fn count_transition(transition: &Transition, key: Option<&str>) {
    let Transition {
        name,
        from,
        to,
        reason,
        ..
    } = transition;
    let mut labels = labels("breaker", name, key);
    labels.push(Label::from_static_parts("from", label(*from)));
    labels.push(Label::from_static_parts("to", label(*to)));
    labels.push(Label::from_static_parts("reason", reason.label()));
    counter!("circuit_breaker_transitions_total", labels).increment(1);
}

/// Sets the counters `circuit_breaker_failures_total{breaker,key}` and `circuit_breaker_refused_total{breaker,key}`,
/// and the gauge `circuit_breaker_state{breaker,key}` to the state that the breaker is in: half-open once its open
/// time is over, though no call has come.
///
/// Call it from a timer, or before a scrape.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CircuitBreaker, telemetry};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
/// telemetry::observe_breaker(&PAYMENTS);
/// ```
pub fn observe_breaker(breaker: &CircuitBreaker) {
    loop {
        let status = BreakerStatus::from(breaker.parts());
        show_breaker(&status, status.key.as_ref().map(Key::as_str));
        // A listener may have shown a later one meanwhile.
        if breaker.state() == status.state {
            return;
        }
    }
}

pub(super) fn show_breaker(status: &BreakerStatus, key: Option<&str>) {
    show_state(status.name, key, status.state);
    let labels = labels("breaker", status.name, key);
    counter!("circuit_breaker_failures_total", labels.clone()).absolute(status.counts.failures);
    counter!("circuit_breaker_refused_total", labels).absolute(status.counts.refused);
}

/// Sets the gauge `retry_budget_available{budget}` to the retries that the budget would pay for at the
/// moment.
///
/// Budgets refill with time, so call it as often as metrics are read: from a timer, or before a scrape.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{RetryBudget, telemetry};
///
/// static PAYMENTS: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
/// telemetry::observe_budget("payments", &PAYMENTS);
/// ```
pub fn observe_budget(name: &str, budget: &RetryBudget) {
    // More than 2^53 retries need not be exact.
    gauge!("retry_budget_available", "budget" => name.to_owned()).set(budget.available() as f64);
}

pub(super) fn show_budget(status: &BudgetStatus) {
    let Some(name) = status.name else { return };
    // More than 2^53 retries need not be exact.
    gauge!("retry_budget_available", "budget" => name).set(status.available as f64);
    counter!("retry_budget_granted_total", "budget" => name).absolute(status.granted);
    counter!("retry_budget_refused_total", "budget" => name).absolute(status.refused);
}

pub(super) fn show_state(name: &'static str, key: Option<&str>, state: State) {
    gauge!("circuit_breaker_state", labels("breaker", name, key)).set(level(state));
}

const fn level(state: State) -> f64 {
    match state {
        State::Closed => 0.0,
        State::HalfOpen => 1.0,
        State::Open => 2.0,
        State::ForcedOpen => 3.0,
        State::ForcedClosed => 4.0,
        State::Disabled => 5.0,
        State::MetricsOnly => 6.0,
    }
}

const fn label(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::HalfOpen => "half_open",
        State::Open => "open",
        State::ForcedOpen => "forced_open",
        State::ForcedClosed => "forced_closed",
        State::Disabled => "disabled",
        State::MetricsOnly => "metrics_only",
    }
}
