//! The items on their way from the future of a stream to the stream.

use core::future::{Future, Pending, pending};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::opening::Opening;
use super::shared::Shared;
use crate::__private::guarded::uninterrupted;
use crate::call::interrupt::Interrupt;
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::{self, Limit};

/// The receiver of the items of a stream.
pub struct Items<O>(pub(super) Shared<O>);

impl<O> Items<O> {
    /// Gives every item of a stream.
    pub fn give<S: Stream<Item = O>>(&self, stream: S) -> Give<'_, S, O> {
        let to = &self.0;
        Give { stream, to }
    }
}

impl<T, E> Items<Result<T, E>> {
    /// Opens a stream by a future.
    pub fn open<F, S>(
        &self,
        opening: F,
    ) -> Opening<'_, F, Pending<Interrupt>, fn(Interrupt) -> Result<T, E>, S, Result<T, E>>
    where
        F: Future<Output = Result<S, E>>,
        S: Stream<Item = Result<T, E>>,
    {
        Opening::new(opening, pending(), uninterrupted, &self.0)
    }

    /// Opens a stream by a future that is cut after `limit`, with the outcome that `convert` makes.
    pub fn open_within<F, S, Z, C>(
        &self,
        opening: F,
        limit: Duration,
        sleeper: &Z,
        convert: C,
    ) -> Opening<'_, F, Limit<Z::Sleeping>, C, S, Result<T, E>>
    where
        F: Future<Output = Result<S, E>>,
        S: Stream<Item = Result<T, E>>,
        Z: AsyncSleep,
        C: Fn(Interrupt) -> Result<T, E>,
    {
        let timer = (sleeper.sleep(limit), Interrupt::AttemptTimeout);
        Opening::new(opening, timeout::limit(Some(timer)), convert, &self.0)
    }
}

pin_project! {
    /// The future that gives every item of a stream.
    pub struct Give<'a, S, O> {
        #[pin]
        stream: S,
        to: &'a Shared<O>,
    }
}

impl<S: Stream<Item = O>, O> Future for Give<'_, S, O> {
    type Output = ();

    /// An item is taken before the future is polled again.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        match ready!(this.stream.poll_next(cx)) {
            Some(item) => {
                this.to.lock().item = Some(item);
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}
