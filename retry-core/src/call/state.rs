//! The state of a call, as strategies and callbacks see it.

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::call::outcome::{Outcome, Verdict};
use crate::call::random::RandomSource;

/// The events that a call's own callbacks report, so that no other sink reports them again.
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

/// The progress of a call: the part of [`RetryState`] that is independent of the outcome's type.
///
/// A [`Stop`](crate::Stop) decides by it.
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
    pub(crate) name: CallName<'a>,
    /// The number of the attempt, as the strategy counts that is asked.
    pub(crate) attempt: u32,
    /// The number of attempts before the last reset: strategies do not count them.
    pub(crate) base: u32,
    /// The number of attempts that cases with a stop of their own have counted.
    pub(crate) aside: u32,
    /// Whether a case with a stop of its own took the outcome.
    pub(crate) own_stop: bool,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) previous: Duration,
    pub(crate) pause: Option<Duration>,
    /// The pause of the wait alone, if it was asked for one.
    pub(crate) computed: Option<Duration>,
    /// Whether the pause is zero, and not by chance.
    pub(crate) spins: bool,
    pub(crate) class: Option<usize>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) reason: Option<StopReason>,
    /// Whether the call ended without another attempt to be judged.
    pub(crate) halted: bool,
    /// The events that the call's own callbacks report.
    pub(crate) handled: EventMask,
    pub(crate) random: RandomSource,
}

impl<'a> Progress<'a> {
    #[inline(always)]
    pub(crate) const fn new(name: CallName<'a>, attempt: u32, elapsed: Duration) -> Self {
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

    /// Returns the name of the function: `module::function`, of a method `module::Type::method`, or the value of
    /// `name`.
    ///
    /// A method is a function with a receiver. Its type is spelled as [`type_name`](core::any::type_name) does, which
    /// may change with the compiler. Without the feature `std` its name is `module::method`.
    pub fn name(&self) -> &'a str {
        self.name.as_str()
    }

    /// Returns the number of the attempt that just ended (in `before`: that starts now), from 1.
    ///
    /// A strategy inside a `case` sees the number of attempts that this case has counted.
    #[inline]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the time since the call began, pauses included.
    #[inline]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the sum of the pauses so far.
    #[inline]
    pub const fn idle_for(&self) -> Duration {
        self.idle
    }

    /// Returns the pause before the coming attempt, once it is computed and nothing stopped it.
    #[inline]
    pub const fn pause(&self) -> Option<Duration> {
        self.pause
    }

    /// Returns the computed pause before this one, zero at first, without hints: the one that `decorrelated`
    /// grows.
    #[inline]
    pub const fn previous_pause(&self) -> Duration {
        self.previous
    }

    /// Returns the pause that the failure itself asked for: a floor under [`pause`](Progress::pause), or
    /// exactly it. `None` means that it asked for none, or for a floor of zero.
    #[inline]
    pub const fn hint(&self) -> Option<Duration> {
        match self.verdict {
            Some(verdict) => verdict.hint(),
            None => None,
        }
    }

    /// Returns the verdict on the outcome; `None` before the attempt has one.
    #[inline]
    pub const fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// Returns the reason why the call ended; `None` while it goes on, and after a success.
    #[inline]
    pub const fn reason(&self) -> Option<StopReason> {
        self.reason
    }

    /// Returns the `case` that took the outcome, from 0 in the order written; `None` if none did.
    #[inline]
    pub const fn class(&self) -> Option<usize> {
        self.class
    }

    /// Returns the source of randomness from which a custom wait should draw.
    #[inline]
    pub const fn random(&self) -> RandomSource {
        self.random
    }
}

/// The state of a call, as a callback or a wait sees it; dereferences to [`Progress`].
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
    /// Returns the outcome of the attempt; `None` in `before`.
    #[inline]
    pub const fn outcome(&self) -> Option<&'a O> {
        self.outcome
    }

    /// Creates a state without an outcome, for tables and queues.
    pub(crate) fn resumed(name: CallName<'a>, attempt: u32, elapsed: Duration) -> Self {
        RetryState {
            // No pause comes before the first attempt.
            progress: Progress::new(name, attempt.max(1), elapsed),
            outcome: None,
        }
    }

    /// Returns the same state for a strategy that counts `attempts` of its own.
    #[inline(always)]
    pub(crate) fn counting(&self, attempts: u32) -> Self {
        let mut state = *self;
        state.progress.attempt = attempts;
        state
    }
}

impl<'a, O: Outcome> RetryState<'a, O> {
    /// Returns the error of a failed attempt.
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

/// Omits the outcome, which may contain secrets.
impl<O: ?Sized> fmt::Debug for RetryState<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryState")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
