//! Sleepers of calls, for blocking and for async code.

use core::future::Future;
use core::time::Duration;

/// A sleeper that blocks the thread for a pause. Closures and functions over [`Duration`] are sleepers.
///
/// ```
/// # use persevere_core as persevere;
/// use std::cell::Cell;
/// use std::time::Duration;
/// use persevere::{Policy, RetryPolicy};
///
/// let slept = Cell::new(Duration::ZERO);
/// let policy = RetryPolicy::new().sleep(|pause| slept.set(slept.get() + pause));
/// let _ = policy.run(|| Err::<(), _>("refused"));
/// assert!(slept.get() <= Duration::from_millis(300));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot pause a blocking call",
    label = "expected a function over a `Duration`",
    note = "write `sleep = std::thread::sleep`, or a closure: `sleep = |pause| ..`"
)]
pub trait Sleep {
    /// Blocks until the pause is over.
    fn sleep(&self, pause: Duration);

    /// Returns whether it is the thread's own sleep, for which another wait may stand in.
    #[doc(hidden)]
    fn is_the_threads(&self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<F: Fn(Duration)> Sleep for F {
    #[inline]
    fn sleep(&self, pause: Duration) {
        self(pause);
    }
}

/// A sleeper that makes a future which is ready after a pause. Functions such as `tokio::time::sleep` are
/// sleepers.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::RetryPolicy;
///
/// let policy = RetryPolicy::new().sleep_async(tokio::time::sleep);
/// # let _ = policy;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot pause an async call",
    label = "expected a function over a `Duration` that returns a future",
    note = "write `sleep = tokio::time::sleep`, or a closure: `sleep = async |pause| ..`"
)]
pub trait AsyncSleep {
    /// The future of a pause.
    type Sleeping: Future<Output = ()> + Send;

    /// Returns a future that is ready once the pause is over.
    fn sleep(&self, pause: Duration) -> Self::Sleeping;

    /// Returns whether it is a built-in timer, which takes as long as asked.
    #[doc(hidden)]
    #[inline]
    fn is_ours(&self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<F, P> AsyncSleep for F
where
    F: Fn(Duration) -> P,
    P: Pausing,
{
    type Sleeping = P;

    #[inline]
    fn sleep(&self, pause: Duration) -> P {
        self(pause)
    }
}

/// The future of a sleeper for async calls: one without a value, which can change threads.
#[diagnostic::on_unimplemented(
    message = "a sleeper in an async function returns a future, not `{Self}`",
    label = "expected a future that is `Send` and gives `()`",
    note = "write `sleep = tokio::time::sleep`, or a closure: `sleep = async |pause| ..`"
)]
pub trait Pausing: Future<Output = ()> + Send {}

#[diagnostic::do_not_recommend]
impl<P: Future<Output = ()> + Send> Pausing for P {}

/// The default timer of async calls, if a feature enables one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no timer for the pauses of an async function",
    label = "cannot pause between attempts",
    note = "enable the feature `tokio` or `futures-timer` of `persevere`, or pass a sleeper of your own: `sleep = my_timer::sleep`"
)]
pub trait Timer {}

#[cfg(any(feature = "tokio", feature = "futures-timer"))]
#[diagnostic::do_not_recommend]
impl Timer for DefaultSleeper {}

/// The sleeper of a policy without one of its own.
///
/// Blocking calls use the thread's sleep; a pause of zero takes no time. Async calls use tokio's timer inside
/// a tokio runtime, and the portable timer elsewhere, as far as the features `tokio` and `futures-timer` are
/// enabled.
///
/// # Panics
///
/// With `tokio` alone an async pause outside a tokio runtime panics, since nothing could wake it. So does one
/// in a runtime without `enable_time`. A blocking pause panics on `wasm32-unknown-unknown`, whose threads
/// cannot sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultSleeper;

#[cfg(feature = "std")]
#[diagnostic::do_not_recommend]
impl Sleep for DefaultSleeper {
    #[inline]
    fn sleep(&self, pause: Duration) {
        if crate::test_hooks::slept(pause) {
            return;
        }
        // A thread's own sleep takes no time for a pause of zero.
        #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
        std::thread::sleep(pause);
        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        assert!(
            pause.is_zero(),
            "no thread of this platform can sleep: pass a sleeper of your own with `sleep`, or write `wait = none()`"
        );
    }

    #[inline]
    fn is_the_threads(&self) -> bool {
        cfg!(not(all(target_family = "wasm", target_os = "unknown")))
    }
}

#[cfg(feature = "futures-timer")]
#[diagnostic::do_not_recommend]
impl AsyncSleep for DefaultSleeper {
    #[cfg(not(feature = "tokio"))]
    type Sleeping = futures_timer::Delay;
    #[cfg(feature = "tokio")]
    type Sleeping = either::Timer;

    #[inline]
    fn sleep(&self, pause: Duration) -> Self::Sleeping {
        #[cfg(not(feature = "tokio"))]
        return futures_timer::Delay::new(pause);
        #[cfg(feature = "tokio")]
        return either::Timer::new(pause);
    }

