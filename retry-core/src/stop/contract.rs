//! The contract of a stop condition.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::invalid::InvalidValue;

/// Decides that there is no further attempt.
///
/// Closures over [`Progress`] are stop conditions, and so are boxed ones.
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
    /// The reason to end the call here, or `None` to go on.
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason>;

    /// Whether [`Progress::elapsed`] is asked for: calls that never need a clock never read one.
    #[inline]
    fn reads_clock(&self) -> bool {
        true
    }

    /// Whether [`Progress::pause`] is asked for: else the pause of a call that ends is not computed.
    #[inline]
    fn reads_pause(&self) -> bool {
        true
    }

    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }

    /// What ends a pause before its time.
    #[doc(hidden)]
    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// What also ends the attempt in flight: the part of it that cuts.
    #[doc(hidden)]
    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// Whether any part of it cuts.
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
