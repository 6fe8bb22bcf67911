//! Callbacks of a policy: one method for every event, and what counts or replaces outcomes.

use core::marker::PhantomData;
use core::time::Duration;

use super::RetryPolicy;
#[cfg(feature = "std")]
use crate::call::callbacks::Reserve;
use crate::call::callbacks::{After, Before, BeforeSleep, Fallback, GiveUp, OnFailure, OnSuccess};
use crate::call::state::RetryState;
#[cfg(feature = "metrics")]
use crate::telemetry::Metrics;
use crate::telemetry::stats::{RetryStats, Stats};

macro_rules! callbacks {
    ($($(#[$doc:meta])* $event:ident $hook:ident;)+) => {$(
        $(#[$doc])*
        pub fn $event<O, F>(self, callback: F) -> RetryPolicy<S, W, P, C, (H, $hook<O, F>), Z, G>
        where
            F: Fn(&RetryState<'_, O>),
        {
            self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, $hook(callback, PhantomData)), z, g))
        }
    )+};
}

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Counts what the calls do.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, RetryStats};
    ///
    /// static STATS: RetryStats = RetryStats::new();
    ///
    /// RetryPolicy::new().stats(&STATS).run(|| Some(1));
    /// assert_eq!(STATS.first_successes(), 1);
    /// ```
    pub fn stats(self, stats: &RetryStats) -> RetryPolicy<S, W, P, C, (H, Stats<'_>), Z, G> {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, Stats(stats)), z, g))
    }

    /// Counts what the calls do as [metrics](crate::telemetry#metrics), under the name of the policy.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().name("upload").metrics();
    /// policy.run(|| Some(1)); // retry_attempts_total{function="upload",outcome="success"}
    /// ```
    #[cfg(feature = "metrics")]
    pub fn metrics(self) -> RetryPolicy<S, W, P, C, (H, Metrics), Z, G> {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, Metrics::new()), z, g))
    }

    callbacks! {
        /// Adds a callback that runs before every attempt.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::{Policy, RetryPolicy, RetryState, wait};
        ///
        /// let policy = RetryPolicy::new()
        ///     .wait(wait::none())
        ///     .before(|s: &RetryState<'_, Option<u8>>| assert_eq!(s.outcome(), None));
        /// policy.run(|| None);
        /// ```
        before Before;
        /// Adds a callback that runs after every attempt, with its verdict.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::{Policy, RetryPolicy, RetryState, wait};
        ///
        /// let policy = RetryPolicy::new()
        ///     .wait(wait::none())
        ///     .after(|s: &RetryState<'_, Option<u8>>| assert!(s.verdict().is_some()));
        /// policy.run(|| None);
        /// ```
        after After;
        /// Adds a callback that runs before every pause.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::{Policy, RetryPolicy, RetryState, wait};
        ///
        /// let policy = RetryPolicy::new()
        ///     .wait(wait::none())
        ///     .before_sleep(|s: &RetryState<'_, Option<u8>>| assert!(s.pause().is_some()));
        /// policy.run(|| None);
        /// ```
        before_sleep BeforeSleep;
        /// Adds a callback that runs once, when the call ends with a success.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::{Policy, RetryPolicy, RetryState, wait};
        ///
        /// let policy = RetryPolicy::new()
        ///     .wait(wait::none())
        ///     .on_success(|s: &RetryState<'_, Option<u8>>| assert_eq!(s.reason(), None));
        /// policy.run(|| None);
        /// ```
        on_success OnSuccess;
        /// Adds a callback that runs once, when the call ends with a failure, with the reason.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::{Policy, RetryPolicy, RetryState, wait};
        ///
        /// let policy = RetryPolicy::new()
        ///     .wait(wait::none())
        ///     .on_failure(|s: &RetryState<'_, Option<u8>>| assert!(s.reason().is_some()));
        /// policy.run(|| None);
        /// ```
        on_failure OnFailure;
    }

    /// Replaces the outcome of a call that gave up.
    ///
    /// A final outcome is returned as it is. Several fallbacks are a chain: the next one is asked while the
    /// outcome is one that the policy would retry, and the last one's is the call's.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{GiveUp, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new()
    ///     .wait(wait::none())
    ///     .fallback(|give_up: GiveUp<Option<u8>>| give_up.into_outcome().or(Some(0)));
    /// assert_eq!(policy.run(|| None), Some(0));
    ///
    /// let replica = |_: GiveUp<Option<u8>>| None;
    /// let cache = |_: GiveUp<Option<u8>>| Some(7);
    /// let default = |_: GiveUp<Option<u8>>| unreachable!();
    /// let policy = RetryPolicy::new().wait(wait::none()).fallback(replica).fallback(cache).fallback(default);
    /// assert_eq!(policy.run(|| None), Some(7));
    /// ```
    pub fn fallback<O, F>(self, fallback: F) -> RetryPolicy<S, W, P, C, (H, Fallback<O, F>), Z, G>
    where
        F: Fn(GiveUp<O>) -> O,
    {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, Fallback(fallback, PhantomData)), z, g))
    }

    /// Replaces the outcome of a call that gave up, as [`fallback`](RetryPolicy::fallback) does, and reserves
    /// `time` of the [`deadline`](RetryPolicy::deadline) for it: attempts and pauses end that much earlier. In a
    /// chain the times add up.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Attempt, GiveUp, Policy, RetryPolicy, stop};
    ///
    /// let policy = RetryPolicy::new()
    ///     .stop(stop::after_attempt(1))
    ///     .deadline(Duration::from_secs(2))
    ///     .fallback_within(Duration::from_secs(1), |_: GiveUp<io::Result<u32>>| Ok(7));
    /// let outcome = policy.run(|at: &Attempt| {
    ///     assert!(at.remaining().unwrap() <= Duration::from_secs(1));
    ///     io::Result::Err(io::ErrorKind::ConnectionRefused.into())
    /// });
    /// assert_eq!(outcome.unwrap(), 7);
    /// ```
    #[cfg(feature = "std")]
    pub fn fallback_within<O, F>(
        self,
        time: Duration,
        fallback: F,
    ) -> RetryPolicy<S, W, P, C, ((H, Reserve), Fallback<O, F>), Z, G>
    where
        F: Fn(GiveUp<O>) -> O,
    {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, Reserve(time)), z, g))
            .fallback(fallback)
    }
}
