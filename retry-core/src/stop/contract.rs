//! The contract of a stop condition.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::invalid::InvalidValue;

/// A condition that ends a call, so that no further attempt is made.
///
/// Closures over [`Progress`] are stop conditions, and so are boxed conditions.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Progress, Stop, StopReason, stop};
///
/// /// Gives up at night.
/// struct Daytime;
///
/// impl Stop for Daytime {
///     fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
///         # fn night() -> bool { true }
///         night().then_some(StopReason::GivenUp)
///     }
/// }
///
/// let either: Box<dyn Stop> = Box::new(stop::after_attempt(3) | Daytime);
/// # let _ = either;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stop condition",
    label = "expected a stop condition",
    note = "write `after_attempt(n)`, `after_delay(duration)`, `before_delay(duration)` or `never()`, or implement `persevere::Stop` for it"
)]
pub trait Stop {
    /// Returns the reason to end the call here, or `None` to go on.
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason>;

    /// Returns whether the condition reads [`Progress::elapsed`]. A call without need of the clock never
    /// reads it.
    #[inline]
    fn reads_clock(&self) -> bool {
        true
    }

    /// Returns whether the condition reads [`Progress::pause`]. Otherwise the pause of a call that ends is
    /// not computed.
    #[inline]
    fn reads_pause(&self) -> bool {
        true
    }

    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }

    /// Returns the cancellation that ends a pause early.
    #[doc(hidden)]
    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// Returns the part of the cancellation that also ends the attempt in flight.
    #[doc(hidden)]
    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// Returns whether any part of the condition ends the attempt in flight.
    #[doc(hidden)]
    #[inline]
    fn aborts_attempt(&self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<F: Fn(&Progress<'_>) -> bool> Stop for F {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self(progress).then_some(StopReason::GivenUp)
    }
}

macro_rules! stop_by_reference {
    ($($pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Stop for $pointer {
            fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
                (**self).stop(progress)
            }

            fn reads_clock(&self) -> bool {
                (**self).reads_clock()
            }

            fn reads_pause(&self) -> bool {
                (**self).reads_pause()
            }

            fn check(&self) -> Result<(), InvalidValue> {
                (**self).check()
            }

            fn cancellation(&self) -> Cancellation<'_> {
                (**self).cancellation()
            }

            fn abort_signal(&self) -> Cancellation<'_> {
                (**self).abort_signal()
            }

            fn aborts_attempt(&self) -> bool {
                (**self).aborts_attempt()
            }
        }
    )+};
}

stop_by_reference!(
    &dyn Stop,
    &(dyn Stop + Sync),
    &(dyn Stop + Send + Sync),
    Box<dyn Stop + '_>,
    Box<dyn Stop + Send + '_>,
    Box<dyn Stop + Send + Sync + '_>,
    Arc<dyn Stop + '_>,
    Arc<dyn Stop + Send + Sync + '_>,
);
