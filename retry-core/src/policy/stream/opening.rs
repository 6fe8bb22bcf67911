//! A stream that a future opens.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

pin_project! {
    /// The stream that a future opens, such as the events of a response that is still on its way. An error of the
    /// future is its one item.
    #[must_use = "streams do nothing unless polled"]
    pub struct Opening<F, S, N = ()> {
        #[pin]
        stage: Stage<F, S>,
        notice: N,
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

/// The receiver of the news that a stream is open.
pub trait Notice {
    fn opened(&self);
}

impl Notice for () {
    fn opened(&self) {}
}

impl<F, S, N> Opening<F, S, N> {
    pub(crate) fn new(future: F, notice: N) -> Self {
        let stage = Stage::Opening { future };
        Opening { stage, notice }
    }
}

impl<F, S, T, E, N> Stream for Opening<F, S, N>
where
    F: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
    N: Notice,
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
                        this.notice.opened();
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

impl<F, S, N> fmt::Debug for Opening<F, S, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}
