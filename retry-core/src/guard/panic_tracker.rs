//! A tracker of panics among the copies of a hedged attempt.

#[cfg(feature = "async")]
use core::future::Future;
#[cfg(feature = "async")]
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "async")]
use core::task::{Context, Poll};

use crate::breaker::on_panic;

/// A record of whether the body of a copy has panicked, as opposed to code beside it: a timer, a predicate.
#[derive(Debug, Default)]
pub struct PanicTracker {
    // Relaxed: it is set and read by one panic, while that unwinds one thread.
    panicked: AtomicBool,
}

impl PanicTracker {
    /// Runs the body of one copy, or polls it.
    #[inline]
    pub fn run<T>(&self, body: impl FnOnce() -> T) -> T {
        on_panic(|| self.panicked.store(true, Ordering::Relaxed), body)
    }

    pub(super) fn panicked(&self) -> bool {
        self.panicked.load(Ordering::Relaxed)
    }

    /// Wraps a copy, whose body is the future.
    #[cfg(feature = "async")]
    #[inline]
    pub fn copy<F>(&self, body: F) -> CopyOf<'_, F> {
        CopyOf { body, bodies: self }
    }
}

#[cfg(feature = "async")]
pin_project_lite::pin_project! {
    /// The future of [`PanicTracker::copy`].
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct CopyOf<'a, F> {
        #[pin]
        body: F,
        bodies: &'a PanicTracker,
    }
}

#[cfg(feature = "async")]
impl<F: Future> Future for CopyOf<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.bodies.run(|| this.body.poll(cx))
    }
}
