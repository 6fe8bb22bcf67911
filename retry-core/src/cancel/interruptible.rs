//! Futures that a cancellation may end early.

use alloc::boxed::Box;
use core::future::Future;
use core::mem::take;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::cancellation::{ASKED_EVERY, Cancellation, Cancelled};
use crate::time::coop::on_time;

/// A listener to a cancellation beside another future; in a box, since most calls have no token.
#[cfg_attr(not(feature = "std"), allow(unreachable_pub))]
pub struct Listener<'a, Z>(Option<Box<Listening<'a, Z>>>);

struct Listening<'a, Z> {
    cancellation: Cancellation<'a>,
    /// The pause until a cancellation is polled again that does not wake by itself.
    tick: Option<Pin<Box<Z>>>,
    /// Whether nothing was polled so far.
    fresh: bool,
}

impl<'a, Z: Future<Output = ()>> Listener<'a, Z> {
    /// Creates a listener to nothing.
    #[inline]
    pub(crate) const fn idle() -> Self {
        Listener(None)
    }

    #[inline]
    pub(crate) fn to(cancellation: Cancellation<'a>) -> Self {
        if cancellation.is_never() {
            return Listener(None);
        }
        Listener(Some(Box::new(Listening {
            cancellation,
            tick: None,
            fresh: true,
        })))
    }

    /// Polls an attempt.
    ///
    /// An attempt that is cancelled already does not begin. Later, an outcome that is ready is taken,
    /// cancelled or not. `sleep` makes the pause until the cancellation is polled again.
    #[inline]
    pub(crate) fn attempt<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Poll<Result<T, Cancelled>> {
        let begins = self
            .0
            .as_mut()
            .is_some_and(|listening| take(&mut listening.fresh));
        if begins && self.is_cancelled(cx) {
            return Poll::Ready(Err(Cancelled));
        }
        if let Poll::Ready(output) = poll(cx) {
            return Poll::Ready(Ok(output));
        }
        self.listen(cx, sleep, Cancellation::never).map(Err)
    }

    /// Returns whether it listens to nothing.
    #[inline]
    pub(crate) const fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    /// Polls the cancellation beside a future that is pending; one that is idle listens to the `signal` from now on.
    #[inline]
    pub(crate) fn listen(
        &mut self,
        cx: &mut Context<'_>,
        sleep: impl FnOnce(Duration) -> Z,
        signal: impl FnOnce() -> Cancellation<'a>,
    ) -> Poll<Cancelled> {
        if self.is_idle() {
            *self = Listener::to(signal());
        }
        if self.is_cancelled(cx) {
            return Poll::Ready(Cancelled);
        }
        self.ask_again(cx, sleep);
        Poll::Pending
    }

    /// Polls a pause, which counts as cancelled even if it is over.
    #[inline]
    pub(crate) fn pause<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Poll<Result<T, Cancelled>> {
        if self.is_cancelled(cx) {
            return Poll::Ready(Err(Cancelled));
        }
        if let Poll::Ready(output) = poll(cx) {
            return Poll::Ready(Ok(output));
        }
        self.ask_again(cx, sleep);
        Poll::Pending
    }

    /// Returns whether the cancellation has happened.
    #[inline]
    pub(crate) fn is_cancelled(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.0 {
            Some(listening) => listening.cancellation.poll(cx).is_ready(),
            None => false,
        }
    }

    #[inline]
    fn ask_again(&mut self, cx: &mut Context<'_>, sleep: impl FnOnce(Duration) -> Z) {
        if let Some(listening) = self
            .0
            .as_mut()
            .filter(|listening| listening.cancellation.is_polled())
        {
            let tick = listening
                .tick
                .get_or_insert_with(|| Box::pin(sleep(ASKED_EVERY)));
            if on_time(tick.as_mut(), cx).is_ready() {
                listening.tick = None;
                cx.waker().wake_by_ref();
            }
        }
    }
}

pin_project! {
    /// A future that a cancellation may end early.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Interruptible<'a, F, Z> {
        #[pin]
        future: F,
        listener: Listener<'a, Z>,
        // Whether a future that is ready counts as cancelled if it was cancelled meanwhile.
        strict: bool,
    }
}

impl<'a, F: Future, Z: Future<Output = ()>> Interruptible<'a, F, Z> {
    /// Wraps an attempt.
    ///
    /// It does not begin if it is cancelled already. Later, an outcome that is ready is taken, cancelled or
    /// not.
    #[inline]
    pub fn attempt(future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible {
            future,
            listener: Listener::to(cancellation),
            strict: false,
        }
    }

    /// Wraps a future that a call awaits beside its attempts: it is polled once, cancelled or not.
    #[inline]
    pub fn aside(future: F, cancellation: Cancellation<'a>) -> Self {
        let mut aside = Interruptible::attempt(future, cancellation);
        if let Some(listening) = &mut aside.listener.0 {
            listening.fresh = false;
        }
        aside
    }

    /// Wraps a pause, which counts as cancelled even if it is over.
    #[inline]
    pub fn pause(future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible {
            strict: true,
            ..Interruptible::attempt(future, cancellation)
        }
    }

    /// Adds the sleeper of the pauses between two polls of the cancellation.
    #[inline]
    pub fn ticking<T: FnMut(Duration) -> Z>(self, sleep: T) -> Ticking<'a, F, Z, T> {
        Ticking {
            interruptible: self,
            sleep,
        }
    }
}

pin_project! {
    /// The future of [`Interruptible::ticking`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Ticking<'a, F, Z, T> {
        #[pin]
        interruptible: Interruptible<'a, F, Z>,
        sleep: T,
    }
}

impl<F, Z, T> Future for Ticking<'_, F, Z, T>
where
    F: Future,
    Z: Future<Output = ()>,
    T: FnMut(Duration) -> Z,
{
    type Output = Result<F::Output, Cancelled>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (inner, sleep) = (this.interruptible.project(), this.sleep);
        let poll = |cx: &mut Context<'_>| inner.future.poll(cx);
        if *inner.strict {
            inner.listener.pause(cx, poll, sleep)
        } else {
            inner.listener.attempt(cx, poll, sleep)
        }
    }
}
