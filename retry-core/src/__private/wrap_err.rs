//! The outcome of a function under `wrap_err`, and of its body.

use core::marker::PhantomData;
use core::time::Duration;

use super::probe::Probe;
use crate::call::error::{RetryError, StopReason};

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
    fn wrap(
        outcome: Self::Body,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> Self;

    /// Wraps the last outcome of a call that gave up. A value, or a dropped one, leaves no error.
    fn give_up(
        outcome: Option<Self::Body>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Wrapped for Result<T, RetryError<E>> {
    type Body = Result<T, E>;

    #[inline]
    fn wrap(
        outcome: Result<T, E>,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> Self {
        let reason = reason.unwrap_or(StopReason::GivenUp);
        outcome.map_err(|last| RetryError::new(Some(last), attempts, elapsed, reason))
    }

    #[inline]
    fn give_up(
        outcome: Option<Result<T, E>>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> Self {
        let last = outcome.and_then(Result::err);
        Err(RetryError::new(last, attempts, elapsed, reason))
    }
}

/// Whether a return type wraps.
pub struct Wraps;

/// A return type that does not wrap, which is an error already.
pub struct Unwrapped<R>(PhantomData<fn() -> R>);

/// Wraps outcomes for a function that returns `R`.
#[inline(always)]
pub const fn wrapping<R>() -> Probe<Wraps, Unwrapped<R>> {
    Probe::new(Unwrapped(PhantomData))
}

impl<R: Wrapped> Probe<Wraps, Unwrapped<R>> {
    #[inline(always)]
    pub fn wrap(
        &self,
        outcome: R::Body,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> R {
        R::wrap(outcome, attempts, elapsed, reason)
    }

    #[inline(always)]
    pub fn give_up(
        &self,
        outcome: Option<R::Body>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> R {
        R::give_up(outcome, attempts, elapsed, reason)
    }
}

impl<R> Unwrapped<R> {
    pub fn wrap<T>(&self, _: T, _: u32, _: Duration, _: Option<StopReason>) -> R {
        unreachable!("does not compile")
    }

    pub fn give_up<T>(&self, _: Option<T>, _: u32, _: Duration, _: StopReason) -> R {
        unreachable!("does not compile")
    }
}
