//! The pause of a call that waits for its breaker, which may wake it.

use core::task::{Context, Poll};
use std::time::Duration;

use crate::cancel::{Cancellation, Woken as Wakes, sleep_until};
use crate::time::sleep::Sleep;

/// A call that something may wake from a pause.
pub trait Wakeable {
    /// Whether anything may.
    #[doc(hidden)]
    #[inline(always)]
    fn waits(&self) -> bool {
        false
    }

    /// Ready when the breaker that the call waits for may let it through, or its deadline has come.
    #[doc(hidden)]
    #[inline(always)]
    fn poll_woken(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// A sleeper of the user's own measures what begins: a timer of ours ends it by the deadline.
    #[doc(hidden)]
    #[inline(always)]
    fn set_alarm(&mut self) {}

    /// The pause is over, or was ended by a token: nobody is to wake the call from it.
    #[doc(hidden)]
    #[inline(always)]
    fn paused(&mut self) {}
}

/// Blocks the thread for a pause, until it is cancelled, which gives `true`, or until the call is woken.
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
        /// See [`woken`].
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct Woken<'a, W, F>
        where
            W: Wakeable,
        {
            #[pin]
            pause: F,
            watch: &'a mut W,
        }

        impl<W: Wakeable, F> PinnedDrop for Woken<'_, W, F> {
            fn drop(this: Pin<&mut Self>) {
                this.project().watch.paused();
            }
        }
    }

    /// A pause or an attempt begins that ends by the deadline: unless its timer is `ours`, it may take longer.
    #[inline(always)]
    pub fn bound<W: Wakeable>(watch: &mut W, ours: bool, pause: Option<Duration>) {
        if pause.is_some() && !ours {
            watch.set_alarm();
        }
    }

    /// A pause that ends early when the call is woken, or by its deadline.
    #[inline]
    pub fn woken<W: Wakeable, F: Future<Output = ()>>(watch: &mut W, pause: F) -> Woken<'_, W, F> {
        Woken { pause, watch }
    }

    impl<W: Wakeable, F: Future<Output = ()>> Future for Woken<'_, W, F> {
        type Output = ();

        #[inline]
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            let this = self.project();
            match this.pause.poll(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => this.watch.poll_woken(cx),
            }
        }
    }
}
