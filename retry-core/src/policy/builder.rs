//! A policy under construction: one method for every choice.

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::engine::cases::Case;
use crate::policy::parts::Parts;
use crate::stop::{DefaultStop, Stop};
use crate::time::sleep::{AsyncSleep, AsyncSleeper, BlockingSleeper, DefaultSleeper, Sleep};
use crate::wait::{self, Backoff, Exponential};
use crate::when::{self, AnyFailure, Or, Until};

/// A retry policy: the keys of the attribute, as a value.
///
/// The defaults are the attribute's: three attempts, [`wait::standard`], every failure retried.
/// The type parameters are the strategies; a shared policy is a function that returns
/// `impl Policy<Result<T, E>>`.
///
/// ```
/// # use persevere_core as persevere;
/// use std::{fs, io, time::Duration};
/// use persevere::{Policy, RetryPolicy, stop, wait, when};
///
/// fn disk<T>(attempts: u32) -> impl Policy<io::Result<T>> {
///     RetryPolicy::new()
///         .stop(stop::after_attempt(attempts))
///         .wait(wait::exponential(Duration::from_millis(1)).full_jitter())
///         .when(when::transient())
/// }
///
/// let error = disk(5).run(|| fs::read("/no/such/file")).unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::NotFound); // final: not transient
/// ```
#[derive(Clone, Copy)]
pub struct RetryPolicy<
    S = DefaultStop,
    W = Backoff<Exponential>,
    P = AnyFailure,
    C = (),
    H = (),
    Z = DefaultSleeper,
    G = (),
>(pub(crate) Parts<S, W, P, C, H, Z, G>);

