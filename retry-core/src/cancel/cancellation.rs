//! The end of a call from outside.

use alloc::boxed::Box;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
#[cfg(any(feature = "std", feature = "async"))]
use core::time::Duration;

use super::contract::{Cancel, Waiting};
#[cfg(feature = "std")]
use super::token::WhenCancelled;
use crate::time::coop::on_time;

/// An attempt or a pause that was cancelled before it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// The interval at which a cancellation is polled that does not wake by itself.
#[cfg(any(feature = "std", feature = "async"))]
pub(super) const ASKED_EVERY: Duration = Duration::from_millis(50);

/// The end of a call from outside: never, once a token is cancelled, or once a future is ready.
pub struct Cancellation<'a> {
    stage: Stage<'a>,
}

enum Stage<'a> {
    Never,
    /// A token that keeps the wakers of calls itself.
    #[cfg(feature = "std")]
    Token(WhenCancelled<'a>),
    /// Another token, whose future is not made before the call waits for it.
    Asked(&'a dyn Cancel),
    Coming {
        future: Waiting<'a>,
        polled: bool,
    },
    Come,
}

impl<'a> Cancellation<'a> {
    /// Creates a cancellation that never happens.
    #[inline]
    pub const fn never() -> Self {
        Cancellation {
            stage: Stage::Never,
        }
    }

    /// Creates the cancellation by a token.
    pub fn of(token: &'a (impl Cancel + 'a)) -> Self {
        #[cfg(feature = "std")]
        if let Some(token) = token.token() {
            return token.cancelled().into();
        }
        Cancellation {
            stage: Stage::Asked(token),
        }
    }

    /// Creates a cancellation that happens when the future is ready, which wakes by itself.
    pub fn new(future: impl Future<Output = ()> + Send + 'a) -> Self {
        Cancellation::coming(false, future)
    }

    fn coming(polled: bool, future: impl Future<Output = ()> + Send + 'a) -> Self {
        let future = Box::pin(future);
        Cancellation {
            stage: Stage::Coming { future, polled },
        }
    }

    /// Returns whether it never happens.
    #[inline]
    pub const fn is_never(&self) -> bool {
        matches!(self.stage, Stage::Never)
    }

    /// Returns whether it must be polled from time to time, since it does not wake by itself.
    #[inline]
    pub fn is_polled(&self) -> bool {
        match &self.stage {
            Stage::Asked(token) => !token.wakes(),
            Stage::Coming { polled, .. } => *polled,
            _ => false,
        }
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
            self.is_polled() || other.is_polled(),
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
            self.is_polled() || other.is_polled(),
            // Both are polled each time, so that both can wake.
            poll_fn(move |cx| match (self.poll(cx), other.poll(cx)) {
                (Poll::Ready(()), Poll::Ready(())) => Poll::Ready(()),
                _ => Poll::Pending,
            }),
        )
    }

    /// Returns whether it has happened. Only a future is polled for that; a token keeps no waker.
    pub(super) fn has_come(&mut self, cx: &mut Context<'_>) -> bool {
        match &self.stage {
            Stage::Never => false,
            #[cfg(feature = "std")]
            Stage::Token(token) => token.is_cancelled(),
            Stage::Asked(token) => token.is_cancelled(),
            Stage::Coming { .. } => self.poll(cx).is_ready(),
            Stage::Come => true,
        }
    }

    /// Returns `Ready` once it has happened, and from then on.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Stage::Asked(token) = self.stage {
            if !token.is_cancelled() {
                match token.wait() {
                    Some(future) => {
                        let polled = false;
                        self.stage = Stage::Coming { future, polled };
                    }
                    None => return Poll::Pending,
                }
            }
        }
        match &mut self.stage {
            Stage::Never => return Poll::Pending,
            #[cfg(feature = "std")]
            Stage::Token(token) => ready!(Pin::new(token).poll(cx)),
            Stage::Coming { future, .. } => ready!(on_time(future.as_mut(), cx)),
            Stage::Asked(_) | Stage::Come => {}
        }
        self.stage = Stage::Come;
        Poll::Ready(())
    }

    /// Returns the one token that it waits for, if that keeps the wakers itself.
    #[cfg(all(feature = "std", feature = "async"))]
    pub(super) fn into_token(self) -> Result<WhenCancelled<'a>, Self> {
        match self.stage {
            Stage::Token(token) => Ok(token),
            stage => Err(Cancellation { stage }),
        }
    }
}

#[cfg(feature = "std")]
impl<'a> From<WhenCancelled<'a>> for Cancellation<'a> {
    fn from(token: WhenCancelled<'a>) -> Self {
        Cancellation {
            stage: Stage::Token(token),
        }
    }
}

impl fmt::Debug for Cancellation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation")
            .field("never", &self.is_never())
            .field("polled", &self.is_polled())
            .finish()
    }
}
