//! A policy for `tower::retry`.

use core::fmt;

use ::tower::retry;

use crate::call::attempt::Mark;
use crate::call::outcome::Outcome;
use crate::guard::{Guard, Hedging, Watch};
use crate::policy::Policy;
use crate::policy::steps::{Parked, Steps};
use crate::time::clock::{Stopwatch, read_async};
use crate::time::pause::{Rest, rest};
use crate::time::sleep::AsyncSleep;

/// A policy of this crate as one of [`tower::retry`](::tower::retry), for stacks that have its layer, and
/// for services whose futures are not `Send`.
///
/// Where there is a choice, [`RetryLayer`](super::RetryLayer) can do more: `tower::retry` makes the
/// attempts itself, and asks a policy only after them.
///
/// | of the policy | here |
/// |---|---|
/// | stop, wait, predicate, cases, hints | as everywhere; elapsed time counts from the first attempt |
/// | budget | as everywhere, but none refuses after a pause: a retry is in flight from there on; a call is from the end of its first attempt |
/// | breaker | hears of every outcome, and ends a call that it would refuse; it cannot refuse an attempt, so that the first one is made though it is open |
/// | deadline | no pause goes past it; no attempt is cut by it |
/// | attempt timeout | none: put `tower::timeout` inside |
/// | token | asked after each attempt; it ends no pause, and cuts none |
/// | `before` | of the first attempt it is called after it |
/// | fallback | none: `tower::retry` keeps the outcome |
/// | hedge | does not compile |
///
/// Each call is a clone of the policy, which `tower::retry` makes as the first attempt begins. A call
/// that is dropped in a pause gives back what its budget paid. A request is cloned for each attempt.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// use persevere::tower::TowerPolicy;
/// use persevere::{RetryPolicy, RetryStats};
/// use tower::{Layer, ServiceExt, retry::RetryLayer, service_fn};
///
/// static STATS: RetryStats = RetryStats::new();
///
/// let policy = RetryPolicy::new().stats(&STATS);
/// # let policy = policy.sleep_async(tokio::time::sleep);
/// let refuses = service_fn(|_: u32| async { Err::<(), _>("refused") });
/// let service = RetryLayer::new(TowerPolicy::new(policy)).layer(refuses);
/// assert_eq!(service.oneshot(1).await, Err("refused"));
/// assert_eq!(STATS.attempts(), 3);
/// # });
/// ```
pub struct TowerPolicy<P: Policy<O>, O: Outcome> {
    policy: P,
    /// From the first attempt.
    stopwatch: Stopwatch,
    /// From the end of the first attempt to the end of the call.
    call: Option<Parked<P, O>>,
}

impl<P: Policy<O>, O: Outcome> TowerPolicy<P, O> {
    /// Retries by `policy`, one that is `Clone` or in an [`Arc`](std::sync::Arc).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    /// use persevere::tower::TowerPolicy;
    ///
    /// let policy = TowerPolicy::<_, Result<u32, std::io::Error>>::new(RetryPolicy::new());
    /// # let _ = policy;
    /// ```
    pub fn new(policy: P) -> Self {
        const {
            assert!(
                !<<P::Guards as Guard<O>>::Hedge as Hedging>::HEDGES,
                "`tower::retry` makes one attempt at a time; use `persevere::tower::RetryLayer` for a policy with a hedge"
            )
        };
        let timed = policy.parts().reads_clock::<O>();
        TowerPolicy {
            policy,
            stopwatch: Stopwatch::start(read_async, timed),
            call: None,
        }
    }
}

/// A clone is a call of its own.
impl<P: Policy<O> + Clone, O: Outcome> Clone for TowerPolicy<P, O> {
    fn clone(&self) -> Self {
        TowerPolicy::new(self.policy.clone())
    }
}

impl<Q, T, E, P> retry::Policy<Q, T, E> for TowerPolicy<P, Result<T, E>>
where
    Q: Clone,
    P: Policy<Result<T, E>, Sleep: AsyncSleep>,
{
    type Future = Rest<<P::Sleep as AsyncSleep>::Sleeping>;

    fn retry(&mut self, _: &mut Q, outcome: &mut Result<T, E>) -> Option<Self::Future> {
        let mut call = match self.call.take() {
            Some(call) => Steps::unpark(&self.policy, call),
            None => {
                let mut call = Steps::new(&self.policy);
                call.started(self.stopwatch);
                call.watch().pay_ahead();
                call
            }
        };
        call.begin_anyway();
        let pause = call.judge(outcome, Mark::default(), None).ok()?;
        self.call = Some(call.park());
        Some(rest(&self.policy.parts().sleep, pause))
    }

    /// Asked before each attempt: before the first one of the policy that all calls are clones of.
    fn clone_request(&mut self, request: &Q) -> Option<Q> {
        if let Some(call) = self.call.take() {
            let mut call = Steps::unpark(&self.policy, call);
            call.begin_anyway();
            self.call = Some(call.park());
        }
        Some(request.clone())
    }
}

/// A call that ends without an outcome returns what it holds.
impl<P: Policy<O>, O: Outcome> Drop for TowerPolicy<P, O> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            drop(Steps::unpark(&self.policy, call));
        }
    }
}

impl<P: Policy<O>, O: Outcome> fmt::Debug for TowerPolicy<P, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerPolicy").finish_non_exhaustive()
    }
}
