//! Refusals of guards as responses.

use axum_core::response::{IntoResponse, Response};

use super::Problem;
use crate::breaker::CallError;
use crate::breaker::circuit_open::CircuitOpen;
use crate::bulkhead::BulkheadFull;
use crate::call::interrupt::Interrupt;
use crate::rate_limiter::RateLimited;

/// Makes a response of each type by its [`Problem`].
macro_rules! responses {
    ($($refusal:ty,)+) => {$(
        /// The response is that of the [`Problem`](crate::axum::Problem) which it becomes.
        #[diagnostic::do_not_recommend]
        impl IntoResponse for $refusal {
            fn into_response(self) -> Response {
                Problem::from(self).into_response()
            }
        }
    )+};
}

responses! { Interrupt, CircuitOpen, RateLimited, BulkheadFull, }

/// A refusal is a [`Problem`], and the error of a call that was made answers for itself.
#[diagnostic::do_not_recommend]
impl<E: IntoResponse> IntoResponse for CallError<E> {
    fn into_response(self) -> Response {
        match self {
            CallError::Rejected(refused) => refused.into_response(),
            CallError::Inner(error) => error.into_response(),
        }
    }
}
