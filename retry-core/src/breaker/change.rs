//! A change of state, as a listener hears it.

use std::fmt;

use super::counts::Counts;
use super::reason::Reason;
use super::state::State;
use crate::util::key::{Key, Named};

/// A change of state, or one that is only told: the argument of a [`listener`](super::CircuitBreaker::listener).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::Transition;
///
/// fn shout(transition: &Transition) {
///     // breaker `payments`: closed -> open: 5 failures in a row, last std::io::error::Error;
///     // 5 failed, 0 refused, 1 opened since the start
///     eprintln!("{transition}");
/// }
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").listener(shout);
/// # PAYMENTS.force_open();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name.
    pub name: &'static str,
    /// The key that distinguishes it from other breakers of its name.
    pub key: Option<Key>,
    /// The state before the change.
    pub from: State,
    /// The state after the change.
    pub to: State,
    /// The reason for the change.
    pub reason: Reason,
    /// The kind of the failure that led to the change: the type of its error, such as `std::io::error::Error`, or
    /// `attempt timeout`, `deadline`, `panic`, `slow call`. `None` where no failure did, and for
    /// [`Permit::failure`](super::Permit::failure), which does not tell.
    pub last_failure: Option<&'static str>,
    /// The totals after the change; calls that go on meanwhile may be in them.
    pub counts: Counts,
}

impl Transition {
    /// Returns whether the breaker [counts only](super::CircuitBreaker::metrics_only) and would have opened: its state
    /// is [`MetricsOnly`](State::MetricsOnly) before and after.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::{State, Transition};
    ///
    /// fn shout(told: &Transition) {
    ///     assert!(told.would_open());
    ///     assert_eq!((told.from, told.to), (State::MetricsOnly, State::MetricsOnly));
    ///     // breaker `payments`: metrics only, would open: 1 failure, last None; ..
    ///     eprintln!("{told}");
    /// }
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").consecutive(1).metrics_only().listener(shout);
    /// PAYMENTS.call(|| None::<u8>);
    /// assert_eq!(PAYMENTS.counts().would_have_opened, 1);
    /// ```
    pub fn would_open(&self) -> bool {
        self.from == State::MetricsOnly && self.to == State::MetricsOnly
    }
}

/// Writes one line: ``breaker `payments`: closed -> open: 5 failures in a row, last deadline; 5 failed, 0 refused, 1
/// opened since the start``; with a key, `payments[eu.example]`.
impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Transition {
            from, to, reason, ..
        } = self;
        let named = Named(self.name, self.key);
        write!(f, "breaker `{named}`: {from}")?;
        if self.would_open() {
            f.write_str(", would open")?;
        } else {
            write!(f, " -> {to}")?;
        }
        write!(f, ": {reason}")?;
        if let Some(kind) = self.last_failure {
            write!(f, ", last {kind}")?;
        }
        let Counts {
            failures,
            refused,
            opened,
            ..
        } = self.counts;
        write!(
            f,
            "; {failures} failed, {refused} refused, {opened} opened since the start"
        )
    }
}

/// The cause of a change: its reason, and the failure that led to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) reason: Reason,
    pub(super) last_failure: Option<&'static str>,
}

impl From<Reason> for Cause {
    fn from(reason: Reason) -> Self {
        Cause {
            reason,
            last_failure: None,
        }
    }
}
