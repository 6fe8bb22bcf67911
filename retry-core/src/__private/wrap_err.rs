//! The outcome of a function under `wrap_err`, and of its body.

use alloc::boxed::Box;
use core::time::Duration;

use super::OutcomeType;
use super::probe::{Probe, Slot};
use crate::call::error::{RetryError, StopReason};

/// The attempts of a call that is over, the time that it took, and the reason for its end.
pub(super) type Ended = (u32, Duration, Option<StopReason>);

/// A return type under `wrap_err`: `Result<T, RetryError<E>>`, whose body returns `Result<T, E>`.
#[diagnostic::on_unimplemented(
    message = "with `wrap_err = true` the function returns `Result<T, RetryError<E>>`, not `{Self}`",
    label = "expected `Result<T, persevere::RetryError<E>>`",
    note = "the body goes on giving `Result<T, E>`"
)]
pub trait Wrapped {
    /// The body's outcome.
    type Body;

    /// Wraps the body's outcome.
    fn wrap(outcome: Self::Body, ended: Ended) -> Self;

    /// Wraps the last outcome of a call that gave up. A value leaves its text, and a dropped one nothing.
    fn give_up(value: Option<Box<str>>, outcome: Option<Self::Body>, ended: Ended) -> Self;
}

fn error<E>(last: Option<E>, (attempts, elapsed, reason): Ended) -> RetryError<E> {
    RetryError::new(
        last,
        attempts,
        elapsed,
        reason.unwrap_or(StopReason::GivenUp),
    )
}

#[diagnostic::do_not_recommend]
impl<T, E> Wrapped for Result<T, RetryError<E>> {
    type Body = Result<T, E>;

    fn wrap(outcome: Result<T, E>, ended: Ended) -> Self {
        outcome.map_err(|last| error(Some(last), ended))
    }

    fn give_up(value: Option<Box<str>>, outcome: Option<Result<T, E>>, ended: Ended) -> Self {
        Err(error(outcome.and_then(Result::err), ended).with_last_value(value))
    }
}

/// Whether a return type wraps. One that does not is an error already.
pub struct Wraps;

/// Wraps outcomes for a function that returns `R`.
#[inline(always)]
pub const fn wrapping<R>() -> Probe<Wraps, Slot<OutcomeType<R>>> {
    Probe::new(Slot::new(OutcomeType::new()))
}

impl<R: Wrapped> Probe<Wraps, Slot<OutcomeType<R>>> {
    pub fn wrap(&self, outcome: R::Body, ended: Ended) -> R {
        R::wrap(outcome, ended)
    }

    pub fn give_up(&self, value: Option<Box<str>>, outcome: Option<R::Body>, ended: Ended) -> R {
        R::give_up(value, outcome, ended)
    }
}

impl<R> Slot<OutcomeType<R>> {
    pub fn wrap<T>(&self, _: T, _: Ended) -> R {
        unreachable!("does not compile")
    }

    pub fn give_up<T>(&self, _: Option<Box<str>>, _: Option<T>, _: Ended) -> R {
        unreachable!("does not compile")
    }
}
