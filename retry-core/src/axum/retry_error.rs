//! The error of a retried call as a response.

use ::http::StatusCode;
use ::http::header::RETRY_AFTER;
use axum_core::response::{IntoResponse, Response};

use super::Problem;
use crate::call::error::{RetryError, StopReason};
use crate::call::interrupt::Interrupt;

/// A call that ended on a value which it would have retried, such as a poll of a job that is not done.
const NOT_READY: Problem = Problem::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "not_ready",
    "the result is not there yet",
    None,
);

/// The response of the last error, unless a guard ended the call: see the
/// [table](crate::axum#retryerror).
#[diagnostic::do_not_recommend]
impl<E: IntoResponse> IntoResponse for RetryError<E> {
    fn into_response(self) -> Response {
        let ended_by = interrupt_of(self.reason());
        let last = self.into_last().map(E::into_response);
        let Some(interrupt) = ended_by else {
            return last.unwrap_or_else(|| NOT_READY.into_response());
        };
        let mut response = Problem::from(interrupt).into_response();
        if interrupt != Interrupt::Deadline {
            let pause = last.and_then(|mut last| last.headers_mut().remove(RETRY_AFTER));
            let headers = response.headers_mut();
            pause.map(|pause| headers.insert(RETRY_AFTER, pause));
        }
        response
    }
}

/// Returns the interrupt by which a guard ends a call; `None` if the outcome, or the caller's own stop, ended it.
const fn interrupt_of(reason: StopReason) -> Option<Interrupt> {
    let retry_after = None;
    match reason {
        StopReason::Deadline => Some(Interrupt::Deadline),
        StopReason::Budget => Some(Interrupt::Budget),
        StopReason::CircuitOpen => Some(Interrupt::CircuitOpen { retry_after }),
        StopReason::Cancelled => Some(Interrupt::Cancelled),
        StopReason::RateLimited => Some(Interrupt::RateLimited { retry_after }),
        StopReason::BulkheadFull => Some(Interrupt::BulkheadFull),
        StopReason::Final
        | StopReason::Attempts
        | StopReason::Elapsed
        | StopReason::Hint
        | StopReason::GivenUp => None,
    }
}