    #[inline]
    fn is_ours(&self) -> bool {
        true
    }
}

#[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
#[diagnostic::do_not_recommend]
impl AsyncSleep for DefaultSleeper {
    type Sleeping = tokio::time::Sleep;

    #[inline]
    fn sleep(&self, pause: Duration) -> tokio::time::Sleep {
        tokio_sleep(pause)
    }

    #[inline]
    fn is_ours(&self) -> bool {
        true
    }
}

/// Sleeps on tokio's timer.
// Without the sleeper as an argument: a policy whose address nobody takes need not be in memory.
#[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
fn tokio_sleep(pause: Duration) -> tokio::time::Sleep {
    assert!(
        tokio::runtime::Handle::try_current().is_ok(),
        "no tokio runtime here to wake a retry: call it inside one, enable the feature \
         `futures-timer` of `persevere`, or pass a sleeper of your own with `sleep`",
    );
    tokio::time::sleep(pause)
}

#[cfg(all(feature = "tokio", feature = "futures-timer"))]
mod either {
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use super::{Duration, Future};

    pin_project_lite::pin_project! {
        /// tokio's timer inside its runtime, otherwise the portable one.
        #[project = Projected]
        #[allow(missing_docs)]
        pub enum Timer {
            Tokio { #[pin] sleep: tokio::time::Sleep },
            Portable { delay: futures_timer::Delay },
        }
    }

    impl Timer {
        pub(super) fn new(pause: Duration) -> Self {
            match tokio::runtime::Handle::try_current() {
                Ok(_) => Timer::Tokio {
                    sleep: tokio::time::sleep(pause),
                },
                Err(_) => Timer::Portable {
                    delay: futures_timer::Delay::new(pause),
                },
            }
        }
    }

    impl Future for Timer {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            match self.project() {
                Projected::Tokio { sleep } => sleep.poll(cx),
                Projected::Portable { delay } => Pin::new(delay).poll(cx),
            }
        }
    }
}

/// The sleeper of a policy: for blocking calls and, if a timer is enabled, for async ones.
#[cfg(all(feature = "std", any(feature = "tokio", feature = "futures-timer")))]
pub trait Sleeper: Sleep + AsyncSleep {}
#[cfg(all(feature = "std", any(feature = "tokio", feature = "futures-timer")))]
impl<T: Sleep + AsyncSleep> Sleeper for T {}

/// The sleeper of a policy.
#[cfg(all(
    feature = "std",
    not(any(feature = "tokio", feature = "futures-timer"))
))]
pub trait Sleeper: Sleep {}
#[cfg(all(
    feature = "std",
    not(any(feature = "tokio", feature = "futures-timer"))
))]
impl<T: Sleep> Sleeper for T {}

/// The sleeper of a policy.
#[cfg(not(feature = "std"))]
pub trait Sleeper {}
#[cfg(not(feature = "std"))]
impl<T> Sleeper for T {}

/// A sleeper for blocking calls; async ones pause as [`DefaultSleeper`] does.
#[derive(Clone, Copy, Debug)]
pub struct BlockingSleeper<T>(pub(crate) T);

#[diagnostic::do_not_recommend]
impl<T: Sleep> Sleep for BlockingSleeper<T> {
    #[inline]
    fn sleep(&self, pause: Duration) {
        self.0.sleep(pause);
    }

    #[inline]
    fn is_the_threads(&self) -> bool {
        self.0.is_the_threads()
    }
}

#[cfg(any(feature = "tokio", feature = "futures-timer"))]
#[diagnostic::do_not_recommend]
impl<T> AsyncSleep for BlockingSleeper<T> {
    type Sleeping = <DefaultSleeper as AsyncSleep>::Sleeping;

    #[inline]
    fn sleep(&self, pause: Duration) -> Self::Sleeping {
        AsyncSleep::sleep(&DefaultSleeper, pause)
    }

    #[inline]
    fn is_ours(&self) -> bool {
        true
    }
}

/// A sleeper for async calls; blocking ones pause as [`DefaultSleeper`] does.
#[derive(Clone, Copy, Debug)]
pub struct AsyncSleeper<T>(pub(crate) T);

#[cfg(feature = "std")]
#[diagnostic::do_not_recommend]
impl<T> Sleep for AsyncSleeper<T> {
    #[inline]
    fn sleep(&self, pause: Duration) {
        Sleep::sleep(&DefaultSleeper, pause);
    }

    #[inline]
    fn is_the_threads(&self) -> bool {
        Sleep::is_the_threads(&DefaultSleeper)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsyncSleep> AsyncSleep for AsyncSleeper<T> {
    type Sleeping = T::Sleeping;

    #[inline]
    fn sleep(&self, pause: Duration) -> T::Sleeping {
        self.0.sleep(pause)
    }

    #[inline]
    fn is_ours(&self) -> bool {
        self.0.is_ours()
    }
}
