//! Metrics of what calls share: the state of breakers, what is left of budgets.

use metrics::{counter, gauge};

use crate::breaker::{CircuitBreaker, State, Transition};
use crate::budget::RetryBudget;

/// A listener that counts the changes of a breaker, and keeps the gauge of its state.
///
/// `circuit_breaker_transitions_total{breaker,from,to}` and `circuit_breaker_state{breaker}`: 0 closed,
/// 1 half-open, 2 open, 3 forced open, 4 forced closed, 5 disabled. A breaker that has not changed yet has
/// no gauge: [`observe_breaker`] gives it one.
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
    let Transition { name, from, to, .. } = *transition;
    let (from, into) = (label(from), label(to));
    counter!("circuit_breaker_transitions_total", "breaker" => name, "from" => from, "to" => into)
        .increment(1);
    show(name, to);
}

/// Sets the gauge `circuit_breaker_state{breaker}` to the state that the breaker is in.
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
        let state = breaker.state();
        show(breaker.name(), state);
        // A listener may have shown a later one meanwhile.
        if breaker.state() == state {
            return;
        }
    }
}

/// Sets the gauge `retry_budget_available{budget}` to the retries that the budget would pay for now.
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
    // More than 2^53 retries are too many to tell apart.
    gauge!("retry_budget_available", "budget" => name.to_owned()).set(budget.available() as f64);
}

fn show(name: &'static str, state: State) {
    gauge!("circuit_breaker_state", "breaker" => name).set(level(state));
}

const fn level(state: State) -> f64 {
    match state {
        State::Closed => 0.0,
        State::HalfOpen => 1.0,
        State::Open => 2.0,
        State::ForcedOpen => 3.0,
        State::ForcedClosed => 4.0,
        State::Disabled => 5.0,
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
    }
}
