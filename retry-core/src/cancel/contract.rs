//! The contract of a token.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "std")]
use super::CancelToken;
use super::Cancellation;

/// A token that cancels work, for [`stop::cancelled`](crate::stop::cancelled).
///
/// A [`CancelToken`] ends a pause at once, and so does tokio-util's `CancellationToken` with the feature
/// `tokio-util`. A flag, or a type of your own, is polled every 50 ms.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::stop::{Cancel, cancelled};
///
/// /// Cancelled while a file exists.
/// struct StopFile(&'static str);
///
/// impl Cancel for StopFile {
///     fn is_cancelled(&self) -> bool {
///         std::path::Path::new(self.0).exists()
///     }
/// }
/// let stop = cancelled(StopFile("/run/stop"));
/// # let _ = stop;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cancel a call",
    label = "expected a token such as `&CancelToken`, or an `&AtomicBool`",
    note = "keep a `static SHUTDOWN: CancelToken = CancelToken::new();` and write `cancelled(&SHUTDOWN)`",
    note = "tokio's `CancellationToken` is one with the feature `tokio-util` of `persevere`"
)]
pub trait Cancel: Sync {
    /// Returns whether it was cancelled.
    fn is_cancelled(&self) -> bool;

    /// Returns the cancellation of a call by this token.
    #[doc(hidden)]
    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::polled(|| self.is_cancelled())
    }
}

#[diagnostic::do_not_recommend]
impl Cancel for AtomicBool {
    #[inline]
    fn is_cancelled(&self) -> bool {
        // Pairs with a `Release` store of the user's own, if it is one: writes before that store are seen.
        self.load(Ordering::Acquire)
    }
}

#[cfg(feature = "std")]
#[diagnostic::do_not_recommend]
impl Cancel for CancelToken {
    #[inline]
    fn is_cancelled(&self) -> bool {
        CancelToken::is_cancelled(self)
    }

    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::new(self.cancelled())
    }
}

#[cfg(feature = "tokio-util")]
#[diagnostic::do_not_recommend]
impl Cancel for tokio_util::sync::CancellationToken {
    fn is_cancelled(&self) -> bool {
        tokio_util::sync::CancellationToken::is_cancelled(self)
    }

    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::new(self.cancelled())
    }
}

macro_rules! cancel_by_reference {
    ($([$($bound:tt)*] $pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Cancel $($bound)* + ?Sized> Cancel for $pointer {
            #[inline]
            fn is_cancelled(&self) -> bool {
                (**self).is_cancelled()
            }

            fn cancellation(&self) -> Cancellation<'_> {
                (**self).cancellation()
            }
        }
    )+};
}

cancel_by_reference!([] &T, [] Box<T>, [+ Send] Arc<T>);
