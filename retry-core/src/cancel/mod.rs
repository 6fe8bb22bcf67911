//! Ending calls from outside: tokens, and waits that end with them.
//!
//! ```
//! # use persevere_core as persevere;
//! use persevere::{CancelToken, RetryPolicy, stop};
//!
//! static SHUTDOWN: CancelToken = CancelToken::new();
//!
//! let policy = RetryPolicy::new().stop(stop::after_attempt(10) | stop::cancelled(&SHUTDOWN));
//! # let _ = policy;
//! // Where a signal or an operator says so:
//! SHUTDOWN.cancel();
//! ```

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

mod cancellation;
mod pause;
#[cfg(feature = "std")]
mod token;

#[cfg(all(test, persevere_loom))]
mod model;

#[doc(hidden)]
pub use self::cancellation::Cancellation;
#[doc(hidden)]
pub use self::pause::Cancelled;
#[cfg(feature = "std")]
#[doc(hidden)]
pub use self::pause::sleep_blocking;
#[cfg(feature = "async")]
#[doc(hidden)]
pub use self::pause::{Interruptible, Listener, Ticking};
#[cfg(feature = "std")]
pub(crate) use self::pause::{Woken, sleep_until};
#[cfg(feature = "std")]
pub use self::token::{CancelToken, WhenCancelled};

/// Something that can say that work is no longer wanted: what
/// [`stop::cancelled`](crate::stop::cancelled) takes.
///
/// A [`CancelToken`] ends a pause at once, and so does tokio-util's `CancellationToken` with the
/// feature `tokio-util`. A flag, or a type of your own, is asked every 50 ms.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::cancel::Cancel;
/// use persevere::stop::cancelled;
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
    note = "keep a `static SHUTDOWN: CancelToken = CancelToken::new();` and write `cancelled(&SHUTDOWN)`"
)]
pub trait Cancel: Sync {
    /// Whether it was cancelled.
    fn is_cancelled(&self) -> bool;

    /// What ends when it is cancelled.
    #[doc(hidden)]
    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::polled(|| self.is_cancelled())
    }
}

#[diagnostic::do_not_recommend]
impl Cancel for AtomicBool {
    #[inline]
    fn is_cancelled(&self) -> bool {
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
