//! The limit of an attempt, which cuts it when its time is over.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::call::interrupt::Interrupt;
use crate::time::coop::{OnTime, on_time};

pin_project! {
    /// A future, and the timer that ends it.
    ///
    /// The future is polled first: one that is ready when its time is over counts as on time.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Timeout<F, T> {
        #[pin]
        future: F,
        #[pin]
        timer: T,
    }
}

/// Returns `future`, cut by a timer of any kind.
#[inline(always)]
pub fn timeout<F, T>(future: F, timer: T) -> Timeout<F, OnTime<T>> {
    Timeout::new(future, OnTime::new(timer))
}

impl<F, T> Timeout<F, T> {
    /// Returns `future`, cut by `timer`, which is noticed [on time](crate::time::coop).
    #[inline(always)]
    pub(crate) fn new(future: F, timer: T) -> Self {
        Timeout { future, timer }
    }
}

impl<F, T: Future<Output = Interrupt>> Timeout<F, T> {
    /// Polls it; `poll` polls the future that is cut.
    #[inline(always)]
    pub(crate) fn poll_by<O>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        poll: impl FnOnce(Pin<&mut F>, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<Result<O, Interrupt>> {
        let this = self.project();
        match poll(this.future, cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => this.timer.poll(cx).map(Err),
        }
    }
}

impl<F: Future, T: Future<Output = Interrupt>> Future for Timeout<F, T> {
    type Output = Result<F::Output, Interrupt>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_by(cx, F::poll)
    }
}

pin_project! {
    /// A future of the interrupt that cuts an attempt; without a limit it is never ready.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Limit<Z> {
        #[pin]
        sleeping: Option<Z>,
        interrupt: Interrupt,
    }
}

/// Returns a limit with its timer, or one that is never reached.
#[inline]
pub(crate) fn limit<Z>(timer: Option<(Z, Interrupt)>) -> Limit<Z> {
    let (sleeping, interrupt) = match timer {
        Some((timer, interrupt)) => (Some(timer), interrupt),
        None => (None, Interrupt::Deadline),
    };
    Limit {
        sleeping,
        interrupt,
    }
}

impl<Z: Future<Output = ()>> Future for Limit<Z> {
    type Output = Interrupt;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Interrupt> {
        let this = self.project();
        match this.sleeping.as_pin_mut() {
            Some(sleeping) => on_time(sleeping, cx).map(|()| *this.interrupt),
            None => Poll::Pending,
        }
    }
}
