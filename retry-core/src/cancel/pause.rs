//! Waits that a cancellation ends.

use core::time::Duration;

/// It was cancelled before it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// How often a cancellation is asked that does not wake by itself.
const ASKED_EVERY: Duration = Duration::from_millis(50);

#[cfg(feature = "std")]
pub use self::blocking::sleep_blocking;
#[cfg(feature = "std")]
pub(crate) use self::blocking::{Woken, sleep_until};

#[cfg(feature = "std")]
mod blocking {
    use super::ASKED_EVERY;
    use crate::cancel::Cancellation;
    use crate::test_hooks;
    use crate::time::clock::Instant;
    use crate::time::sleep::Sleep;
    use alloc::sync::Arc;
    use alloc::task::Wake;
    use core::task::{Context, Poll, Waker};
    use core::time::Duration;
    use std::sync::{Condvar, Mutex, PoisonError};

    /// Blocks the thread for a pause, or until it is cancelled: then `true`.
    ///
    /// Without a cancellation the sleeper sleeps, and nothing else happens. With one, a sleeper of
    /// the user's own sleeps in slices; in place of the thread's, it is waited for a wake-up.
    pub fn sleep_blocking<S: Sleep + ?Sized>(
        cancellation: Cancellation<'_>,
        pause: Duration,
        sleeper: &S,
    ) -> bool {
        sleep_until(cancellation, None, pause, sleeper)
    }

    /// The early end of a pause, though nothing is cancelled.
    pub(crate) type Woken<'a> = &'a mut dyn FnMut(&mut Context<'_>) -> Poll<()>;

    /// As [`sleep_blocking`]; where the thread itself sleeps, something else may end the pause too.
    pub(crate) fn sleep_until<S: Sleep + ?Sized>(
        mut cancellation: Cancellation<'_>,
        woken: Option<Woken<'_>>,
        pause: Duration,
        sleeper: &S,
    ) -> bool {
        let listens = !cancellation.is_never() || woken.is_some();
        if listens && sleeper.is_the_threads() {
            interruptible_sleep(&mut cancellation, woken, pause)
        } else if cancellation.is_never() {
            sleeper.sleep(pause);
            false
        } else {
            sleep_in_slices(&mut cancellation, pause, sleeper)
        }
    }

    fn interruptible_sleep(
        cancellation: &mut Cancellation<'_>,
        mut woken: Option<Woken<'_>>,
        pause: Duration,
    ) -> bool {
        if pause.is_zero() {
            let mut cx = Context::from_waker(Waker::noop());
            return cancellation.poll(&mut cx).is_ready();
        }
        let notify = Arc::new(Notify::default());
        let waker = Waker::from(Arc::clone(&notify));
        let mut cx = Context::from_waker(&waker);
        let start = Instant::now();
        loop {
            if cancellation.poll(&mut cx).is_ready() {
                return true;
            }
            let wakes = woken
                .as_mut()
                .is_some_and(|woken| woken(&mut cx).is_ready());
            if wakes || test_hooks::slept(pause) {
                return false;
            }
            let left = pause.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            notify.wait(if cancellation.is_polled() {
                left.min(ASKED_EVERY)
            } else {
                left
            });
        }
    }

    fn sleep_in_slices<S: Sleep + ?Sized>(
        cancellation: &mut Cancellation<'_>,
        mut left: Duration,
        sleeper: &S,
    ) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if cancellation.poll(&mut cx).is_ready() {
                return true;
            }
            if left.is_zero() {
                return false;
            }
            let slice = left.min(ASKED_EVERY);
            sleeper.sleep(slice);
            left -= slice;
        }
    }

    /// Wakes the one thread that waits. `unpark` could be meant for the caller's own `park`.
    #[derive(Default)]
    struct Notify {
        notified: Mutex<bool>,
        changed: Condvar,
    }

    impl Notify {
        fn wait(&self, longest: Duration) {
            let notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut notified, _) = self
                .changed
                .wait_timeout_while(notified, longest, |notified| !*notified)
                .unwrap_or_else(PoisonError::into_inner);
            *notified = false;
        }
    }

    impl Wake for Notify {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            *self.notified.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.changed.notify_one();
        }
    }
}

#[cfg(feature = "async")]
pub use self::asynchronous::{Interruptible, Listener, Ticking};

#[cfg(feature = "async")]
mod asynchronous {
    use alloc::boxed::Box;
    use core::future::Future;
    use core::mem::take;
    use core::pin::Pin;
    use core::task::{Context, Poll};
    use core::time::Duration;

    use pin_project_lite::pin_project;

    use super::{ASKED_EVERY, Cancelled};
    use crate::cancel::Cancellation;
    use crate::time::coop::on_time;

