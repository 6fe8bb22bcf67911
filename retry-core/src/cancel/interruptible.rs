//! Futures that a cancellation may end early.

use alloc::boxed::Box;
use core::future::Future;
use core::mem::take;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::cancellation::{ASKED_EVERY, Cancellation, Cancelled};
#[cfg(feature = "std")]
use super::token::WhenCancelled;
use crate::time::coop::on_time;

/// A listener to a cancellation beside another future.
///
/// It is two words, since most calls have no token: a [`CancelToken`](crate::CancelToken) is in place, and any
/// other cancellation in a box.
pub(crate) enum Listener<'a, Z> {
    Idle,
    #[cfg(feature = "std")]
    Token(WhenCancelled<'a>),
    Other(Box<Listening<'a, Z>>),
}

pub(crate) struct Listening<'a, Z> {
    cancellation: Cancellation<'a>,
    /// The pause until a cancellation is polled again that does not wake by itself.
    tick: Option<Pin<Box<Z>>>,
    /// Whether nothing was polled so far.
    fresh: bool,
}

impl<'a, Z: Future<Output = ()>> Listener<'a, Z> {
    #[inline]
    pub(crate) fn to(cancellation: Cancellation<'a>) -> Self {
        if cancellation.is_never() {
            return Listener::Idle;
        }
        #[cfg(feature = "std")]
        let cancellation = match cancellation.into_token() {
            Ok(token) => return Listener::Token(token),
            Err(other) => other,
        };
        Listener::Other(Box::new(Listening {
            cancellation,
            tick: None,
            fresh: true,
        }))
    }

    /// Returns whether it listens to nothing.
    #[inline]
    pub(crate) const fn is_idle(&self) -> bool {
        matches!(self, Listener::Idle)
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
        if self.is_fresh() && self.has_come(cx) {
            return Poll::Ready(Err(Cancelled));
        }
        self.aside(cx, poll, sleep)
    }

    /// Polls a future that begins, cancelled or not, and whose outcome is taken if it is ready.
    #[inline]
    pub(crate) fn aside<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Poll<Result<T, Cancelled>> {
        match poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.wait(cx, sleep),
        }
    }

    /// Polls a pause, which counts as cancelled even if it is over.
    #[inline]
    pub(crate) fn pause<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Poll<Result<T, Cancelled>> {
        if self.has_come(cx) {
            return Poll::Ready(Err(Cancelled));
        }
        self.aside(cx, poll, sleep)
    }

    /// Returns whether nothing was polled so far.
    #[inline]
    fn is_fresh(&mut self) -> bool {
        match self {
            Listener::Idle => false,
            #[cfg(feature = "std")]
            Listener::Token(token) => !token.waits(),
            Listener::Other(listening) => take(&mut listening.fresh),
        }
    }

    #[inline]
    fn has_come(&mut self, cx: &mut Context<'_>) -> bool {
        match self {
            Listener::Idle => false,
            #[cfg(feature = "std")]
            Listener::Token(token) => token.is_cancelled(),
            Listener::Other(listening) => listening.cancellation.has_come(cx),
        }
    }

    /// Waits for the cancellation, beside a future that is pending: only now is the waker kept.
    #[inline]
    fn wait<T>(
        &mut self,
        cx: &mut Context<'_>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Poll<Result<T, Cancelled>> {
        let come = match self {
            Listener::Idle => return Poll::Pending,
            #[cfg(feature = "std")]
            Listener::Token(token) => Pin::new(token).poll(cx),
            Listener::Other(listening) => listening.poll(cx, sleep),
        };
        come.map(|()| Err(Cancelled))
    }
}

impl<Z: Future<Output = ()>> Listening<'_, Z> {
    fn poll(&mut self, cx: &mut Context<'_>, sleep: impl FnOnce(Duration) -> Z) -> Poll<()> {
        if self.cancellation.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.cancellation.is_polled() {
            let tick = self
                .tick
                .get_or_insert_with(|| Box::pin(sleep(ASKED_EVERY)));
            if on_time(tick.as_mut(), cx).is_ready() {
                self.tick = None;
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

pin_project! {
    /// A future that a cancellation may end early.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Interruptible<'a, F, Z> {
        #[pin]
        future: F,
        listener: Listener<'a, Z>,
        kind: Kind,
    }
}

/// The work beside which a cancellation is awaited.
#[derive(Clone, Copy)]
enum Kind {
    Attempt,
    Aside,
    Pause,
}

impl<'a, F: Future, Z: Future<Output = ()>> Interruptible<'a, F, Z> {
    /// Wraps an attempt.
    ///
    /// It does not begin if it is cancelled already. Later, an outcome that is ready is taken, cancelled or
    /// not.
    #[inline]
    pub fn attempt(future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible::new(Kind::Attempt, future, cancellation)
    }

    /// Wraps a future that a call awaits beside its attempts: it is polled once, cancelled or not.
    #[inline]
    pub fn aside(future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible::new(Kind::Aside, future, cancellation)
    }

    /// Wraps a pause, which counts as cancelled even if it is over.
    #[inline]
    pub fn pause(future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible::new(Kind::Pause, future, cancellation)
    }

    #[inline]
    fn new(kind: Kind, future: F, cancellation: Cancellation<'a>) -> Self {
        Interruptible {
            future,
            listener: Listener::to(cancellation),
            kind,
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
        match inner.kind {
            Kind::Attempt => inner.listener.attempt(cx, poll, sleep),
            Kind::Aside => inner.listener.aside(cx, poll, sleep),
            Kind::Pause => inner.listener.pause(cx, poll, sleep),
        }
    }
}

#[cfg(all(test, feature = "std", target_pointer_width = "64"))]
mod tests {
    use core::future::Ready;
    use core::mem::size_of;

    use super::Listener;

    #[test]
    fn a_listener_is_two_words() {
        assert_eq!(size_of::<Listener<'_, Ready<()>>>(), 2 * size_of::<usize>());
    }
}
