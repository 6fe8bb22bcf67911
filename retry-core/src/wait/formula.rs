//! Curves of pauses over attempts, before floor, cap and jitter; all in nanoseconds.

use core::fmt;
use core::time::Duration;

use persevere_words::describe::{Combination, Curve, Parts, Phrase};
use persevere_words::duration::Written;
use persevere_words::{WAIT, WAIT_MODIFIER};

use super::contract::phrase;
use super::{HINT_MAX, Wait};
use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

/// The curve inside a [`Backoff`](super::Backoff): the pause in nanoseconds before it is bounded.
#[doc(hidden)]
pub trait Formula<O: ?Sized> {
    /// Returns the pause; `None` if the failure requests one longer than `longest`.
    #[doc(hidden)]
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64>;

    #[doc(hidden)]
    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[doc(hidden)]
    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    /// Returns whether no pause is zero except by chance.
    #[doc(hidden)]
    #[inline]
    fn lasts(&self) -> bool {
        false
    }

    /// Returns the longest hint that the parts accept.
    #[doc(hidden)]
    #[inline]
    fn hint_max(&self) -> Duration {
        HINT_MAX
    }

    /// Returns the shortest pause after the first attempt, for the check of the cap.
    #[doc(hidden)]
    fn first(&self) -> u64 {
        0
    }

    #[doc(hidden)]
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }

    /// Writes the phrase that describes it.
    #[doc(hidden)]
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Returns the kind of that phrase.
    #[doc(hidden)]
    fn kind(&self) -> Curve {
        Curve::Simple
    }
}

/// Returns a time in words.
fn time(nanos: u64) -> Written {
    Written(nanos.into())
}

/// The curve of [`fixed`](super::fixed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed(pub(super) u64);

impl<O: ?Sized> Formula<O> for Fixed {
    #[inline(always)]
    fn nanos(&self, _: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        Some(self.0)
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.0 > 0
    }

    fn first(&self) -> u64 {
        self.0
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => WAIT.describe(f, "none", &[]),
            nanos => WAIT.describe(f, "fixed", &[&time(nanos)]),
        }
    }
}

/// The curve of [`random`](super::random).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random(pub(super) u64, pub(super) u64);

impl<O: ?Sized> Formula<O> for Random {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        Some(state.random().uniform(self.0, self.1))
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.0 > 0 || self.1 > 0
    }

    fn first(&self) -> u64 {
        self.0
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.1 < self.0 {
            Err(InvalidValue::ReversedRange)
        } else {
            Ok(())
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (self.0.min(self.1), self.0.max(self.1));
        WAIT.describe(f, "random", &[&time(low), &time(high)])
    }
}

/// The curve of [`incrementing`](super::incrementing).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incrementing {
    pub(super) start: u64,
    pub(super) step: u64,
}

impl<O: ?Sized> Formula<O> for Incrementing {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        let grown = self.step.saturating_mul(u64::from(growths(state)));
        Some(self.start.saturating_add(grown))
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.start > 0
    }

    fn first(&self) -> u64 {
        self.start
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WAIT.describe(f, "incrementing", &[&time(self.start), &time(self.step)])
    }

    fn kind(&self) -> Curve {
        Curve::Growing
    }
}

/// The curve of [`exponential`](super::exponential).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    pub(super) initial: u64,
    pub(super) factor: f64,
}

impl Exponential {
    #[inline]
    pub(crate) const fn with_factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }
}

impl<O: ?Sized> Formula<O> for Exponential {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        let growths = growths(state);
        if self.factor == 2.0 {
            return Some(doubled(self.initial, growths));
        }
        // `as` saturates, and turns the NaN of 0 · ∞ into 0. `max` turns a NaN factor into 1.
        Some((self.initial as f64 * power(self.factor.max(1.0), growths) + 0.5) as u64)
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.initial > 0
    }

    fn first(&self) -> u64 {
        self.initial
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.factor >= 1.0 && self.factor.is_finite() {
            Ok(())
        } else {
            Err(InvalidValue::Factor(self.factor))
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let growth = Phrase(|f| match self.factor.max(1.0) {
            2.0 => f.write_str("doubled"),
            factor => WAIT_MODIFIER.describe(f, "factor", &[&factor]),
        });
        WAIT.describe(f, "exponential", &[&time(self.initial), &growth])
    }

    fn kind(&self) -> Curve {
        Curve::Growing
    }
}

