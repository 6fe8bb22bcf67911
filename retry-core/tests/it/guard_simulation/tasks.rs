//! Futures beside each other, without a runtime's help.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

/// A future that is one of many.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Awaits them all; each is dropped as soon as it is ready, and its output too.
pub(crate) async fn join<T>(futures: Vec<Boxed<'_, T>>) {
    let mut futures: Vec<_> = futures.into_iter().map(Some).collect();
    poll_fn(|cx| {
        for slot in &mut futures {
            if slot
                .as_mut()
                .is_some_and(|it| it.as_mut().poll(cx).is_ready())
            {
                *slot = None;
            }
        }
        match futures.iter().all(Option::is_none) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await
}

/// A panic that the hook does not print.
#[derive(Debug)]
pub(crate) struct Boom;

pub(crate) fn boom() -> ! {
    resume_unwind(Box::new(Boom))
}

/// What it panicked with is caught while it is polled, and it is dropped afterwards.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Boom> {
    let mut future = pin!(future);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => match payload.downcast::<Boom>() {
                Ok(_) => Poll::Ready(Err(Boom)),
                Err(other) => resume_unwind(other),
            },
        },
    )
    .await
}

/// Runs it to its end on this thread; nothing in it waits.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = std::task::Waker::noop();
    match future
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker))
    {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
