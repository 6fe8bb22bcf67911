//! The items on their way from the future of a stream to the stream.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::awaited::Awaited;
use super::shared::Shared;
use crate::guard::CallGuardBase;
use crate::policy::Policy;
use crate::policy::stream::RunStream;
use crate::policy::stream::opening::{Notice, Opening};

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
    pub fn open<F, S>(&self, opening: F) -> Opening<F, S, &Self>
    where
        F: Future<Output = Result<S, E>>,
        S: Stream<Item = Result<T, E>>,
    {
        // That of an earlier opening, which gave an item at once.
        self.0.lock().take_opened();
        Opening::new(opening, self)
    }

    /// Returns the stream whose openings are futures of [`open`](Self::open), each an attempt until it is open.
    pub fn opened_later<'a, 'p, P, K, F, A, S, I, Z, C, G>(
        &'a self,
        stream: RunStream<'p, P, Result<T, E>, K, F, A, S, I, Z, C, G>,
    ) -> RunStream<'p, P, Result<T, E>, K, F, A, S, Awaited<'a, I, Result<T, E>>, Z, C, G>
    where
        P: Policy<Result<T, E>>,
        Z: Future<Output = ()> + Send,
        G: CallGuardBase,
    {
        stream.map_idle(|idle| Awaited::new(idle, &self.0))
    }
}

impl<O> Notice for &Items<O> {
    fn opened(&self) {
        self.0.lock().open();
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
