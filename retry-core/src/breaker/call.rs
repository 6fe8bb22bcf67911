//! One call through a breaker.

use super::cached_clock::read;
use super::call_result::CallResult;
use super::circuit_breaker::CircuitBreaker;
use super::circuit_open::CircuitOpen;
use super::classified::ClassifiedBreaker;
use super::classify::Breaker;
use super::failure_kind::{ErrorOf, ValueOf};
use super::panics::during;
use super::permit::Permit;
use crate::call::interrupt::FromInterrupt;
use crate::call::outcome::{Health, Outcome, Verdict};

impl CircuitBreaker {
    /// Calls `body` if the breaker admits it; else makes the outcome of
    /// [`Interrupt::CircuitOpen`](crate::Interrupt::CircuitOpen).
    ///
    /// `Err` and `None` are failures, every other outcome is a success;
    /// [`by_error()`](CircuitBreaker::by_error) asks the error instead. A response with a 503 in an `Ok` is a
    /// success too, unless `or_http_error()` makes an error of it. For an error that cannot be made of an
    /// interrupt use [`try_call`](CircuitBreaker::try_call).
    ///
    /// A panic of `body` propagates, and counts as a failure, even if it is caught later.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::{fs, io};
    /// use persevere::CircuitBreaker;
    ///
    /// static DISK: CircuitBreaker = CircuitBreaker::new("disk");
    ///
    /// let text: io::Result<String> = DISK.call(|| fs::read_to_string("Cargo.toml"));
    /// assert!(text.is_ok());
    /// ```
    #[inline]
    pub fn call<O: Outcome + FromInterrupt>(&self, body: impl FnOnce() -> O) -> O {
        call(&self, body)
    }

    /// Awaits `future` if the breaker admits it, as [`call`](CircuitBreaker::call) does.
    ///
    /// The breaker is asked when the call is first polled. A call that is dropped counts as cancelled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
    ///
    /// assert_eq!(PAYMENTS.call_async(async { Some(1) }).await, Some(1));
    /// # });
    /// ```
    #[cfg(feature = "async")]
    #[inline]
    pub fn call_async<F>(&self, future: F) -> Calling<'_, &CircuitBreaker, F>
    where
        F: Future<Output: Outcome + FromInterrupt>,
    {
        Calling::new(self, self, future)
    }
}

impl<B, P> ClassifiedBreaker<B, P> {
    /// Calls `body` as [`CircuitBreaker::call`] does, by the rule of this view.
    #[inline]
    pub fn call<O>(&self, body: impl FnOnce() -> O) -> O
    where
        O: Outcome + FromInterrupt,
        Self: Breaker<O>,
    {
        call(self, body)
    }

    /// Awaits `future` as [`CircuitBreaker::call_async`] does, by the rule of this view.
    #[cfg(feature = "async")]
    #[inline]
    pub fn call_async<F>(&self, future: F) -> Calling<'_, &Self, F>
    where
        F: Future<Output: Outcome + FromInterrupt>,
        Self: Breaker<F::Output>,
    {
        Calling::new(self.circuit(), self, future)
    }
}

#[inline]
fn call<O, B>(breaker: &B, body: impl FnOnce() -> O) -> O
where
    O: Outcome + FromInterrupt,
    B: Breaker<O>,
{
    through(breaker, body).unwrap_or_else(refused)
}

/// Calls `body`, or returns the refusal.
#[inline]
pub(super) fn through<O, B>(breaker: &B, body: impl FnOnce() -> O) -> Result<O, CircuitOpen>
where
    O: Outcome,
    B: Breaker<O>,
{
    let circuit = breaker.circuit();
    let mut permit = match circuit.admit(read) {
        Ok(permit) => Some(permit),
        Err(refusal) => return Err(circuit.refuse(refusal)),
    };
    let outcome = during(&mut permit, body);
    if let Some(permit) = permit {
        record(permit, breaker, &outcome);
    }
    Ok(outcome)
}

/// Makes the outcome of a refused call.
fn refused<O: FromInterrupt>(refused: CircuitOpen) -> O {
    O::from_interrupt(refused.into())
}

/// Records the outcome of a call.
#[inline]
pub(super) fn record<O: Outcome, B: Breaker<O>>(permit: Permit<'_>, breaker: &B, outcome: &O) {
    let result = breaker.classify_health(outcome, health(outcome));
    let rest = match result {
        CallResult::Failure => breaker.hint(outcome, Verdict::Retry),
        CallResult::Success | CallResult::Ignored => None,
    };
    match result {
        CallResult::Failure if outcome.error().is_none() => {
            permit.record_asking::<ValueOf<O>>(result, rest);
        }
        _ => permit.record_asking::<ErrorOf<O>>(result, rest),
    }
}

#[inline]
fn health<O: Outcome>(outcome: &O) -> Health {
    match outcome.error() {
        Some(_) => Health::Failed,
        None => Health::Well,
    }
}

#[cfg(feature = "async")]
pub use self::asynchronous::Calling;

#[cfg(feature = "async")]
mod asynchronous {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll, ready};

    use pin_project_lite::pin_project;

    use super::{
        Breaker, CircuitBreaker, CircuitOpen, FromInterrupt, Outcome, during, record, refused,
    };
    use crate::breaker::permit::Permit;
    use crate::time::clock::read_async;

    pin_project! {
        /// The future of [`CircuitBreaker::call_async`].
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct Calling<'b, B, F> {
            circuit: &'b CircuitBreaker,
            breaker: B,
            #[pin]
            future: F,
            permit: Option<Permit<'b>>,
        }
    }

    impl<'b, B, F> Calling<'b, B, F> {
        #[inline]
        pub(in super::super) fn new(circuit: &'b CircuitBreaker, breaker: B, future: F) -> Self {
            Calling {
                circuit,
                breaker,
                future,
                permit: None,
            }
        }
    }

    impl<B, F> Calling<'_, B, F>
    where
        F: Future<Output: Outcome>,
        B: Breaker<F::Output>,
    {
        /// Polls for the outcome, or the refusal.
        #[inline]
        pub(in super::super) fn poll_through(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Result<F::Output, CircuitOpen>> {
            let this = self.project();
            if this.permit.is_none() {
                match this.circuit.admit(read_async) {
                    Ok(permit) => *this.permit = Some(permit),
                    Err(refusal) => return Poll::Ready(Err(this.circuit.refuse(refusal))),
                }
            }
            let outcome = ready!(during(this.permit, || this.future.poll(cx)));
            if let Some(permit) = this.permit.take() {
                record(permit, this.breaker, &outcome);
            }
            Poll::Ready(Ok(outcome))
        }
    }

    impl<B, F> Future for Calling<'_, B, F>
    where
        F: Future<Output: Outcome + FromInterrupt>,
        B: Breaker<F::Output>,
    {
        type Output = F::Output;

        #[inline]
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let called = self.poll_through(cx);
            called.map(|called| called.unwrap_or_else(refused))
        }
    }
}
