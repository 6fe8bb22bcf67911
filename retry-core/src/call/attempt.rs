//! The handle of an attempt, by which its body addresses the call that runs it.

use core::fmt;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::outcome::{Outcome, Verdict};
#[cfg(feature = "std")]
use crate::time::stopwatch::Stopwatch;

/// One attempt, as its body sees it: its number, and marks for the decision after it.
///
/// A mark changes only that decision: the body still returns its outcome, and limits still hold. The last of
/// several marks holds; [`reset`](Attempt::reset) goes with any of them.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Attempt, Policy, RetryPolicy, wait};
///
/// let policy = RetryPolicy::new().wait(wait::none());
/// let attempts = policy.run(|at: &Attempt| {
///     if at.number() < 2 {
///         at.retry_now(); // although the outcome is a success
///     }
///     Ok::<_, ()>(at.number())
/// });
/// assert_eq!(attempts, Ok(2));
/// ```
pub struct Attempt {
    number: u32,
    #[cfg(feature = "std")]
    watch: Stopwatch,
    /// The end of the attempt's time, from the start of the call.
    #[cfg(feature = "std")]
    ends: Option<Duration>,
    // Atomics, so that a future that holds a `&Attempt` is `Send`; no other thread writes meanwhile.
    wish: AtomicU8,
    reset: AtomicU8,
    seconds: AtomicU32,
    nanos: AtomicU32,
}

/// Shows the number, and the time that is left.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut attempt = f.debug_struct("Attempt");
        attempt.field("number", &self.number);
        #[cfg(feature = "std")]
        attempt.field("remaining", &self.remaining());
        attempt.finish()
    }
}

const NOTHING: u8 = 0;
const RETRY: u8 = 1;
const RETRY_NOW: u8 = 2;
const RETRY_AFTER: u8 = 3;
const GIVE_UP: u8 = 4;

impl Attempt {
    #[cfg(feature = "std")]
    #[doc(hidden)]
    #[inline]
    pub fn new(number: u32, watch: Stopwatch, ends: Option<Duration>) -> Self {
        Attempt {
            number,
            watch,
            ends,
            wish: AtomicU8::new(NOTHING),
            reset: AtomicU8::new(0),
            seconds: AtomicU32::new(0),
            nanos: AtomicU32::new(0),
        }
    }

    /// Returns a handle for a copy of the attempt, which begins now and may take at most `limit`.
    #[cfg(feature = "std")]
    #[doc(hidden)]
    pub fn for_copy(&self, limit: Option<Duration>) -> Self {
        let own = limit.map(|limit| self.watch.elapsed().saturating_add(limit));
        let ends = self.ends.into_iter().chain(own).min();
        Attempt::new(self.number, self.watch, ends)
    }

    /// Returns the number of this attempt, from 1.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     Err::<(), _>(at.number())
    /// });
    /// assert_eq!(report.into_outcome(), Err(3));
    /// ```
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the time since the call began, pauses included.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     Ok::<_, ()>(at.elapsed())
    /// });
    /// assert!(report.outcome().unwrap() <= report.elapsed());
    /// ```
    #[cfg(feature = "std")]
    pub fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Returns the time that is left before the attempt is cut: by its timeout or the call's deadline, the
    /// nearer of both.
    ///
    /// `None` means that nothing limits the attempt. Pass the time on to the calls of the body. A copy of a
    /// hedged attempt has a handle of its own, with the limit of that copy.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Attempt, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().deadline(Duration::from_secs(10));
    /// let left = policy.run(|at: &Attempt| io::Result::Ok(at.remaining())).unwrap();
    /// assert!(left.unwrap() <= Duration::from_secs(10));
    /// ```
    #[cfg(feature = "std")]
    pub fn remaining(&self) -> Option<Duration> {
        let left = |ends: Duration| ends.saturating_sub(self.watch.elapsed());
        self.ends.map(left)
    }

    /// Requests another attempt, whatever the outcome, after the pause of the policy: that of its wait, or
    /// the failure's hint if it is longer.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::fixed(std::time::Duration::from_millis(1)));
    /// let report = policy.report(|at: &Attempt| {
    ///     if at.number() == 1 { at.retry() } // the page says "come back later"
    ///     Ok::<_, ()>("page")
    /// });
    /// assert_eq!(report.attempts(), 2);
    /// assert_eq!(report.idle().as_millis(), 1);
    /// ```
    pub fn retry(&self) {
        self.wish.store(RETRY, Ordering::Relaxed);
    }

    /// Requests another attempt without a pause, whatever the outcome.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     if at.number() == 1 { at.retry_now() }
    ///     Ok::<_, ()>("fresh")
    /// });
    /// assert_eq!(report.attempts(), 2);
    /// ```
    pub fn retry_now(&self) {
        self.wish.store(RETRY_NOW, Ordering::Relaxed);
    }

    /// Requests another attempt, whatever the outcome, and not before `pause`.
    ///
    /// The pause is a hint: a floor under the pause of the wait, bounded by its
    /// [`hint_max`](crate::wait::Backoff::hint_max).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     if at.number() == 1 { at.retry_after(std::time::Duration::from_millis(1)) }
    ///     Ok::<_, ()>("fresh")
    /// });
    /// assert_eq!(report.attempts(), 2);
    /// ```
    pub fn retry_after(&self, pause: Duration) {
        let seconds = u32::try_from(pause.as_secs()).unwrap_or(u32::MAX);
        self.seconds.store(seconds, Ordering::Relaxed);
        self.nanos.store(pause.subsec_nanos(), Ordering::Relaxed);
        self.wish.store(RETRY_AFTER, Ordering::Relaxed);
    }

