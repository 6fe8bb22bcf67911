//! Waits that a cancellation ends.

use core::time::Duration;

/// It was cancelled before it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// How often a cancellation is asked that does not wake by itself.
const ASKED_EVERY: Duration = Duration::from_millis(50);

#[cfg(feature = "std")]
pub use self::blocking::sleep_blocking;

#[cfg(feature = "std")]
mod blocking {
    use alloc::sync::Arc;
    use alloc::task::Wake;
    use core::task::{Context, Waker};
    use core::time::Duration;
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Instant;

    use super::ASKED_EVERY;
    use crate::cancel::Cancellation;
    use crate::sleep::Sleep;

    /// Blocks the thread for a pause, or until it is cancelled: then `true`.
    ///
    /// Without a cancellation the sleeper sleeps, and nothing else happens. With one, a sleeper of
    /// the user's own sleeps in slices; in place of the thread's, it is waited for a wake-up.
    pub fn sleep_blocking<S: Sleep + ?Sized>(
        mut cancellation: Cancellation<'_>,
        pause: Duration,
        sleeper: &S,
    ) -> bool {
        if cancellation.is_never() {
            sleeper.sleep(pause);
            false
        } else if sleeper.is_the_threads() {
            doze(&mut cancellation, pause)
        } else {
            slices(&mut cancellation, pause, sleeper)
        }
    }

    fn doze(cancellation: &mut Cancellation<'_>, pause: Duration) -> bool {
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let mut cx = Context::from_waker(&waker);
        let start = Instant::now();
        loop {
            if cancellation.poll(&mut cx).is_ready() {
                return true;
            }
            let left = pause.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            bell.wait(if cancellation.is_polled() {
                left.min(ASKED_EVERY)
            } else {
                left
            });
        }
    }

    fn slices<S: Sleep + ?Sized>(
        cancellation: &mut Cancellation<'_>,
        mut left: Duration,
        sleeper: &S,
    ) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if cancellation.poll(&mut cx).is_ready() {
                return true;
            }
            if left.is_zero() {
                return false;
            }
            let slice = left.min(ASKED_EVERY);
            sleeper.sleep(slice);
            left -= slice;
        }
    }

    /// Wakes the one thread that waits. `unpark` could be meant for the caller's own `park`.
    #[derive(Default)]
    struct Bell {
        rung: Mutex<bool>,
        changed: Condvar,
    }

    impl Bell {
        fn wait(&self, longest: Duration) {
            let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut rung, _) = self
                .changed
                .wait_timeout_while(rung, longest, |rung| !*rung)
                .unwrap_or_else(PoisonError::into_inner);
            *rung = false;
        }
    }

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.changed.notify_one();
        }
    }
}

#[cfg(feature = "async")]
pub use self::asynchronous::Interruptible;

#[cfg(feature = "async")]
mod asynchronous {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use pin_project_lite::pin_project;

    use super::{ASKED_EVERY, Cancelled};
    use crate::cancel::Cancellation;
    use crate::sleep::AsyncSleep;

    pin_project! {
        /// A future that a cancellation may end first.
        #[must_use = "futures do nothing unless awaited"]
        pub struct Interruptible<'a, F, Z, S = <Z as AsyncSleep>::Sleeping>
        where
            Z: AsyncSleep,
            Z: ?Sized,
        {
            #[pin]
            future: F,
            cancellation: Cancellation<'a>,
            sleeper: &'a Z,
            // Until a cancellation that does not wake by itself is asked again.
            #[pin]
            tick: Option<S>,
            strict: bool,
        }
    }

    impl<'a, F: Future, Z: AsyncSleep + ?Sized> Interruptible<'a, F, Z> {
        /// An attempt: an outcome that is there is taken, cancelled or not.
        pub fn attempt(future: F, cancellation: Cancellation<'a>, sleeper: &'a Z) -> Self {
            Interruptible {
                future,
                cancellation,
                sleeper,
                tick: None,
                strict: false,
            }
        }

        /// A pause: one that is over is cancelled all the same.
        pub fn pause(future: F, cancellation: Cancellation<'a>, sleeper: &'a Z) -> Self {
            Interruptible {
                strict: true,
                ..Interruptible::attempt(future, cancellation, sleeper)
            }
        }
    }

    impl<F: Future, Z: AsyncSleep + ?Sized> Future for Interruptible<'_, F, Z> {
        type Output = Result<F::Output, Cancelled>;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            let mut this = self.project();
            if *this.strict && this.cancellation.poll(cx).is_ready() {
                return Poll::Ready(Err(Cancelled));
            }
            if let Poll::Ready(output) = this.future.poll(cx) {
                return Poll::Ready(Ok(output));
            }
            if !*this.strict && this.cancellation.poll(cx).is_ready() {
                return Poll::Ready(Err(Cancelled));
            }
            if this.cancellation.is_polled() {
                if this.tick.is_none() {
                    this.tick.set(Some(this.sleeper.sleep(ASKED_EVERY)));
                }
                let tick = this.tick.as_mut().as_pin_mut();
                if tick.is_some_and(|tick| tick.poll(cx).is_ready()) {
                    this.tick.set(None);
                    cx.waker().wake_by_ref();
                }
            }
            Poll::Pending
        }
    }
}
