//! Timers and tokens that are noticed on time, however much their task has done in this turn.
//!
//! In a task of tokio each resource takes a unit of a budget, and once that is used up all of them return
//! `Pending`, timers too. A body that always has more to read uses it up at every poll, so that a timer
//! polled after it would never end.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Polls a timer or a token of a call, beyond the budget if none is left.
///
/// A future that is ready costs nothing more; only for a pending one the budget is checked.
#[inline]
pub(crate) fn on_time<F: Future + ?Sized>(
    mut future: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    match future.as_mut().poll(cx) {
        Poll::Pending => unless_spent(future, cx),
        ready => ready,
    }
}

/// Polls a pending future once more, if it may only lack budget.
// Out of line: the future of a call makes no room for it.
#[cfg(any(feature = "tokio", feature = "tokio-util"))]
#[inline(never)]
fn unless_spent<F: Future + ?Sized>(future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    match is_spent() {
        false => Poll::Pending,
        true => core::pin::pin!(tokio::task::coop::unconstrained(future)).poll(cx),
    }
}

/// Returns `Pending`, since nothing takes units of a budget.
#[cfg(not(any(feature = "tokio", feature = "tokio-util")))]
#[inline(always)]
fn unless_spent<F: Future + ?Sized>(_: Pin<&mut F>, _: &mut Context<'_>) -> Poll<F::Output> {
    Poll::Pending
}

/// Returns whether the budget of this turn is used up.
#[cfg(any(feature = "async", feature = "tokio-util"))]
#[inline]
pub(crate) fn is_spent() -> bool {
    #[cfg(any(feature = "tokio", feature = "tokio-util"))]
    return !tokio::task::coop::has_budget_remaining();
    #[cfg(not(any(feature = "tokio", feature = "tokio-util")))]
    return false;
}

#[cfg(feature = "async")]
pin_project_lite::pin_project! {
    /// A future that is noticed on time.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct OnTime<F> {
        #[pin]
        future: F,
    }
}

#[cfg(feature = "async")]
impl<F> OnTime<F> {
    #[inline(always)]
    pub(crate) fn new(future: F) -> Self {
        OnTime { future }
    }
}

#[cfg(feature = "async")]
impl<F: Future> Future for OnTime<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        on_time(self.project().future, cx)
    }
}
