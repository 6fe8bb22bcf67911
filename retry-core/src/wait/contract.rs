//! The contract of a wait.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

use crate::call::state::RetryState;
use crate::invalid::InvalidValue;

/// The longest hint that is honoured by a wait that sets none.
pub(crate) const HINT_MAX: Duration = Duration::from_secs(60);

/// A wait, which computes the pause before the next attempt.
///
/// Closures over [`RetryState`] are waits, and so are boxed waits.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryState, Wait};
///
/// /// One second for every letter of the function's name.
/// struct Polite;
///
/// impl<O> Wait<O> for Polite {
///     fn pause(&self, state: &RetryState<'_, O>) -> Duration {
///         Duration::from_secs(state.name().len() as u64)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wait",
    label = "expected a wait",
    note = "write `fixed(duration)`, `exponential(duration).max(duration).full_jitter()`, `random(low..high)` or `none()`, or implement `persevere::Wait` for it"
)]
pub trait Wait<O: ?Sized> {
    /// Returns the pause before the next attempt.
    fn pause(&self, state: &RetryState<'_, O>) -> Duration;

    /// Returns the pause before the next attempt, or `None` if the failure requests one longer than
    /// `longest`, which ends the call.
    ///
    /// A wait that reads its pause from the outcome implements this, and so does one around others.
    #[inline]
    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        let _ = longest;
        Some(self.pause(state))
    }

    /// Returns the longest hint to honour, 60 s by default. A failure that requests a longer pause ends the
    /// call.
    #[inline]
    fn hint_max(&self) -> Duration {
        HINT_MAX
    }

    /// Returns whether the wait reads [`Progress::elapsed`](crate::Progress::elapsed).
    #[inline]
    fn reads_clock(&self) -> bool {
        true
    }

    /// Returns whether no pause is zero except by chance.
    ///
    /// An async call then sleeps every pause. Otherwise it yields to its runtime if a pause is zero.
    #[inline]
    fn lasts(&self) -> bool {
        false
    }

    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }
}

/// A bare duration is a fixed pause.
impl<O: ?Sized> Wait<O> for Duration {
    #[inline]
    fn pause(&self, _: &RetryState<'_, O>) -> Duration {
        *self
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn lasts(&self) -> bool {
        !self.is_zero()
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, F: Fn(&RetryState<'_, O>) -> Duration> Wait<O> for F {
    #[inline]
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self(state)
    }
}

macro_rules! wait_by_reference {
    ($($pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<O: ?Sized> Wait<O> for $pointer {
            fn pause(&self, state: &RetryState<'_, O>) -> Duration {
                (**self).pause(state)
            }

            fn pause_within(
                &self,
                state: &RetryState<'_, O>,
                longest: Duration,
            ) -> Option<Duration> {
                (**self).pause_within(state, longest)
            }

            fn hint_max(&self) -> Duration {
                (**self).hint_max()
            }

            fn reads_clock(&self) -> bool {
                (**self).reads_clock()
            }

            fn lasts(&self) -> bool {
                (**self).lasts()
            }

            fn check(&self) -> Result<(), InvalidValue> {
                (**self).check()
            }
        }
    )+};
}

wait_by_reference!(
    &dyn Wait<O>,
    &(dyn Wait<O> + Sync),
    &(dyn Wait<O> + Send + Sync),
    Box<dyn Wait<O> + '_>,
    Box<dyn Wait<O> + Send + '_>,
    Box<dyn Wait<O> + Send + Sync + '_>,
    Arc<dyn Wait<O> + '_>,
    Arc<dyn Wait<O> + Send + Sync + '_>,
);
