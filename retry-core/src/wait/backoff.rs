//! The frame of every wait of this crate: floor, cap, jitter, and the longest hint.

use core::fmt::{self, Display};
use core::ops::Add;
use core::time::Duration;

use persevere_words::describe::{Frame, Phrase};
use persevere_words::duration::Written;

use super::{BoxWait, Exponential, Formula, Sum, Wait};
use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::jitter::Jitter;
use crate::time::ticks::nanos;

/// A curve of pauses with a floor, a cap and a jitter, returned by the functions of this module.
///
/// The pause is `clamp(jitter(clamp(curve(n), min, max)), min, max)`: a cap also applies after jitter, and
/// takes precedence over a floor above it. The last of several jitters holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff<C> {
    pub(crate) curve: C,
    min: u64,
    max: u64,
    jitter: Jitter,
    hint_max: Option<Duration>,
}

impl<C> Backoff<C> {
    #[inline]
    pub(crate) const fn new(curve: C) -> Self {
        Backoff {
            curve,
            min: 0,
            max: u64::MAX,
            jitter: Jitter::None,
            hint_max: None,
        }
    }

    /// Puts the same frame around another curve.
    #[inline]
    pub(crate) fn map<D>(self, change: impl FnOnce(C) -> D) -> Backoff<D> {
        Backoff {
            curve: change(self.curve),
            min: self.min,
            max: self.max,
            jitter: self.jitter,
            hint_max: self.hint_max,
        }
    }

    /// Sets the shortest pause. A cap below it takes precedence.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, stop, wait};
    ///
    /// let wait = wait::exponential(Duration::from_millis(1)).min(Duration::from_millis(3));
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).wait(wait);
    /// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
    /// assert_eq!(longest, [3, 3, 4, 8]);
    /// ```
    #[inline]
    pub const fn min(mut self, floor: Duration) -> Self {
        self.min = nanos(floor);
        self
    }

    /// Sets the longest computed pause, jitter included.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, stop, wait};
    ///
    /// let wait = wait::exponential(Duration::from_millis(1)).max(Duration::from_millis(3));
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).wait(wait);
    /// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
    /// assert_eq!(longest, [1, 2, 3, 3]);
    /// ```
    #[inline]
    pub const fn max(mut self, cap: Duration) -> Self {
        self.max = nanos(cap);
        self
    }

    /// Applies full jitter: `U(min, v)`, where v is the pause of the curve.
    ///
    /// It is the most effective one against herds of callers.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let wait = wait::fixed(Duration::from_secs(4)).full_jitter();
    /// let row = RetryPolicy::new().wait(wait).schedule().rows()[0];
    /// assert_eq!([row.earliest, row.median, row.latest], [0, 2, 4].map(Duration::from_secs));
    /// ```
    #[inline]
    pub const fn full_jitter(mut self) -> Self {
        self.jitter = Jitter::Full;
        self
    }

    /// Applies equal jitter: `v/2 + U(0, v/2)`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let wait = wait::fixed(Duration::from_secs(4)).equal_jitter();
    /// let row = RetryPolicy::new().wait(wait).schedule().rows()[0];
    /// assert_eq!([row.earliest, row.median, row.latest], [2, 3, 4].map(Duration::from_secs));
    /// ```
    #[inline]
    pub const fn equal_jitter(mut self) -> Self {
        self.jitter = Jitter::Equal;
        self
    }

    /// Applies proportional jitter: `v · U(1 − ratio, 1 + ratio)`, `ratio` in `0..=1`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let wait = wait::fixed(Duration::from_secs(4)).jitter_ratio(0.25);
    /// let row = RetryPolicy::new().wait(wait).schedule().rows()[0];
    /// assert_eq!([row.earliest, row.median, row.latest], [3, 4, 5].map(Duration::from_secs));
    /// ```
    #[inline]
    pub const fn jitter_ratio(mut self, ratio: f64) -> Self {
        self.jitter = Jitter::Ratio(ratio);
        self
    }

    /// Applies added jitter: `v + U(0, extra)`.
    ///
    /// It is weak against herds, as the spread does not grow.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let wait = wait::fixed(Duration::from_secs(4)).jitter_add(Duration::from_secs(2));
    /// let row = RetryPolicy::new().wait(wait).schedule().rows()[0];
    /// assert_eq!([row.earliest, row.median, row.latest], [4, 5, 6].map(Duration::from_secs));
    /// ```
    #[inline]
    pub const fn jitter_add(mut self, extra: Duration) -> Self {
        self.jitter = Jitter::Add(nanos(extra));
        self
    }

    /// Sets the longest hint to honour, 60 s by default. A failure that requests a longer pause ends the
    /// call.
    ///
    /// A hint is any request of a failure: that of a verdict, that of the attempt's mark, and the pause read
    /// by [`from_err`](super::from_err) and [`from_outcome`](super::from_outcome).
    ///
    /// Of the parts of a sum or a [`chain`](super::chain) the longest one holds, 60 s where a part does not say. Set
    /// it on the whole to shorten it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::{Attempt, Policy, RetryPolicy, StopReason, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none().hint_max(Duration::from_secs(5)));
    /// let report = policy.report(|at: &Attempt| {
    ///     at.retry_after(Duration::from_secs(6));
    ///     Err::<(), _>("busy")
    /// });
    /// assert_eq!(report.reason(), Some(StopReason::Hint));
    /// ```
    #[inline]
    pub const fn hint_max(mut self, longest: Duration) -> Self {
        self.hint_max = Some(longest);
        self
    }

    /// Erases the type, so that two waits can stand in an `if`, and one in a field: see [`BoxWait`].
    pub fn boxed<O: ?Sized>(self) -> BoxWait<O>
    where
        Self: Wait<O> + Send + Sync + 'static,
    {
        BoxWait::new(self)
    }
}