    /// What is listened to while something else goes on: in a box, since most calls have no token.
    pub struct Listener<'a, Z>(Option<Box<Heard<'a, Z>>>);

    struct Heard<'a, Z> {
        cancellation: Cancellation<'a>,
        /// Until a cancellation that does not wake by itself is asked again.
        tick: Option<Pin<Box<Z>>>,
        /// Nothing was polled yet.
        fresh: bool,
    }

    impl<'a, Z: Future<Output = ()>> Listener<'a, Z> {
        #[inline]
        pub(crate) fn to(cancellation: Cancellation<'a>) -> Self {
            if cancellation.is_never() {
                return Listener(None);
            }
            Listener(Some(Box::new(Heard {
                cancellation,
                tick: None,
                fresh: true,
            })))
        }

        /// Whether nothing cancels.
        #[inline]
        pub(crate) const fn is_idle(&self) -> bool {
            self.0.is_none()
        }

        /// Polls an attempt: what is cancelled already does not begin; later, an outcome that is
        /// there is taken, cancelled or not. `sleep` makes the pause until the cancellation is asked
        /// again.
        #[inline]
        pub(crate) fn attempt<T>(
            &mut self,
            cx: &mut Context<'_>,
            poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
            sleep: impl FnOnce(Duration) -> Z,
        ) -> Poll<Result<T, Cancelled>> {
            let begins = self.0.as_mut().is_some_and(|heard| take(&mut heard.fresh));
            if begins && self.hears(cx) {
                return Poll::Ready(Err(Cancelled));
            }
            if let Poll::Ready(output) = poll(cx) {
                return Poll::Ready(Ok(output));
            }
            if self.hears(cx) {
                return Poll::Ready(Err(Cancelled));
            }
            self.ask_again(cx, sleep);
            Poll::Pending
        }

        /// Polls a pause: one that is over is cancelled all the same.
        #[inline]
        pub(crate) fn pause<T>(
            &mut self,
            cx: &mut Context<'_>,
            poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
            sleep: impl FnOnce(Duration) -> Z,
        ) -> Poll<Result<T, Cancelled>> {
            if self.hears(cx) {
                return Poll::Ready(Err(Cancelled));
            }
            if let Poll::Ready(output) = poll(cx) {
                return Poll::Ready(Ok(output));
            }
            self.ask_again(cx, sleep);
            Poll::Pending
        }

        #[inline]
        fn hears(&mut self, cx: &mut Context<'_>) -> bool {
            match &mut self.0 {
                Some(heard) => heard.cancellation.poll(cx).is_ready(),
                None => false,
            }
        }

        #[inline]
        fn ask_again(&mut self, cx: &mut Context<'_>, sleep: impl FnOnce(Duration) -> Z) {
            if let Some(heard) = self
                .0
                .as_mut()
                .filter(|heard| heard.cancellation.is_polled())
            {
                let tick = heard
                    .tick
                    .get_or_insert_with(|| Box::pin(sleep(ASKED_EVERY)));
                if on_time(tick.as_mut(), cx).is_ready() {
                    heard.tick = None;
                    cx.waker().wake_by_ref();
                }
            }
        }
    }

    pin_project! {
        /// A future that a cancellation may end first.
        #[must_use = "futures do nothing unless awaited"]
        pub struct Interruptible<'a, F, Z> {
            #[pin]
            future: F,
            listener: Listener<'a, Z>,
            strict: bool,
        }
    }

    impl<'a, F: Future, Z: Future<Output = ()>> Interruptible<'a, F, Z> {
        /// An attempt: it does not begin where it is cancelled already; an outcome that is there later
        /// is taken, cancelled or not.
        #[inline]
        pub fn attempt(future: F, cancellation: Cancellation<'a>) -> Self {
            Interruptible {
                future,
                listener: Listener::to(cancellation),
                strict: false,
            }
        }

        /// A future that a call awaits beside its attempts: it is polled once, cancelled or not.
        #[inline]
        pub fn aside(future: F, cancellation: Cancellation<'a>) -> Self {
            let mut aside = Interruptible::attempt(future, cancellation);
            if let Some(heard) = &mut aside.listener.0 {
                heard.fresh = false;
            }
            aside
        }

        /// A pause: one that is over is cancelled all the same.
        #[inline]
        pub fn pause(future: F, cancellation: Cancellation<'a>) -> Self {
            Interruptible {
                strict: true,
                ..Interruptible::attempt(future, cancellation)
            }
        }

        /// With what it pauses until it asks again.
        #[inline]
        pub fn ticking<T: FnMut(Duration) -> Z>(self, sleep: T) -> Ticking<'a, F, Z, T> {
            Ticking {
                interruptible: self,
                sleep,
            }
        }
    }

    pin_project! {
        /// The same with what makes its ticks.
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
            match *inner.strict {
                true => inner.listener.pause(cx, poll, sleep),
                false => inner.listener.attempt(cx, poll, sleep),
            }
        }
    }
}
