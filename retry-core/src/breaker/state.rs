//! The states of a breaker, and the change from one to another.

use crate::util::key::{Key, Named};
use std::fmt;

/// The state of a breaker.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::breaker::State;
///
/// assert_eq!(State::HalfOpen.to_string(), "half-open");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum State {
    /// Lets calls through and counts their outcomes.
    Closed,
    /// Refuses calls until its open time is over.
    Open,
    /// Lets a few probes through, whose outcomes close or open it.
    HalfOpen,
    /// Refuses calls until an operator changes it.
    ForcedOpen,
    /// Lets calls through until an operator changes it.
    ForcedClosed,
    /// Lets calls through until an operator changes it, and counts nothing.
    Disabled,
}

/// Writes one word or two: `closed`, `half-open`, `forced open`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Closed => "closed",
            State::Open => "open",
            State::HalfOpen => "half-open",
            State::ForcedOpen => "forced open",
            State::ForcedClosed => "forced closed",
            State::Disabled => "disabled",
        })
    }
}

/// A change of state: the argument of a [`listener`](super::CircuitBreaker::listener).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::Transition;
///
/// fn shout(transition: &Transition) {
///     eprintln!("{transition}"); // payments: closed, now open
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
}

/// Writes one line: `payments: closed, now open`; with a key, `payments[eu.example]: ..`.
impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Named(self.name, self.key);
        write!(f, "{named}: {}, now {}", self.from, self.to)
    }
}
