//! A stream that a future opens.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::shared::Shared;
use crate::call::interrupt::Interrupt;
use crate::time::timeout::Timeout;

pin_project! {
    /// The stream that a future opens. An error of the future is its one item, and so is the outcome of an interrupt.
    pub struct Opening<'a, F, L, C, S, O> {
        #[pin]
        stage: Stage<Timeout<F, L>, S>,
        convert: C,
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

impl<'a, F, L, C, S, O> Opening<'a, F, L, C, S, O> {
    /// Creates the stream that `future` opens, unless it is cut by `limit`.
    pub(super) fn new(future: F, limit: L, convert: C, to: &'a Shared<O>) -> Self {
        let future = Timeout::new(future, limit);
        let stage = Stage::Opening { future };
        Opening { stage, convert, to }
    }
}

impl<F, L, C, S, T, E> Stream for Opening<'_, F, L, C, S, Result<T, E>>
where
    F: Future<Output = Result<S, E>>,
    L: Future<Output = Interrupt>,
    C: Fn(Interrupt) -> Result<T, E>,
    S: Stream<Item = Result<T, E>>,
{
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            let failed = match this.stage.as_mut().project() {
                StageProjection::Open { stream } => return stream.poll_next(cx),
                StageProjection::Failed => return Poll::Ready(None),
                StageProjection::Opening { future } => match ready!(future.poll(cx)) {
                    Ok(Ok(stream)) => {
                        this.to.lock().opened = true;
                        this.stage.set(Stage::Open { stream });
                        continue;
                    }
                    Ok(Err(error)) => Err(error),
                    Err(interrupt) => (this.convert)(interrupt),
                },
            };
            this.stage.set(Stage::Failed);
            return Poll::Ready(Some(failed));
        }
    }
}
