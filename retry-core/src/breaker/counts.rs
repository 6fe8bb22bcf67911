//! The totals of a breaker.

use super::state::State;
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;
use crate::util::tally::Tally;

/// The totals of a breaker since it was made: each exact, read one after the other.
///
/// Successes are not among them: counting them would cost every call a shared write.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
///
/// let breaker = CircuitBreaker::new("payments");
/// drop(breaker.try_enter());
/// assert_eq!(breaker.counts().ignored, 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that failed.
    pub failures: u64,
    /// Calls that were cancelled, or whose outcome is no evidence about the dependency.
    pub ignored: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Transitions to open; forced ones are not among them.
    pub opened: u64,
    /// Transitions from open to half-open.
    pub half_opened: u64,
    /// Transitions to closed, those by [`reset`](super::CircuitBreaker::reset) included.
    pub closed: u64,
    /// The times that it would have opened while it counted [only](super::CircuitBreaker::metrics_only).
    pub would_have_opened: u64,
}

#[derive(Debug)]
pub(super) struct Counters {
    pub(super) failures: AtomicU64,
    pub(super) ignored: AtomicU64,
    pub(super) refused: Tally<1>,
    opened: AtomicU64,
    half_opened: AtomicU64,
    closed: AtomicU64,
    pub(super) would_have_opened: AtomicU64,
}

impl Counters {
    pub(super) const fn new() -> Self {
        Counters {
            failures: AtomicU64::new(0),
            ignored: AtomicU64::new(0),
            refused: Tally::new(),
            opened: AtomicU64::new(0),
            half_opened: AtomicU64::new(0),
            closed: AtomicU64::new(0),
            would_have_opened: AtomicU64::new(0),
        }
    }

    pub(super) fn read(&self) -> Counts {
        // Relaxed, as every total here: nothing is decided by it.
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            failures: read(&self.failures),
            ignored: read(&self.ignored),
            refused: self.refused.get(0),
            opened: read(&self.opened),
            half_opened: read(&self.half_opened),
            closed: read(&self.closed),
            would_have_opened: read(&self.would_have_opened),
        }
    }

    pub(super) fn count_transition(&self, to: State) {
        match to {
            State::Closed => add(&self.closed),
            State::Open => add(&self.opened),
            State::HalfOpen => add(&self.half_opened),
            State::ForcedOpen | State::ForcedClosed | State::Disabled | State::MetricsOnly => {}
        }
    }
}

/// Adds one. Relaxed: nothing is decided by the totals.
pub(super) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
