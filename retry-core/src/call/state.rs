//! The state of a call, as strategies and callbacks see it.

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::outcome::{Outcome, Verdict};
use crate::call::random::RandomSource;

/// The events that a call's own callbacks report, so that nothing else reports them again.
#[derive(Clone, Copy, Debug)]
pub struct EventMask {
    pub(crate) retries: bool,
    pub(crate) give_ups: bool,
}

impl EventMask {
    pub(crate) const NOTHING: EventMask = EventMask::new(false, false);
    pub(crate) const RETRIES: EventMask = EventMask::new(true, false);
    pub(crate) const GIVE_UPS: EventMask = EventMask::new(false, true);

    #[doc(hidden)]
    pub const fn new(retries: bool, give_ups: bool) -> Self {
        EventMask { retries, give_ups }
    }

    pub(crate) const fn or(self, other: EventMask) -> Self {
        EventMask {
            retries: self.retries || other.retries,
            give_ups: self.give_ups || other.give_ups,
        }
    }
}

/// The progress of a call: the part of [`RetryState`] that does not know the outcome's type.
///
/// This is what a [`Stop`](crate::Stop) decides on.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Stop, stop};
///
/// // Ends the call once more time was slept than worked.
/// let lazy = stop::stop_when(|p| p.idle_for() * 2 > p.elapsed());
/// # fn is_stop(_: impl Stop) {} is_stop(lazy);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    pub(crate) name: &'a str,
    /// The number of the attempt, as whoever is asked counts.
    pub(crate) attempt: u32,
    /// Attempts before the last reset: strategies do not count them.
    pub(crate) base: u32,
    /// Attempts that cases with a stop of their own have counted.
    pub(crate) aside: u32,
    /// The outcome was taken by a case with a stop of its own.
    pub(crate) own_stop: bool,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) previous: Duration,
    pub(crate) pause: Option<Duration>,
    /// The pause of the wait alone, where it was asked for one.
    pub(crate) computed: Option<Duration>,
    /// The pause is zero, and not by chance.
    pub(crate) spins: bool,
    pub(crate) class: Option<usize>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) reason: Option<StopReason>,
    /// The call ended without another attempt to be judged.
    pub(crate) halted: bool,
    /// The events that the call's own callbacks report.
    pub(crate) handled: EventMask,
    pub(crate) random: RandomSource,
}

impl<'a> Progress<'a> {
    #[inline(always)]
    pub(crate) const fn new(name: &'a str, attempt: u32, elapsed: Duration) -> Self {
        Progress {
            name,
            attempt,
            base: 0,
            aside: 0,
            own_stop: false,
            elapsed,
            idle: Duration::ZERO,
            previous: Duration::ZERO,
            pause: None,
            computed: None,
            spins: false,
            class: None,
            verdict: None,
            reason: None,
            halted: false,
            handled: EventMask::NOTHING,
            random: RandomSource::Thread,
        }
    }

    /// The name of the function: `module::function`, or what `name` says.
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The number of the attempt that just ended (in `before`: that starts now), from 1.
    ///
    /// A strategy inside a `case` sees the number of attempts that this case has counted.
    #[inline]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The time since the call began, pauses included.
    #[inline]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The sum of the pauses so far.
    #[inline]
    pub const fn idle_for(&self) -> Duration {
        self.idle
    }

    /// The pause before the coming attempt, once it is computed and nothing stopped it.
    #[inline]
    pub const fn pause(&self) -> Option<Duration> {
        self.pause
    }

    /// The computed pause before this one, zero at first: what `decorrelated` grows. Hints are no part.
    #[inline]
    pub const fn previous_pause(&self) -> Duration {
        self.previous
    }

    /// The pause that the failure itself asked for: a floor under [`pause`](Progress::pause), or
    /// literally it. `None` where it asked for none, or for a floor of zero.
    #[inline]
    pub const fn hint(&self) -> Option<Duration> {
        match self.verdict {
            Some(verdict) => verdict.hint(),
            None => None,
        }
    }

    /// The verdict on the outcome; `None` before there is one.
    #[inline]
    pub const fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// Why the call ended; `None` while it goes on, and after a success.
    #[inline]
    pub const fn reason(&self) -> Option<StopReason> {
        self.reason
    }

    /// Which `case` took the outcome, from 0 in the order written; `None` where none did.
    #[inline]
    pub const fn class(&self) -> Option<usize> {
        self.class
    }

    /// The source of randomness that a wait of your own should draw from.
    #[inline]
    pub const fn random(&self) -> RandomSource {
        self.random
    }
}

/// Everything a callback or a wait may see of a call; dereferences to [`Progress`].
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Outcome, RetryState};
///
/// // One callback for many functions is generic over the outcome.
/// fn count<O: Outcome>(state: &RetryState<'_, O>) {
///     println!("{} failed at attempt {}", state.name(), state.attempt());
/// }
/// # count::<Option<u8>>;
/// ```
pub struct RetryState<'a, O: ?Sized> {
    pub(crate) progress: Progress<'a>,
    pub(crate) outcome: Option<&'a O>,
}

impl<'a, O: ?Sized> RetryState<'a, O> {
    /// The outcome of the attempt; `None` in `before`.
    #[inline]
    pub const fn outcome(&self) -> Option<&'a O> {
        self.outcome
    }

    /// A state without an outcome, for tables and queues.
    pub(crate) fn resumed(name: &'a str, attempt: u32, elapsed: Duration) -> Self {
        RetryState {
            // No pause comes before the first attempt.
            progress: Progress::new(name, attempt.max(1), elapsed),
            outcome: None,
        }
    }

    /// The same state for a strategy that counts `attempts` of its own.
    #[inline(always)]
    pub(crate) fn counting(&self, attempts: u32) -> Self {
        let mut state = *self;
        state.progress.attempt = attempts;
        state
    }
}

impl<'a, O: Outcome> RetryState<'a, O> {
    /// The error of a failed attempt.
    #[inline]
    pub fn err(&self) -> Option<&'a O::Error> {
        self.outcome.and_then(Outcome::error)
    }
}

impl<O: ?Sized> Clone for RetryState<'_, O> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<O: ?Sized> Copy for RetryState<'_, O> {}

impl<'a, O: ?Sized> Deref for RetryState<'a, O> {
    type Target = Progress<'a>;

    #[inline]
    fn deref(&self) -> &Progress<'a> {
        &self.progress
    }
}

/// Without the outcome: it may hold what must not be logged.
impl<O: ?Sized> fmt::Debug for RetryState<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryState")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
