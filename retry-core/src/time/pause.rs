//! The pause of an async call between two attempts: it sleeps, or lets other tasks run once.
//!
//! One future serves both: a second `.await` in every annotated function would cost its user's build more
//! than the pause of the loop.

pub use self::form::{pause_or_yield, yield_now};

#[cfg(feature = "async")]
pub(crate) use self::form::Pause;

#[cfg(feature = "async")]
mod form {
    use core::future::{Future, Ready};
    use core::pin::Pin;
    use core::task::{Context, Poll};
    use core::time::Duration;

    use crate::time::coop::on_time;
    use crate::time::sleep::AsyncSleep;

    pin_project_lite::pin_project! {
        /// The future of [`pause_or_yield`].
        #[project = Projected]
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub enum Pause<S> {
            Sleeping { #[pin] sleep: S },
            Yielding,
            Over,
        }
    }

    /// Pauses by the result of `Decide::to_sleep`.
    #[inline(always)]
    pub fn pause_or_yield<T: AsyncSleep + ?Sized>(
        sleeper: &T,
        pause: Option<Duration>,
    ) -> Pause<T::Sleeping> {
        match pause {
            Some(pause) => Pause::Sleeping {
                sleep: sleeper.sleep(pause),
            },
            None => Pause::Yielding,
        }
    }

    /// Lets other tasks run once.
    pub fn yield_now() -> Pause<Ready<()>> {
        Pause::Yielding
    }

    impl<S> Pause<S> {
        /// Returns whether it sleeps, instead of letting other tasks run once.
        #[inline(always)]
        pub(crate) const fn sleeps(&self) -> bool {
            matches!(self, Pause::Sleeping { .. })
        }
    }

    impl<S: Future<Output = ()>> Future for Pause<S> {
        type Output = ();

        #[inline]
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            match self.as_mut().project() {
                Projected::Sleeping { sleep } => on_time(sleep, cx),
                Projected::Yielding => {
                    self.set(Pause::Over);
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Projected::Over => Poll::Ready(()),
            }
        }
    }
}

/// The same functions without `pin-project-lite`, in a larger future.
#[cfg(not(feature = "async"))]
mod form {
    use core::future::{Future, poll_fn};
    use core::mem::take;
    use core::task::Poll;
    use core::time::Duration;

    use crate::time::sleep::AsyncSleep;

    /// Pauses by the result of `Decide::to_sleep`.
    pub fn pause_or_yield<T: AsyncSleep + ?Sized>(
        sleeper: &T,
        pause: Option<Duration>,
    ) -> impl Future<Output = ()> + use<T> {
        let sleep = pause.map(|pause| sleeper.sleep(pause));
        async {
            match sleep {
                Some(sleep) => sleep.await,
                None => yield_now().await,
            }
        }
    }

    /// Lets other tasks run once.
    pub fn yield_now() -> impl Future<Output = ()> {
        let mut due = true;
        poll_fn(move |cx| {
            if !take(&mut due) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }
}

#[cfg(test)]
mod tests {
    use core::future::{Future, ready};
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};
    use core::time::Duration;

    use super::{pause_or_yield, yield_now};

    fn polls(pause: impl Future<Output = ()>) -> usize {
        let (mut pause, mut cx) = (pin!(pause), Context::from_waker(Waker::noop()));
        let pending = |_: &_| pause.as_mut().poll(&mut cx) == Poll::Pending;
        (1..9).take_while(pending).count() + 1
    }

    #[test]
    fn only_a_turn_of_the_runtime_takes_two_polls() {
        let sleeper = |_| ready(());
        assert_eq!(polls(pause_or_yield(&sleeper, Some(Duration::ZERO))), 1);
        assert_eq!(polls(pause_or_yield(&sleeper, None)), 2);
        assert_eq!(polls(yield_now()), 2);
    }
}
