//! The shared parts of the process, with their states and counts.

mod breaker_status;
mod budget_status;
mod bulkhead_status;
mod rate_limiter_status;

use std::fmt;

pub use self::breaker_status::BreakerStatus;
pub use self::budget_status::BudgetStatus;
pub use self::bulkhead_status::BulkheadStatus;
pub use self::rate_limiter_status::RateLimiterStatus;
use crate::breaker::BreakerState;
use crate::budget::BudgetState;
use crate::bulkhead::BulkheadState;
use crate::rate_limiter::LimiterState;
use crate::switch;
use crate::util::listed::Kind;

/// The shared parts that a process uses: what each is called, its state, and its counts.
///
/// With the feature `serde` it is serialized for an administrative endpoint; as text it is a line for each part:
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Bulkhead, CircuitBreaker, RetryBudget, inventory};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(1);
/// static REPORTS: Bulkhead = Bulkhead::new("reports", 20);
/// static CHECKOUT: RetryBudget = RetryBudget::total(3).named("checkout");
///
/// let place = REPORTS.try_enter()?;
/// CHECKOUT.available();
/// PAYMENTS.call(|| None::<u8>);
/// PAYMENTS.force_open();
/// assert_eq!(
///     inventory().to_string(),
///     "breaker payments: forced open, 1 failed, 0 refused, opened 1 time\n\
///      bulkhead reports: 1 of 20 places in use, 0 calls in line, 1 entered, 0 refused\n\
///      budget checkout: 3 retries available, 0 granted, 0 refused\n",
/// );
/// # drop(place);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Inventory {
    /// Whether the retries of the process are [switched off](crate::switch::set_enabled).
    pub switched_off: bool,
    /// The circuit breakers.
    pub breakers: Vec<BreakerStatus>,
    /// The rate limiters.
    pub rate_limiters: Vec<RateLimiterStatus>,
    /// The bulkheads.
    pub bulkheads: Vec<BulkheadStatus>,
    /// The retry budgets.
    pub budgets: Vec<BudgetStatus>,
}

/// Returns every breaker, rate limiter, bulkhead and retry budget of the process that was used, by name and key.
///
/// A part is listed from its first call on, or from the first question for its numbers, until it is dropped: a
/// `static` for ever, one of a [`Registry`](crate::Registry) until it is evicted. Parts of a configuration are listed
/// by the name of their table. It takes a lock for each kind, which calls do not, and each number is exact by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Bulkhead, inventory};
///
/// static REPORTS: Bulkhead = Bulkhead::new("reports", 20);
///
/// let place = REPORTS.try_enter()?;
/// assert_eq!(inventory().bulkheads[0].in_use, 1);
/// # drop(place);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
pub fn inventory() -> Inventory {
    Inventory {
        switched_off: !switch::is_enabled(),
        breakers: statuses::<BreakerState, BreakerStatus, _>(|status| (status.name, status.key)),
        rate_limiters: statuses::<LimiterState, RateLimiterStatus, _>(|it| (it.name, it.key)),
        bulkheads: statuses::<BulkheadState, BulkheadStatus, _>(|status| (status.name, status.key)),
        budgets: statuses::<BudgetState, BudgetStatus, _>(|status| status.name),
    }
}

/// Returns the status of every part of a kind, in the order of their names and keys.
fn statuses<S, T, N>(name: fn(&T) -> N) -> Vec<T>
where
    S: Kind,
    T: for<'a> From<&'a S>,
    N: Ord,
{
    let mut statuses: Vec<T> = S::list().all().iter().map(|state| T::from(state)).collect();
    statuses.sort_by_key(name);
    statuses
}

/// Writes a line for each part; before them, if it is so, that retries are switched off.
impl fmt::Display for Inventory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn lines<T: fmt::Display>(f: &mut fmt::Formatter<'_>, parts: &[T]) -> fmt::Result {
            parts.iter().try_for_each(|part| writeln!(f, "{part}"))
        }
        if self.switched_off {
            writeln!(f, "retries are switched off")?;
        }
        lines(f, &self.breakers)?;
        lines(f, &self.rate_limiters)?;
        lines(f, &self.bulkheads)?;
        lines(f, &self.budgets)
    }
}

/// Writes a duration as milliseconds.
#[cfg(feature = "serde")]
fn millis<S: serde::Serializer>(
    time: &Option<std::time::Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    use serde::Serialize;
    let millis = |time: &std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    time.as_ref().map(millis).serialize(to)
}
