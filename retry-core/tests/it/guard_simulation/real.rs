//! The parts of a program as values of the crate.

use std::time::Duration;

use persevere_core::breaker::{Breaker, Settings, count};
use persevere_core::{Attempt, CircuitBreaker, Predicate, RetryBudget, when};

use crate::guard_simulation::program::{BreakerPlan, BudgetPlan, Mark, Rule, When};
use crate::guard_simulation::trace::{Outcome, Value};

/// A breaker, with whether calls wait for it.
pub(crate) struct Door<'w>(pub(crate) &'w CircuitBreaker, pub(crate) bool);

impl Breaker<Outcome> for Door<'_> {
    fn circuit(&self) -> &CircuitBreaker {
        self.0
    }

    fn waits(&self) -> bool {
        self.1
    }
}

impl BreakerPlan {
    pub(crate) fn real(&self) -> CircuitBreaker {
        let settings = Settings::new("b").open_for(self.open);
        let settings = settings.probes(self.probes).successes(self.needed);
        let settings = match self.rule {
            Rule::Consecutive(row) => settings.consecutive(row),
            Rule::Failures(bad, of) => {
                let rate = f64::from(bad) / f64::from(of);
                settings.failure_rate(rate, count(of)).minimum(of)
            }
        };
        settings.build().expect("sensible")
    }
}

impl BudgetPlan {
    pub(crate) fn real(&self) -> RetryBudget {
        let tenths = |ratio| f64::from(ratio) / 10.0;
        match *self {
            BudgetPlan::Total(retries) => RetryBudget::total(retries),
            BudgetPlan::Tokens(capacity) => RetryBudget::tokens(capacity),
            BudgetPlan::Throttle(max) => RetryBudget::throttle(max, 0.5),
            BudgetPlan::InFlight(least, ratio) => RetryBudget::in_flight(least, tenths(ratio)),
            BudgetPlan::Ratio(ratio, reserve) => {
                RetryBudget::ratio(tenths(ratio), Duration::from_secs(1)).reserve(reserve)
            }
        }
    }
}

impl Mark {
    pub(crate) fn leave(self, at: &Attempt) {
        match self {
            Mark::Retry => at.retry(),
            Mark::RetryNow => at.retry_now(),
            Mark::RetryAfter(pause) => at.retry_after(pause),
            Mark::GiveUp => at.give_up(),
            Mark::Reset => at.reset(),
        }
    }
}

impl When {
    pub(crate) fn real(self) -> Box<dyn Predicate<Outcome>> {
        match self {
            When::AnyFailure => Box::new(when::any_failure()),
            When::Transient => Box::new(when::transient()),
            When::ValueToo => {
                let one = when::ok(|value: &Value| value.kind == 1);
                Box::new(when::any_failure() | one)
            }
        }
    }
}
