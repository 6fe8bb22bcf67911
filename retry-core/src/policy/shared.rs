//! A policy with a nameable type, for fields, statics, and a choice between two policies.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::policy::RetryPolicy;
use crate::stop::Stop;
use crate::time::sleep::DefaultSleeper;
use crate::wait::Wait;
use crate::when::OnTransient;

/// A policy with an erased stop and wait, and with its predicate: made by [`RetryPolicy::shared`].
///
/// It is `Clone`, `Send` and `Sync`, and serves functions of every return type. Guards and callbacks are
/// added to a clone, where the outcome is known.
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
pub type SharedPolicy<P = OnTransient> = RetryPolicy<SharedStop, SharedWait, P>;

/// The stop of a [`SharedPolicy`].
pub type SharedStop = Arc<dyn Stop + Send + Sync>;

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

    fn lasts(&self) -> bool {
        self.0.lasts()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }
}

impl<S, W, P> RetryPolicy<S, W, P, (), (), DefaultSleeper, ()> {
    /// Erases the types of the stop and the wait, so that the policy can be named as a [`SharedPolicy`].
    ///
    /// The wait must be one for every outcome. A token of the stop that aborts attempts cuts a first attempt
    /// only with a guard that makes outcomes of interrupts. Guards, cases, callbacks and sleepers are added
    /// afterwards, to a clone.
    pub fn shared(self) -> SharedPolicy<P>
    where
        S: Stop + Send + Sync + 'static,
        W: Wait<()> + Send + Sync + 'static,
    {
        self.map(|(s, w, p, c, h, z, g)| {
            (
                Arc::new(s) as SharedStop,
                SharedWait(Arc::new(w)),
                p,
                c,
                h,
                z,
                g,
            )
        })
    }
}
