//! The scope of an attempt's body.

/// A scope in which the retried calls inside a body see the call around them.
pub trait BodyScope {
    /// Runs the body of the attempt, or polls it, visible to the retried calls inside it; its panic is a
    /// failure.
    #[doc(hidden)]
    #[inline(always)]
    fn inside<T>(&mut self, attempt: impl FnOnce() -> T) -> T {
        attempt()
    }
}

#[cfg(feature = "async")]
pub use self::polled::inside;

#[cfg(feature = "async")]
mod polled {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use super::BodyScope;

    pin_project_lite::pin_project! {
        /// A future whose inner retried calls see the call around them.
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct Inside<'a, W, F> {
            #[pin]
            future: F,
            watch: &'a mut W,
        }
    }

    /// Returns `future`, with the limits of the call in view whenever it is polled.
    #[inline]
    pub fn inside<W: BodyScope, F>(watch: &mut W, future: F) -> Inside<'_, W, F> {
        Inside { future, watch }
    }

    impl<W: BodyScope, F: Future> Future for Inside<'_, W, F> {
        type Output = F::Output;

        #[inline]
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let this = self.project();
            this.watch.inside(|| this.future.poll(cx))
        }
    }
}
