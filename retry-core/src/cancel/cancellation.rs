//! The end of a call from outside.

use alloc::boxed::Box;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
#[cfg(any(feature = "std", feature = "async"))]
use core::time::Duration;

use crate::time::coop::on_time;

/// An attempt or a pause that was cancelled before it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// The interval at which a cancellation is asked that does not wake by itself.
#[cfg(any(feature = "std", feature = "async"))]
pub(super) const ASKED_EVERY: Duration = Duration::from_millis(50);

/// The end of a call from outside: never, or when a future is ready.
pub struct Cancellation<'a> {
    stage: Stage<'a>,
    polled: bool,
}

enum Stage<'a> {
    Never,
    Coming(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
    Come,
}

impl<'a> Cancellation<'a> {
    /// Never cancelled.
    #[inline]
    pub const fn never() -> Self {
        Cancellation {
            stage: Stage::Never,
            polled: false,
        }
    }

    /// Cancelled when the future is ready, which wakes by itself.
    pub fn new(future: impl Future<Output = ()> + Send + 'a) -> Self {
        Cancellation::coming(false, future)
    }

    /// Cancelled when the answer is yes; it must be asked from time to time.
    pub fn polled(cancelled: impl Fn() -> bool + Send + 'a) -> Self {
        let answer = move |_: &mut Context<'_>| {
            if cancelled() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        };
        Cancellation::coming(true, poll_fn(answer))
    }

    fn coming(polled: bool, future: impl Future<Output = ()> + Send + 'a) -> Self {
        Cancellation {
            stage: Stage::Coming(Box::pin(future)),
            polled,
        }
    }

    /// Whether nothing cancels.
    #[inline]
    pub const fn is_never(&self) -> bool {
        matches!(self.stage, Stage::Never)
    }

    /// Whether it must be asked from time to time: it does not wake by itself.
    #[inline]
    pub const fn is_polled(&self) -> bool {
        self.polled
    }

    /// Cancelled as soon as this or the other is.
    #[must_use]
    pub fn or(mut self, mut other: Self) -> Self {
        if self.is_never() {
            return other;
        }
        if other.is_never() {
            return self;
        }
        Cancellation::coming(
            self.polled || other.polled,
            poll_fn(move |cx| match self.poll(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => other.poll(cx),
            }),
        )
    }

    /// Cancelled once this and the other are.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        if self.is_never() || other.is_never() {
            return Cancellation::never();
        }
        Cancellation::coming(
            self.polled || other.polled,
            // Both are asked each time, so that both can wake.
            poll_fn(move |cx| match (self.poll(cx), other.poll(cx)) {
                (Poll::Ready(()), Poll::Ready(())) => Poll::Ready(()),
                _ => Poll::Pending,
            }),
        )
    }

    /// Ready once it is cancelled, and from then on.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.stage {
            Stage::Never => return Poll::Pending,
            Stage::Coming(future) => ready!(on_time(future.as_mut(), cx)),
            Stage::Come => {}
        }
        self.stage = Stage::Come;
        Poll::Ready(())
    }
}

impl fmt::Debug for Cancellation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation")
            .field("never", &self.is_never())
            .field("polled", &self.polled)
            .finish()
    }
}