    /// Rules out a further attempt, whatever the outcome: it is final, and no fallback replaces it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     at.give_up();
    ///     Err::<(), _>("hopeless")
    /// });
    /// assert_eq!(report.attempts(), 1);
    /// ```
    pub fn give_up(&self) {
        self.wish.store(GIVE_UP, Ordering::Relaxed);
    }

    /// Restarts counts and schedule if this attempt fails, since it made progress.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Attempt, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let report = policy.report(|at: &Attempt| {
    ///     if at.number() == 2 { at.reset() }
    ///     Err::<(), _>("lost")
    /// });
    /// assert_eq!(report.attempts(), 4); // the second counts as the first again
    /// ```
    pub fn reset(&self) {
        self.reset.store(1, Ordering::Relaxed);
    }

    /// Returns the directive that the body left.
    #[inline]
    pub fn directive(&self) -> AttemptDirective {
        let wish = match self.wish.load(Ordering::Relaxed) {
            NOTHING => Directive::Nothing,
            RETRY => Directive::Retry,
            RETRY_NOW => Directive::RetryNow,
            GIVE_UP => Directive::GiveUp,
            _ => Directive::RetryAfter(Duration::new(
                u64::from(self.seconds.load(Ordering::Relaxed)),
                self.nanos.load(Ordering::Relaxed),
            )),
        };
        AttemptDirective {
            wish,
            reset: self.reset.load(Ordering::Relaxed) != 0,
        }
    }
}

/// The directive of a body for the decision after its outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttemptDirective {
    wish: Directive,
    reset: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Directive {
    #[default]
    Nothing,
    Retry,
    RetryNow,
    RetryAfter(Duration),
    GiveUp,
    /// As `GiveUp`, for a reason that lies in the outcome.
    #[cfg(feature = "tower")]
    End,
}

impl AttemptDirective {
    /// The directive of an attempt that made progress.
    #[cfg(feature = "stream")]
    pub(crate) const RESET: AttemptDirective = AttemptDirective {
        wish: Directive::Nothing,
        reset: true,
    };

    /// The directive of an attempt whose outcome is final, whatever the policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) const FINAL: AttemptDirective = AttemptDirective {
        wish: Directive::End,
        reset: false,
    };

    /// Returns the verdict of the policy, unless the body requests another.
    #[inline]
    pub fn apply_to(self, verdict: Verdict) -> Verdict {
        match self.wish {
            Directive::Nothing => verdict,
            // The hint of the failure still holds.
            Directive::Retry => verdict.or(Verdict::Retry),
            Directive::RetryNow => Verdict::RetryIn(Duration::ZERO),
            Directive::RetryAfter(pause) => Verdict::RetryAfter(pause),
            Directive::GiveUp => Verdict::Final,
            #[cfg(feature = "tower")]
            Directive::End => Verdict::Final,
        }
    }

    /// Returns the reason why a call ends with this final outcome; `None` for a success.
    #[inline]
    pub fn final_reason<O: Outcome>(self, outcome: &O) -> Option<StopReason> {
        self.final_reason_if(outcome.error().is_some())
    }

    /// Returns the reason why a call ends with a final outcome, failed or not.
    #[inline]
    pub fn final_reason_if(self, failed: bool) -> Option<StopReason> {
        match (failed, self.wish) {
            (false, _) => None,
            (true, Directive::GiveUp) => Some(StopReason::GivenUp),
            (true, _) => Some(StopReason::Final),
        }
    }

    /// Returns whether counts and schedule restart.
    #[inline]
    pub fn reset(self) -> bool {
        self.reset
    }
}

/// The handle of an attempt as a body may take it: [`Attempt`], shared or not.
#[cfg(feature = "std")]
#[doc(hidden)]
pub trait Handle {
    /// Whether the body can read the time.
    const TIMED: bool;

    fn of(attempt: impl FnOnce() -> Attempt) -> Self;

    /// Returns the handle of a copy of the attempt, which begins now and may take at most `limit`.
    fn for_copy(&self, limit: Option<Duration>) -> Self;

    /// Returns the marks that the body left.
    fn directive(&self) -> AttemptDirective;
}

#[cfg(feature = "std")]
impl Handle for () {
    const TIMED: bool = false;

    #[inline]
    fn of(_: impl FnOnce() -> Attempt) {}

    #[inline]
    fn for_copy(&self, _: Option<Duration>) {}

    #[inline]
    fn directive(&self) -> AttemptDirective {
        AttemptDirective::default()
    }
}

#[cfg(feature = "std")]
impl Handle for Attempt {
    const TIMED: bool = true;

    fn of(attempt: impl FnOnce() -> Attempt) -> Self {
        attempt()
    }

    fn for_copy(&self, limit: Option<Duration>) -> Self {
        Attempt::for_copy(self, limit)
    }

    fn directive(&self) -> AttemptDirective {
        Attempt::directive(self)
    }
}

#[cfg(feature = "std")]
impl Handle for alloc::sync::Arc<Attempt> {
    const TIMED: bool = true;

    fn of(attempt: impl FnOnce() -> Attempt) -> Self {
        alloc::sync::Arc::new(attempt())
    }

    fn for_copy(&self, limit: Option<Duration>) -> Self {
        alloc::sync::Arc::new((**self).for_copy(limit))
    }

    fn directive(&self) -> AttemptDirective {
        (**self).directive()
    }
}
