//! Waits read from the outcome itself.

use core::fmt;
use core::time::Duration;

use persevere_words::WAIT;
use persevere_words::describe::{self, Curve};

use super::contract::phrase;
use super::{Backoff, Formula, Wait};
use crate::call::outcome::Outcome;
use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

/// The first part of a wait by [`from_err`](super::from_err).
///
/// It becomes a wait by [`or`](FromErr::or), which sets the pause for errors without one.
#[derive(Clone, Copy, Debug)]
pub struct FromErr<F>(pub(super) F);

/// The first part of a wait by [`from_outcome`](super::from_outcome).
///
/// It becomes a wait by [`or`](FromOutcome::or), which sets the pause for outcomes without one.
#[derive(Clone, Copy, Debug)]
pub struct FromOutcome<F>(pub(super) F);

impl<F> FromErr<F> {
    /// Pauses for the time read from the error, or else by `wait`.
    #[inline]
    pub const fn or<W>(self, wait: W) -> Backoff<OrElse<Self, W>> {
        Backoff::new(OrElse(self, wait))
    }
}

impl<F> FromOutcome<F> {
    /// Pauses for the time read from the outcome, or else by `wait`.
    #[inline]
    pub const fn or<W>(self, wait: W) -> Backoff<OrElse<Self, W>> {
        Backoff::new(OrElse(self, wait))
    }
}

/// The curve of a pause read from the outcome, or else that of another wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrElse<T, W>(T, W);

/// A source of a pause read from an outcome.
trait Told<O: ?Sized> {
    /// The word that makes it.
    const WORD: &'static str;

    fn told(&self, outcome: &O) -> Option<Duration>;
}

impl<O: Outcome, F: Fn(&O::Error) -> Option<Duration>> Told<O> for FromErr<F> {
    const WORD: &'static str = "from_err";

    #[inline]
    fn told(&self, outcome: &O) -> Option<Duration> {
        outcome.error().and_then(&self.0)
    }
}

impl<O: ?Sized, F: Fn(&O) -> Option<Duration>> Told<O> for FromOutcome<F> {
    const WORD: &'static str = "from_outcome";

    #[inline]
    fn told(&self, outcome: &O) -> Option<Duration> {
        (self.0)(outcome)
    }
}

impl<O: ?Sized, T: Told<O>, W: Wait<O>> Formula<O> for OrElse<T, W> {
    #[inline]
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64> {
        let told = state.outcome().and_then(|outcome| self.0.told(outcome));
        let pause = match told {
            Some(told) => (told <= longest).then_some(told)?,
            None => self.1.pause_within(state, longest)?,
        };
        Some(nanos(pause))
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.1.reads_clock()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.1.reads_history()
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.1.hint_max()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.1.check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WAIT.describe(f, T::WORD, &[&describe::RULE, &phrase(&self.1)])
    }

    fn kind(&self) -> Curve {
        Curve::Dependent
    }
}
