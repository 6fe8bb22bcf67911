//! The policy of a stream, made from the keys of an attribute.

use core::ops::Deref;
use core::time::Duration;

use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::policy::RetryPolicy;
use crate::wait::Wait;
use crate::wait::contract::wait_by_reference;

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

impl<W> Deref for SameWait<'_, W> {
    type Target = W;

    fn deref(&self) -> &W {
        self.0
    }
}

wait_by_reference!(where [W: Wait<O>] SameWait<'_, W>);

/// A value that an opening owns. It is never `Copy`, so that an `async` block that takes it owns it.
pub struct Moved<T>(pub T);

impl<T> Moved<T> {
    #[inline(always)]
    pub fn take(self) -> T {
        self.0
    }
}
