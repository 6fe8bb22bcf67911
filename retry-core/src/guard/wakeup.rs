//! The pause of a call that waits for a guard, and that the guard may end.

use core::task::{Context, Poll};
use std::time::Duration;

use crate::cancel::{Cancellation, Woken as Wakes, sleep_until};
use crate::time::sleep::Sleep;

/// A call that can be woken from a pause.
pub trait Wakeable {
    /// Returns whether it waits for a guard.
    #[doc(hidden)]
    #[inline(always)]
    fn waits(&self) -> bool {
        false
    }

    /// Returns `Ready` when the guard that the call waits for may let it through, or at its deadline.
    #[doc(hidden)]
    #[inline(always)]
    fn poll_woken(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Sets a timer that ends the step that begins by the deadline, since a sleeper of the user's own
    /// measures it.
    #[doc(hidden)]
    #[inline(always)]
    fn set_alarm(&mut self) {}

    /// Ends the wait of a pause that is over or was ended by a token: nothing is to wake the call any more.
    #[doc(hidden)]
    #[inline(always)]
    fn paused(&mut self) {}
}

/// Blocks the thread for a pause, until it is cancelled or the call is woken; returns whether it was
/// cancelled.
pub fn wait_for_breaker<W: Wakeable, S: Sleep + ?Sized>(
    watch: &mut W,
    cancellation: Cancellation<'_>,
    pause: Duration,
    sleeper: &S,
) -> bool {
    let waits = watch.waits();
    let mut woken = |cx: &mut Context<'_>| watch.poll_woken(cx);
    let woken: Option<Wakes<'_>> = if waits { Some(&mut woken) } else { None };
    let cancelled = sleep_until(cancellation, woken, pause, sleeper);
    watch.paused();
    cancelled
}

#[cfg(feature = "async")]
pub use self::polled::{bound, woken};

#[cfg(feature = "async")]
mod polled {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll};
    use core::time::Duration;

    use super::Wakeable;

    pin_project_lite::pin_project! {
        /// The future of [`woken`].
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct Woken<'a, W, F>
        where
            W: Wakeable,
        {
            #[pin]
            pause: F,
            watch: &'a mut W,
            state: State,
        }

        impl<W: Wakeable, F> PinnedDrop for Woken<'_, W, F> {
            fn drop(this: Pin<&mut Self>) {
                this.project().watch.paused();
            }
        }
    }

    #[derive(Debug)]
    enum State {
        Fresh,
        Pending,
        Over,
    }

    /// Bounds a pause or an attempt that begins by the deadline: unless its timer is `ours`, it may take
    /// longer.
    #[inline(always)]
    pub fn bound<W: Wakeable>(watch: &mut W, ours: bool, pause: Option<Duration>) {
        if pause.is_some() && !ours {
            watch.set_alarm();
        }
    }

    /// Returns a pause that ends early when the call is woken, or by its deadline.
    #[inline]
    pub fn woken<W: Wakeable, F: Future<Output = ()>>(watch: &mut W, pause: F) -> Woken<'_, W, F> {
        Woken {
            pause,
            watch,
            state: State::Fresh,
        }
    }

    impl<W: Wakeable, F: Future<Output = ()>> Future for Woken<'_, W, F> {
        type Output = ();

        #[inline]
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            let this = self.project();
            if let State::Over = this.state {
                return Poll::Ready(());
            }
            match this.pause.poll(cx) {
                // Other tasks run after the pause of a sleeper that returns at once: one of them may be waited for.
                Poll::Ready(()) if matches!(this.state, State::Fresh) && this.watch.waits() => {
                    *this.state = State::Over;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => {
                    *this.state = State::Pending;
                    this.watch.poll_woken(cx)
                }
            }
        }
    }
}
