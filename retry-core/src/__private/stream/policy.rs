//! The policy of a stream, made from the keys of an attribute.

use core::time::Duration;

use crate::call::state::RetryState;
use crate::policy::RetryPolicy;
use crate::wait::Wait;

/// Returns the policy with one more callback.
pub fn hook<S, W, P, C, H, Z, G, T>(
    policy: RetryPolicy<S, W, P, C, H, Z, G>,
    hook: T,
) -> RetryPolicy<S, W, P, C, (H, T), Z, G> {
    policy.map(|(s, w, p, c, h, z, g)| (s, w, p, c, (h, hook), z, g))
}

/// Returns the policy with these guards.
pub fn guarded<S, W, P, C, H, Z, G>(
    policy: RetryPolicy<S, W, P, C, H, Z>,
    guards: G,
) -> RetryPolicy<S, W, P, C, H, Z, G> {
    policy.map(|(s, w, p, c, h, z, ())| (s, w, p, c, h, z, guards))
}

/// A wait that the cases without one of their own share with the policy.
pub struct SameWait<'a, W>(pub &'a W);

#[diagnostic::do_not_recommend]
impl<O: ?Sized, W: Wait<O>> Wait<O> for SameWait<'_, W> {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self.0.pause(state)
    }

    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        self.0.pause_within(state, longest)
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
}

/// A value that an opening owns. It is never `Copy`, so that an `async` block that takes it owns it.
pub struct Moved<T>(pub T);

impl<T> Moved<T> {
    #[inline(always)]
    pub fn take(self) -> T {
        self.0
    }
}
