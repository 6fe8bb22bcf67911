//! Concurrent futures without the help of a runtime.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

/// A boxed future, to keep several of them in a list.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Awaits all futures. Each is dropped as soon as it is ready, and so is its output.
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

/// Catches a panic while the future is polled. The future is dropped afterwards.
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

/// Runs a future to its end on this thread. Nothing in it waits.
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