impl<S, W, P, C, H, Z, G> Deref for RetryPolicy<S, W, P, C, H, Z, G> {
    type Target = Parts<S, W, P, C, H, Z, G>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl RetryPolicy {
    /// Creates the default policy.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// assert_eq!(RetryPolicy::new().run(|| Ok::<_, ()>(7)), Ok(7));
    /// ```
    #[inline]
    pub const fn new() -> Self {
        RetryPolicy(Parts {
            name: "call",
            stop: DefaultStop,
            wait: wait::standard(),
            when: AnyFailure,
            cases: (),
            hooks: (),
            sleep: DefaultSleeper,
            guards: (),
            enabled: true,
            once: false,
            reset_after: None,
        })
    }
}

impl Default for RetryPolicy {
    #[inline]
    fn default() -> Self {
        RetryPolicy::new()
    }
}

/// The parts of a policy that have types of their own.
type Typed<S, W, P, C, H, Z, G> = (S, W, P, C, H, Z, G);

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Returns the same policy with some of its parts replaced.
    #[inline]
    pub(crate) fn map<S2, W2, P2, C2, H2, Z2, G2>(
        self,
        map: impl FnOnce(Typed<S, W, P, C, H, Z, G>) -> Typed<S2, W2, P2, C2, H2, Z2, G2>,
    ) -> RetryPolicy<S2, W2, P2, C2, H2, Z2, G2> {
        let Parts {
            name,
            stop,
            wait,
            when,
            cases,
            hooks,
            sleep,
            guards,
            enabled,
            once,
            reset_after,
        } = self.0;
        let (stop, wait, when, cases, hooks, sleep, guards) =
            map((stop, wait, when, cases, hooks, sleep, guards));
        RetryPolicy(Parts {
            name,
            stop,
            wait,
            when,
            cases,
            hooks,
            sleep,
            guards,
            enabled,
            once,
            reset_after,
        })
    }
}

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Sets the stop, which ends the call; three attempts by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, stop, wait};
    ///
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).wait(wait::none());
    /// assert_eq!(policy.report(|| None::<u8>).attempts(), 5);
    /// ```
    pub fn stop<T: Stop>(self, stop: T) -> RetryPolicy<T, W, P, C, H, Z, G> {
        self.map(|(_, w, p, c, h, z, g)| (stop, w, p, c, h, z, g))
    }

    /// Sets the wait, which gives the pauses; [`wait::standard`] by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(2)));
    /// assert_eq!(policy.resume(1, Duration::ZERO), Ok(Duration::from_secs(2)));
    /// ```
    pub fn wait<T>(self, wait: T) -> RetryPolicy<S, T, P, C, H, Z, G> {
        self.map(|(s, _, p, c, h, z, g)| (s, wait, p, c, h, z, g))
    }

    /// Sets the predicate of outcomes to retry; every failure by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, when};
    ///
    /// let policy = RetryPolicy::new().when(when::err(|status: &u16| *status >= 500));
    /// assert_eq!(policy.report(|| Err::<(), _>(404)).attempts(), 1);
    /// ```
    pub fn when<T>(self, when: T) -> RetryPolicy<S, W, T, C, H, Z, G> {
        self.map(|(s, w, _, c, h, z, g)| (s, w, when, c, h, z, g))
    }

    /// Retries the values that are not `ready`, beside what [`when`](Self::when) retries: polling, and waiting for a
    /// state.
    ///
    /// Set [`when`](Self::when) before it. A call that gives up returns the last value.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, wait};
    ///
    /// let mut progress = [10, 60, 100].into_iter();
    /// let policy = RetryPolicy::new().wait(wait::none()).until(|percent: &u8| *percent == 100);
    /// assert_eq!(policy.run(|| progress.next().ok_or("no such job")), Ok(100));
    /// ```
    pub fn until<F>(self, ready: F) -> RetryPolicy<S, W, Or<P, Until<F>>, C, H, Z, G> {
        self.map(|(s, w, p, c, h, z, g)| (s, w, Or(p, when::until(ready)), c, h, z, g))
    }

    /// Adds a class of outcomes with a stop and a wait of its own, which count that class alone.
    ///
    /// Cases are asked before [`when`](Self::when), in the order written. A [`stop`](Self::stop) of the
    /// policy holds for every outcome; the default one does not apply to the outcomes of cases.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, stop, wait, when};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).case(
    ///     when::err(|status: &u16| *status == 429),
    ///     stop::after_attempt(8),
    ///     wait::none(),
    /// );
    /// let mut attempts = 0;
    /// let _ = policy.run(|| { attempts += 1; Err::<(), _>(429) });
    /// assert_eq!(attempts, 8);
    /// ```
    pub fn case<A, B, D>(
        self,
        when: A,
        stop: B,
        wait: D,
    ) -> RetryPolicy<S, W, P, (C, Case<A, B, D>), H, Z, G> {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, (c, Case::new(when, stop, wait)), h, z, g))
    }

    /// Sets the sleeper of blocking calls; [`DefaultSleeper`] by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::cell::Cell;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let pauses = Cell::new(0);
    /// let policy = RetryPolicy::new().sleep(|_| pauses.set(pauses.get() + 1));
    /// let _ = policy.run(|| None::<u8>);
    /// assert_eq!(pauses.get(), 2);
    /// ```
    pub fn sleep<T: Sleep>(self, sleep: T) -> RetryPolicy<S, W, P, C, H, BlockingSleeper<T>, G> {
        self.map(|(s, w, p, c, h, _, g)| (s, w, p, c, h, BlockingSleeper(sleep), g))
    }

    /// Sets the sleeper of async calls; [`DefaultSleeper`] by default.
    ///
    /// A pause of zero yields to the runtime without calling the sleeper, unless a jitter drew it. A sleeper
    /// may take longer than asked, in a pause or as the timer of an attempt. It ends by the
    /// [`deadline`](RetryPolicy::deadline) all the same, where a timer can measure it: that of the feature
    /// `tokio`, in a runtime with its time enabled, or that of `futures-timer`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    ///
    /// let policy = RetryPolicy::new().sleep_async(tokio::time::sleep);
    /// # let _ = policy;
    /// ```
    pub fn sleep_async<T>(self, sleep: T) -> RetryPolicy<S, W, P, C, H, AsyncSleeper<T>, G>
    where
        T: AsyncSleep,
    {
        self.map(|(s, w, p, c, h, _, g)| (s, w, p, c, h, AsyncSleeper(sleep), g))
    }

    /// Sets the name that callbacks and logs show; `call` by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, RetryState};
    ///
    /// let policy = RetryPolicy::new()
    ///     .name("upload")
    ///     .after(|s: &RetryState<'_, Option<u8>>| assert_eq!(s.name(), "upload"));
    /// policy.run(|| Some(1));
    /// ```
    pub fn name(mut self, name: &'static str) -> Self {
        self.0.name = name;
        self
    }

    /// Enables or disables retries: with `false` a call makes one attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().enabled(false);
    /// assert_eq!(policy.report(|| None::<u8>).attempts(), 1);
    /// ```
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.0.enabled = enabled;
        self
    }

    /// Makes one attempt, behind the guards of the policy: what `#[guard]` is for functions.
    ///
    /// The stop, the wait, the stops of cases and a [`budget`](Self::budget) of retries have no say, in whatever order
    /// the methods are called; a token of the stop still ends waits and cuts attempts. An outcome that would be
    /// retried is returned as it is, for the reason [`Attempts`](crate::StopReason::Attempts), or goes to the
    /// [`fallback`](Self::fallback).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{CircuitBreaker, RetryPolicy, StopReason, stop};
    ///
    /// static DISK: CircuitBreaker = CircuitBreaker::new("disk").consecutive(1);
    ///
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).breaker(&DISK).once();
    /// let report = policy.report(|| io::Result::<()>::Err(io::ErrorKind::TimedOut.into()));
    /// assert_eq!((report.attempts(), report.reason()), (1, Some(StopReason::Attempts)));
    /// let report = policy.report(|| io::Result::Ok(()));
    /// assert_eq!((report.attempts(), report.reason()), (0, Some(StopReason::CircuitOpen)));
    /// ```
    pub fn once(mut self) -> Self {
        self.0.once = true;
        self
    }

    /// Restarts counts and schedule after a failed attempt that ran at least this long.
    ///
    /// An attempt that a limit cut did not hold, and resets nothing.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, stop};
    ///
    /// // A connection that held for a minute was a good one: its loss is a first failure again.
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).reset_after(Duration::from_secs(60));
    /// # let _ = policy;
    /// ```
    pub fn reset_after(mut self, ran: Duration) -> Self {
        self.0.reset_after = Some(ran);
        self
    }
}

/// Shows the strategies, without closures and sleepers.
impl<S: fmt::Debug, W: fmt::Debug, P: fmt::Debug, C: fmt::Debug, H, Z, G> fmt::Debug
    for RetryPolicy<S, W, P, C, H, Z, G>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("name", &self.0.name)
            .field("stop", &self.0.stop)
            .field("wait", &self.0.wait)
            .field("when", &self.0.when)
            .field("cases", &self.0.cases)
            .finish_non_exhaustive()
    }
}
