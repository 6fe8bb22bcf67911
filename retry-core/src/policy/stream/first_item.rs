//! A copy of a hedged opening.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;

/// A copy of an opening: the stream until it gives an item, an error or its end.
// In a box, since it leaves the race if it wins.
pub(super) struct FirstItem<S>(Option<Pin<Box<S>>>);

impl<S> FirstItem<S> {
    pub(super) fn new(stream: S) -> Self {
        FirstItem(Some(Box::pin(stream)))
    }
}

impl<S: Stream> Future for FirstItem<S> {
    type Output = (Option<S::Item>, Pin<Box<S>>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let stream = self.0.as_mut().expect("an opening that is not over");
        let item = ready!(stream.as_mut().poll_next(cx));
        Poll::Ready((item, self.0.take().expect("an opening that is not over")))
    }
}
