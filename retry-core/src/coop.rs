//! Timers and tokens that are heard on time, however much their task has done in this turn.
//!
//! In a task of tokio each resource takes a unit of a budget, and once that is used up all of them say
//! that they are pending, timers too. A body that always has more to read uses it up at every poll, so
//! that a timer polled after it would never end.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

/// Polls what a call waits for by itself: beyond the budget where none is left.
///
/// What is ready costs nothing more; only what is pending asks whether the budget is why.
#[cfg(any(feature = "tokio", feature = "tokio-util"))]
#[inline]
pub(crate) fn on_time<T>(
    cx: &mut Context<'_>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    match poll(cx) {
        Poll::Pending if is_spent() => beyond_budget(cx, poll),
        polled => polled,
    }
}

#[cfg(any(feature = "tokio", feature = "tokio-util"))]
#[cold]
#[inline(never)]
fn beyond_budget<T>(
    cx: &mut Context<'_>,
    poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    use core::future::poll_fn;
    use core::pin::pin;
    use tokio::task::coop::unconstrained;

    pin!(unconstrained(poll_fn(poll))).poll(cx)
}

/// Polls what a call waits for by itself.
#[cfg(not(any(feature = "tokio", feature = "tokio-util")))]
#[inline]
pub(crate) fn on_time<T>(
    cx: &mut Context<'_>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    poll(cx)
}

/// Whether the budget of this turn is used up.
#[inline]
pub(crate) fn is_spent() -> bool {
    #[cfg(any(feature = "tokio", feature = "tokio-util"))]
    return !tokio::task::coop::has_budget_remaining();
    #[cfg(not(any(feature = "tokio", feature = "tokio-util")))]
    return false;
}

pin_project! {
    /// A future that is heard on time.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct OnTime<F> {
        #[pin]
        future: F,
    }
}

impl<F> OnTime<F> {
    #[inline(always)]
    pub(crate) fn new(future: F) -> Self {
        OnTime { future }
    }
}

impl<F: Future> Future for OnTime<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut future = self.project().future;
        on_time(cx, |cx| future.as_mut().poll(cx))
    }
}
