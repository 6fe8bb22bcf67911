//! A stream that a future opens.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::shared::Shared;

pin_project! {
    /// The stream that a future opens. An error of the future is its one item.
    pub struct Opening<'a, F, S, O> {
        #[pin]
        stage: Stage<F, S>,
        to: &'a Shared<O>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, S> {
        Opening { #[pin] future: F },
        Open { #[pin] stream: S },
        Failed,
    }
}

impl<'a, F, S, O> Opening<'a, F, S, O> {
    pub(super) fn new(future: F, to: &'a Shared<O>) -> Self {
        // That of an earlier opening, which gave an item at once.
        to.lock().take_opened();
        let stage = Stage::Opening { future };
        Opening { stage, to }
    }
}

impl<F, S, T, E> Stream for Opening<'_, F, S, Result<T, E>>
where
    F: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
{
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match this.stage.as_mut().project() {
                StageProjection::Open { stream } => return stream.poll_next(cx),
                StageProjection::Failed => return Poll::Ready(None),
                StageProjection::Opening { future } => match ready!(future.poll(cx)) {
                    Ok(stream) => {
                        this.to.lock().open();
                        this.stage.set(Stage::Open { stream });
                    }
                    Err(error) => {
                        this.stage.set(Stage::Failed);
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }
}