impl Backoff<Exponential> {
    /// Sets the factor between two pauses: a finite number of at least 1.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::wait;
    ///
    /// // 100 ms, 150 ms, 225 ms, 337.5 ms …
    /// let wait = wait::exponential(Duration::from_millis(100)).factor(1.5);
    /// # let _ = wait;
    /// ```
    #[inline]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.curve = self.curve.with_factor(factor);
        self
    }
}

impl<O: ?Sized, C: Formula<O>> Wait<O> for Backoff<C> {
    // Always: only the arithmetic of a policy known at compile time remains.
    #[inline(always)]
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        // No hint is longer than `Duration::MAX`, so that `None` does not occur.
        let pause = self.pause_within(state, Duration::MAX);
        pause.unwrap_or(Duration::MAX)
    }

    #[inline(always)]
    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        let value = self.curve.nanos(state, longest)?;
        let value = value.max(self.min).min(self.max);
        let spread = self.jitter.spread(value, self.min, state.random());
        Some(Duration::from_nanos(spread.max(self.min).min(self.max)))
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.hint_max.unwrap_or_else(|| self.curve.hint_max())
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.curve.reads_clock()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.curve.reads_history()
    }

    // A jitter can draw a zero from any range, but only by chance.
    #[inline]
    fn lasts(&self) -> bool {
        (self.min > 0 || self.curve.lasts()) && self.max > 0
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.curve.check()?;
        match self.jitter {
            Jitter::Ratio(ratio) if !(0.0..=1.0).contains(&ratio) => {
                Err(InvalidValue::JitterRatio(ratio))
            }
            _ if self.max < self.min => Err(InvalidValue::CapBelowMinimum),
            _ if self.max < self.curve.first() => Err(InvalidValue::CapBelowFirstPause),
            _ => Ok(()),
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |nanos: u64| Written(nanos.into());
        let (min, max) = (time(self.min), time(self.max));
        let (ratio, extra) = match self.jitter {
            Jitter::Ratio(ratio) => (ratio, time(0)),
            Jitter::Add(extra) => (0.0, time(extra)),
            Jitter::None | Jitter::Full | Jitter::Equal => (0.0, time(0)),
        };
        let frame = Frame {
            kind: self.curve.kind(),
            curve: &Phrase(|f| self.curve.describe(f)),
            min: (self.min > 0).then_some(&min as &dyn Display),
            max: (self.max < u64::MAX).then_some(&max as &dyn Display),
            jitter: match self.jitter {
                Jitter::None => None,
                Jitter::Full => Some(("full_jitter", &"")),
                Jitter::Equal => Some(("equal_jitter", &"")),
                Jitter::Ratio(_) => Some(("jitter_ratio", &ratio)),
                Jitter::Add(_) => Some(("jitter_add", &extra)),
            },
        };
        frame.fmt(f)
    }
}

impl<C, W> Add<W> for Backoff<C> {
    type Output = Backoff<Sum<Self, W>>;

    #[inline]
    fn add(self, other: W) -> Self::Output {
        Backoff::new(Sum(self, other))
    }
}

impl<O: ?Sized, W> Add<W> for BoxWait<O> {
    type Output = Backoff<Sum<Self, W>>;

    fn add(self, other: W) -> Self::Output {
        Backoff::new(Sum(self, other))
    }
}
