//! The stream of the items that a future gives.

use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::boxed::Box;

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::shared::Shared;

pin_project! {
    /// The stream of a function with the attribute. Dropping it ends everything.
    #[must_use = "streams do nothing unless polled"]
    pub struct Given<O, F> {
        // Dropped when it has ended.
        #[pin]
        future: Option<F>,
        shared: Shared<O>,
        // The first item, if it came with the opening that was awaited.
        first: Option<O>,
    }
}

impl<O, F: Future<Output = ()>> Given<O, F> {
    pub(super) fn new(future: F, shared: Shared<O>) -> Self {
        Given {
            future: Some(future),
            shared,
            first: None,
        }
    }

    /// Polls the future until what it opens is opened, or the stream has an item, or ends.
    fn poll_opened(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Ready(false);
        };
        let ended = future.poll(cx).is_ready();
        if ended {
            this.future.set(None);
        }
        let mut place = this.shared.lock();
        *this.first = place.item.take();
        match place.opened || ended || this.first.is_some() {
            true => Poll::Ready(place.opened),
            false => Poll::Pending,
        }
    }
}

impl<O, F: Future<Output = ()>> Stream for Given<O, F> {
    type Item = O;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<O>> {
        let mut this = self.project();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(first));
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        if future.poll(cx).is_ready() {
            this.future.set(None);
            return Poll::Ready(None);
        }
        match mem::take(&mut this.shared.lock().item) {
            Some(item) => Poll::Ready(Some(item)),
            None => Poll::Pending,
        }
    }
}

/// Awaits the first opening of a stream.
pub async fn opened<O, F: Future<Output = ()>>(given: Given<O, F>) -> Pin<Box<Given<O, F>>> {
    let mut given = Box::pin(given);
    poll_fn(|cx| given.as_mut().poll_opened(cx)).await;
    given
}

/// Awaits the first opening of a stream, or the error with which it was given up.
///
/// # Errors
///
/// The error that came in its place.
pub async fn opened_or_failed<T, E, F>(
    given: Given<Result<T, E>, F>,
) -> Result<Pin<Box<Given<Result<T, E>, F>>>, E>
where
    F: Future<Output = ()>,
{
    let mut given = Box::pin(given);
    let is_open = poll_fn(|cx| given.as_mut().poll_opened(cx)).await;
    let first = given.as_mut().project().first;
    match mem::take(first) {
        Some(Err(error)) if !is_open => {
            // Nothing follows, and the call is over for its callbacks.
            poll_fn(|cx| Poll::Ready(given.as_mut().poll_next(cx).is_ready())).await;
            Err(error)
        }
        item => {
            *first = item;
            Ok(given)
        }
    }
}