/// The curve of [`fibonacci`](super::fibonacci).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fibonacci(pub(super) u64);

impl<O: ?Sized> Formula<O> for Fibonacci {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        // The 94th number does not fit into 64 bits.
        let steps = growths(state).min(94);
        let (mut number, mut next) = (self.0, self.0);
        for _ in 0..steps {
            (number, next) = (next, number.saturating_add(next));
        }
        Some(number)
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.0 > 0
    }

    fn first(&self) -> u64 {
        self.0
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WAIT.describe(f, "fibonacci", &[&time(self.0)])
    }
}

/// The curve of [`decorrelated`](super::decorrelated).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decorrelated(pub(super) u64);

impl<O: ?Sized> Formula<O> for Decorrelated {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        let previous = nanos(state.previous_pause()).max(self.0);
        Some(state.random().uniform(self.0, previous.saturating_mul(3)))
    }

    #[inline]
    fn reads_history(&self) -> bool {
        true
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.0 > 0
    }

    fn first(&self) -> u64 {
        self.0
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WAIT.describe(f, "decorrelated", &[&time(self.0)])
    }
}

/// The curve of [`schedule`](super::schedule).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled<L>(pub(super) L);

impl<O: ?Sized, L: AsRef<[Duration]>> Formula<O> for Scheduled<L> {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, _: Duration) -> Option<u64> {
        let pauses = self.0.as_ref();
        let at = (growths(state) as usize).min(pauses.len().saturating_sub(1));
        Some(pauses.get(at).map_or(0, |&pause| nanos(pause)))
    }

    fn first(&self) -> u64 {
        self.0.as_ref().first().map_or(0, |&pause| nanos(pause))
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.0.as_ref().is_empty() {
            Err(InvalidValue::Empty)
        } else {
            Ok(())
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pauses = self.0.as_ref();
        if pauses.is_empty() {
            return WAIT.describe(f, "none", &[]);
        }
        let mut parts = Parts::begin(f, Combination::Sequence, pauses.len())?;
        for pause in pauses {
            parts.part(&time(nanos(*pause)))?;
        }
        parts.end()
    }

    fn kind(&self) -> Curve {
        Curve::Combined
    }
}

/// The sum of two waits: `a + b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum<A, B>(pub(crate) A, pub(crate) B);

impl<O: ?Sized, A: Wait<O>, B: Wait<O>> Formula<O> for Sum<A, B> {
    #[inline(always)]
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64> {
        let first = self.0.pause_within(state, longest)?;
        let second = self.1.pause_within(state, longest)?;
        Some(nanos(first).saturating_add(nanos(second)))
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.0.reads_clock() || self.1.reads_clock()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.0.reads_history() || self.1.reads_history()
    }

    #[inline]
    fn lasts(&self) -> bool {
        self.0.lasts() || self.1.lasts()
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.0.hint_max().max(self.1.hint_max())
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()?;
        self.1.check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::Sum.of(f, &[&phrase(&self.0), &phrase(&self.1)])
    }

    fn kind(&self) -> Curve {
        Curve::Combined
    }
}

/// Returns the number of times that a pause has grown: n − 1.
#[inline(always)]
fn growths<O: ?Sized>(state: &RetryState<'_, O>) -> u32 {
    debug_assert!(state.attempt() > 0, "a pause follows an attempt");
    // Saturating shows the compiler that a limit on attempts is one on the growth.
    state.attempt().saturating_sub(1)
}

/// Computes `value · 2^times` by a shift.
#[inline(always)]
fn doubled(value: u64, times: u32) -> u64 {
    if times <= value.leading_zeros() || value == 0 {
        value.wrapping_shl(times)
    } else {
        u64::MAX
    }
}

/// Computes `factor^exponent` by squaring; `f64::powi` is not in core.
fn power(mut factor: f64, mut exponent: u32) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= factor;
        }
        factor *= factor;
        exponent >>= 1;
    }
    result
}
