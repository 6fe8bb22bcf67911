//! A change of state, as a listener hears it.

use std::fmt;

use super::counts::Counts;
use super::reason::Reason;
use super::state::State;
use crate::util::key::{Key, Named};

/// A change of state: the argument of a [`listener`](super::CircuitBreaker::listener).
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

/// Writes one line: ``breaker `payments`: closed -> open: 5 failures in a row, last deadline; 5 failed, 0 refused, 1
/// opened since the start``; with a key, `payments[eu.example]`.
impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Transition {
            from, to, reason, ..
        } = self;
        let named = Named(self.name, self.key);
        write!(f, "breaker `{named}`: {from} -> {to}: {reason}")?;
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
