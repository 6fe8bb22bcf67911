//! Failures of a service behind this one, as responses of this one.

use ::http::StatusCode;
use axum_core::response::{IntoResponse, Response};

use super::Problem;
use crate::http::HttpError;
use crate::transient::Transient;

/// The problem of a gateway: 503 where the service behind is too busy, 504 where it is too late, and 502 otherwise.
///
/// A pause that its response asks for is passed on. Its status, its URL and its body are not: they are addressed to
/// this program, and not to the caller.
impl From<&HttpError> for Problem {
    fn from(error: &HttpError) -> Self {
        if let HttpError::Interrupted(interrupt) = error {
            return (*interrupt).into();
        }
        let pause = error.verdict().hint();
        let (status, detail) = match error.status() {
            _ if pause.is_some() => (StatusCode::SERVICE_UNAVAILABLE, BUSY),
            Some(StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                (StatusCode::SERVICE_UNAVAILABLE, BUSY)
            }
            Some(StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT) => {
                (StatusCode::GATEWAY_TIMEOUT, LATE)
            }
            Some(_) => (StatusCode::BAD_GATEWAY, FAILED),
            None => (StatusCode::BAD_GATEWAY, SILENT),
        };
        Problem::new(status, "upstream", detail, pause)
    }
}

const BUSY: &str = "a service behind this one is busy";
const LATE: &str = "a service behind this one took too long";
const FAILED: &str = "a service behind this one failed";
const SILENT: &str = "a service behind this one did not answer";

/// The response is that of the [`Problem`](crate::axum::Problem) which it becomes.
#[diagnostic::do_not_recommend]
impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        Problem::from(&self).into_response()
    }
}
