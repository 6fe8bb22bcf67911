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

/// The interval at which a cancellation is polled that does not wake by itself.
#[cfg(any(feature = "std", feature = "async"))]
pub(super) const ASKED_EVERY: Duration = Duration::from_millis(50);

/// The end of a call from outside: never, or once a future is ready.
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
    /// Creates a cancellation that never happens.
    #[inline]
    pub const fn never() -> Self {
        Cancellation {
            stage: Stage::Never,
            polled: false,
        }
    }

    /// Creates a cancellation that happens when the future is ready, which wakes by itself.
    pub fn new(future: impl Future<Output = ()> + Send + 'a) -> Self {
        Cancellation::coming(false, future)
    }

    /// Creates a cancellation that happens when `cancelled` returns true, and that must be polled from time to time.
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

    /// Returns whether it never happens.
    #[inline]
    pub const fn is_never(&self) -> bool {
        matches!(self.stage, Stage::Never)
    }

    /// Returns whether it must be polled from time to time, since it does not wake by itself.
    #[inline]
    pub const fn is_polled(&self) -> bool {
        self.polled
    }

    /// Returns a cancellation that happens as soon as either does.
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

    /// Returns a cancellation that happens once both have.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        if self.is_never() || other.is_never() {
            return Cancellation::never();
        }
        Cancellation::coming(
            self.polled || other.polled,
            // Both are polled each time, so that both can wake.
            poll_fn(move |cx| match (self.poll(cx), other.poll(cx)) {
                (Poll::Ready(()), Poll::Ready(())) => Poll::Ready(()),
                _ => Poll::Pending,
            }),
        )
    }

    /// Returns `Ready` once it has happened, and from then on.
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
