//! The scope that the body of an attempt runs in.

/// The view that the retried calls inside a call have of it.
pub trait BodyScope {
    /// Runs the body of the attempt, or polls it, in view of the retried calls inside it; its panic is
    /// a failure.
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
        /// A future that is polled in view of the retried calls inside it.
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct Inside<'a, W, F> {
            #[pin]
            future: F,
            watch: &'a mut W,
        }
    }

    /// `future`, with what a call publishes in view whenever it is polled.
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
