//! A wait that lengthens while a service is in trouble.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use persevere_words::describe::Curve;
use persevere_words::{Arg, WAIT};

use super::contract::phrase;
use super::{Backoff, Exponential, Formula, Wait, standard};
use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

/// A measure of a service's trouble, for [`adaptive`](super::adaptive).
///
/// A [`RetryBudget`](crate::RetryBudget) is one: its pressure is its spent share. So is a
/// [`CircuitBreaker`](crate::CircuitBreaker): its pressure is the failure rate that it sees. A number is a
/// pressure that never changes.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use persevere::wait::{Signal, adaptive};
///
/// /// Jobs that wait, of the 1000 that there is room for.
/// struct Queue(AtomicU32);
///
/// impl Signal for Queue {
///     fn pressure(&self) -> f64 {
///         f64::from(self.0.load(Ordering::Relaxed)) / 1000.0
///     }
/// }
///
/// static QUEUE: Queue = Queue(AtomicU32::new(0));
/// let wait = adaptive(&QUEUE);
/// # let _ = wait;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pressure signal",
    label = "expected a signal such as `&RetryBudget` or `&CircuitBreaker`",
    note = "write `adaptive(&BUDGET)`, or implement `persevere::wait::Signal` for it"
)]
pub trait Signal {
    /// Returns the pressure, from 0, all is well, to 1, nothing works.
    ///
    /// A value outside counts as the nearest end, and NaN as 0.
    fn pressure(&self) -> f64;
}

#[diagnostic::do_not_recommend]
impl Signal for f64 {
    #[inline]
    fn pressure(&self) -> f64 {
        *self
    }
}

macro_rules! signal_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Signal + ?Sized> Signal for $pointer {
            #[inline]
            fn pressure(&self) -> f64 {
                (**self).pressure()
            }
        }
    )+};
}

signal_by_reference!(&T, Box<T>, Arc<T>);

/// The curve of [`adaptive`](super::adaptive).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive<S, W = Backoff<Exponential>> {
    signal: S,
    wait: W,
    factor: f64,
}

impl<S> Adaptive<S> {
    #[inline]
    pub(super) const fn new(signal: S) -> Self {
        Adaptive {
            signal,
            wait: standard(),
            factor: 10.0,
        }
    }
}

impl<S, W> Backoff<Adaptive<S, W>> {
    /// Lengthens this wait, in place of the [`standard`] one.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let wait = wait::adaptive(1.0).over(wait::fixed(Duration::from_secs(1)));
    /// let policy = RetryPolicy::new().wait(wait);
    /// assert_eq!(policy.resume(1, Duration::ZERO), Ok(Duration::from_secs(10)));
    /// ```
    #[inline]
    pub fn over<V>(self, wait: V) -> Backoff<Adaptive<S, V>> {
        self.map(|Adaptive { signal, factor, .. }| Adaptive {
            signal,
            wait,
            factor,
        })
    }

    /// Sets the factor of a pause at full pressure: a finite number of at least 1.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let second = Duration::from_secs(1);
    /// let half = wait::adaptive(0.5).factor(5.0).over(wait::fixed(second));
    /// let policy = RetryPolicy::new().wait(half);
    /// assert_eq!(policy.resume(1, Duration::ZERO), Ok(3 * second));
    /// ```
    #[inline]
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.curve.factor = factor;
        self
    }
}

impl<O: ?Sized, S: Signal, W: Wait<O>> Formula<O> for Adaptive<S, W> {
    #[inline]
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64> {
        let pause = nanos(self.wait.pause_within(state, longest)?);
        let more = (self.factor.max(1.0) - 1.0) * self.signal.pressure().clamp(0.0, 1.0);
        // `as` saturates, and turns a NaN into 0: that of a pressure, which passes `clamp`, or that of 0 · ∞.
        Some(pause.saturating_add((pause as f64 * more + 0.5) as u64))
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.wait.reads_clock()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.wait.reads_history()
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.wait.hint_max()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.wait.check()?;
        if self.factor >= 1.0 && self.factor.is_finite() {
            Ok(())
        } else {
            Err(InvalidValue::Factor(self.factor))
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (signal, wait) = (Arg::Signal.noun(), phrase(&self.wait));
        WAIT.describe(f, "adaptive", &[&signal, &wait, &self.factor])
    }

    fn kind(&self) -> Curve {
        Curve::Dependent
    }
}
