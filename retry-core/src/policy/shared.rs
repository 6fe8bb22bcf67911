//! Policies with a nameable type, for fields, statics, and a choice between two policies.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use crate::call::state::RetryState;
use crate::guard::ShareableGuards;
use crate::invalid::InvalidValue;
use crate::policy::RetryPolicy;
use crate::policy::erasable::{
    WaitForEveryOutcome, WithoutCallbacks, WithoutCases, WithoutSleeper,
};
use crate::stop::{BoxStop, Stop};
use crate::time::sleep::DefaultSleeper;
use crate::wait::{BoxWait, Wait};
use crate::when::{BoxPredicate, OnTransient, Predicate};

/// A policy with an erased stop and wait, and with its predicate: made by [`RetryPolicy::shared`].
///
/// It is `Clone`, `Send` and `Sync`, and serves functions of every return type. Cases, callbacks and sleepers
/// are added to a clone, where the outcome is known.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use std::sync::LazyLock;
/// use persevere::policy::SharedPolicy;
/// use persevere::{RetryPolicy, stop, when};
///
/// struct Client {
///     policy: SharedPolicy,
/// }
///
/// static NET: LazyLock<SharedPolicy> =
///     LazyLock::new(|| RetryPolicy::new().stop(stop::after_attempt(5)).when(when::transient()).shared());
///
/// let client = Client { policy: NET.clone() };
/// assert_eq!(client.policy.run(|| io::Result::Ok(7)).unwrap(), 7);
/// assert_eq!(client.policy.run(|| io::Result::Ok("seven")).unwrap(), "seven");
/// ```
///
/// The two branches of an `if` have one type with it. Without it the compiler reports "`if` and `else` have
/// incompatible types" (E0308), since each policy has a type of its own:
///
/// ```
/// # use persevere_core as persevere;
/// # use persevere::policy::SharedPolicy;
/// # use persevere::{RetryPolicy, stop, wait, when};
/// fn policy(patient: bool) -> SharedPolicy {
///     let base = RetryPolicy::new().when(when::transient());
///     if patient {
///         base.stop(stop::after_attempt(9)).shared()
///     } else {
///         base.wait(wait::none()).shared()
///     }
/// }
/// # let _ = policy(true);
/// ```
///
/// The type of a policy with guards is `SharedPolicy<P, SharedGuards>`, with
/// [`SharedGuards`](crate::policy::SharedGuards). It serves outcomes that can be made of an
/// [`Interrupt`](crate::Interrupt). A policy without guards has the same type after
/// `.deadline(None::<Duration>)`.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use std::time::Duration;
/// use persevere::policy::{SharedGuards, SharedPolicy};
/// use persevere::when::OnTransient;
/// use persevere::{CircuitBreaker, RetryPolicy, when};
///
/// static STOCK: CircuitBreaker = CircuitBreaker::new("stock");
///
/// struct Client {
///     policy: SharedPolicy<OnTransient, SharedGuards>,
/// }
///
/// let guarded = RetryPolicy::new()
///     .when(when::transient())
///     .deadline(Duration::from_secs(3))
///     .breaker(&STOCK);
/// let client = Client { policy: guarded.shared() };
/// assert_eq!(client.policy.run(|| io::Result::Ok(7)).unwrap(), 7);
/// ```
pub type SharedPolicy<P = OnTransient, G = ()> =
    RetryPolicy<BoxStop, SharedWait, P, (), (), DefaultSleeper, G>;

/// A policy with an erased stop, wait and predicate, for outcomes of type `O`: made by
/// [`RetryPolicy::boxed`].
///
/// It is `Clone`, `Send` and `Sync`. A [`SharedPolicy`] serves functions of every return type.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::policy::BoxPolicy;
/// use persevere::{RetryPolicy, wait, when};
///
/// type Reply = Result<u32, u16>;
///
/// fn policy(safe: bool) -> BoxPolicy<Reply> {
///     let base = RetryPolicy::new().wait(wait::none());
///     if safe {
///         base.boxed()
///     } else {
///         base.when(when::err(|status: &u16| *status == 429)).boxed()
///     }
/// }
///
/// assert_eq!(policy(true).report(|| Reply::Err(503)).attempts(), 3);
/// assert_eq!(policy(false).report(|| Reply::Err(503)).attempts(), 1);
/// ```
pub type BoxPolicy<O, G = ()> =
    RetryPolicy<BoxStop, BoxWait<O>, BoxPredicate<O>, (), (), DefaultSleeper, G>;

/// The wait of a [`SharedPolicy`]: one for every outcome.
#[derive(Clone)]
pub struct SharedWait(Arc<dyn Wait<()> + Send + Sync>);

impl fmt::Debug for SharedWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedWait")
    }
}

/// Returns the state without its outcome.
fn erased<'a, O: ?Sized>(state: &RetryState<'a, O>) -> RetryState<'a, ()> {
    RetryState {
        progress: state.progress,
        outcome: None,
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized> Wait<O> for SharedWait {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self.0.pause(&erased(state))
    }

    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        self.0.pause_within(&erased(state), longest)
    }

    fn hint_max(&self) -> Duration {
        self.0.hint_max()
    }

    fn reads_clock(&self) -> bool {
        self.0.reads_clock()
    }

    fn reads_history(&self) -> bool {
        self.0.reads_history()
    }

    fn lasts(&self) -> bool {
        self.0.lasts()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Erases the types of the stop and the wait, so that the policy can be named as a [`SharedPolicy`].
    ///
    /// The wait must be one for every outcome. Guards are kept, except for a [`hedge`](RetryPolicy::hedge),
    /// a view of a breaker and an [`interrupt`](RetryPolicy::interrupt). These, cases, callbacks and sleepers
    /// are added afterwards, to a clone.
    ///
    /// A token of the stop that aborts attempts cuts a first attempt only with a guard that makes outcomes of
    /// interrupts.
    pub fn shared(self) -> SharedPolicy<P, G::Shared>
    where
        S: Stop + Send + Sync + 'static,
        W: WaitForEveryOutcome + Send + Sync + 'static,
        C: WithoutCases,
        H: WithoutCallbacks,
        Z: WithoutSleeper,
        G: ShareableGuards,
    {
        self.map(|(s, w, p, _, _, _, g)| {
            let (stop, wait) = (BoxStop::new(s), SharedWait(Arc::new(w)));
            (stop, wait, p, (), (), DefaultSleeper, g.into_shared())
        })
    }

    /// Erases the types of the stop, the wait and the predicate, so that the policy can be named as a
    /// [`BoxPolicy`] for outcomes of type `O`.
    ///
    /// What [`shared`](RetryPolicy::shared) says about guards, tokens and the parts that are added afterwards
    /// holds here too.
    pub fn boxed<O>(self) -> BoxPolicy<O, G::Shared>
    where
        S: Stop + Send + Sync + 'static,
        W: Wait<O> + Send + Sync + 'static,
        P: Predicate<O> + Send + Sync + 'static,
        C: WithoutCases,
        H: WithoutCallbacks,
        Z: WithoutSleeper,
        G: ShareableGuards,
    {
        self.map(|(s, w, p, _, _, _, g)| {
            let (stop, wait, when) = (BoxStop::new(s), BoxWait::new(w), BoxPredicate::new(p));
            (stop, wait, when, (), (), DefaultSleeper, g.into_shared())
        })
    }
}
