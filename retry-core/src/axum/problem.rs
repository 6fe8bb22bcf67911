//! The response to a call that ended without an answer of the service behind.

use core::error::Error;
use core::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use ::http::{Response as HttpResponse, StatusCode};
use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};

use crate::breaker::circuit_open::CircuitOpen;
use crate::bulkhead::BulkheadFull;
use crate::call::interrupt::Interrupt;
use crate::call::random::RandomSource;
use crate::http::HttpError;
use crate::rate_limiter::RateLimited;
use crate::transient::causes::{as_type, chain};

/// A response to a call that a guard ended, or whose service failed: status, `Retry-After` and a body by
/// [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
///
/// It has no text of an error and no name of a guard, so that any caller may see it. The
/// [table](crate::axum#refusals-as-responses) has the statuses.
///
/// An error of an application is a response by the problem inside it, and otherwise by its own rule:
///
/// ```
/// # use axum_core as axum;
/// # use persevere_core as persevere;
/// use axum::response::{IntoResponse, Response};
/// use http::StatusCode;
/// use persevere::Interrupt;
/// use persevere::axum::Problem;
/// use std::error::Error;
///
/// struct AppError(Box<dyn Error + Send + Sync>);
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         match Problem::find(&*self.0) {
///             Some(problem) => problem.into_response(),
///             None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
///         }
///     }
/// }
///
/// let late = std::io::Error::from(Interrupt::Deadline);
/// assert_eq!(AppError(late.into()).into_response().status(), 504);
/// assert_eq!(AppError("no such item".into()).into_response().status(), 500);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    reason: &'static str,
    detail: &'static str,
    retry_after: Option<Duration>,
}

impl Problem {
    /// Finds the outermost refusal of a guard, or failure over HTTP, in an error and its causes.
    ///
    /// It looks for an [`Interrupt`], a [`CircuitOpen`], a [`RateLimited`], a [`BulkheadFull`] and an [`HttpError`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::axum::Problem;
    /// use persevere::{Bulkhead, Interrupt};
    /// use std::io;
    ///
    /// let cut = io::Error::from(Interrupt::AttemptTimeout);
    /// assert_eq!(Problem::find(&cut).unwrap().status(), 504);
    /// assert_eq!(Problem::find(&io::Error::other("no disk")), None);
    /// ```
    pub fn find(error: &(dyn Error + 'static)) -> Option<Problem> {
        chain(error).find_map(Problem::of)
    }

    fn of(error: &(dyn Error + 'static)) -> Option<Problem> {
        let interrupt = || as_type(error).map(|&interrupt: &Interrupt| interrupt.into());
        let breaker = || as_type(error).map(|&refused: &CircuitOpen| refused.into());
        let limiter = || as_type(error).map(|&refused: &RateLimited| refused.into());
        let bulkhead = || as_type(error).map(|&refused: &BulkheadFull| refused.into());
        let http = || as_type(error).map(|error: &HttpError| error.into());
        interrupt()
            .or_else(breaker)
            .or_else(limiter)
            .or_else(bulkhead)
            .or_else(http)
    }

    pub(super) const fn new(
        status: StatusCode,
        reason: &'static str,
        detail: &'static str,
        retry_after: Option<Duration>,
    ) -> Self {
        Problem {
            status,
            reason,
            detail,
            retry_after,
        }
    }

    /// Replaces the status.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::StatusCode;
    /// use persevere::RateLimiter;
    /// use persevere::axum::Problem;
    /// use persevere::rate_limiter::MINUTE;
    ///
    /// // A limiter for each caller, as one of a `Registry`, is the caller's own.
    /// let limiter = RateLimiter::new("caller").rate(1, MINUTE);
    /// assert!(limiter.try_acquire().is_ok());
    /// let refused = limiter.try_acquire().unwrap_err();
    /// let problem = Problem::from(refused).with_status(StatusCode::TOO_MANY_REQUESTS);
    /// assert_eq!(problem.status(), 429);
    /// ```
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Returns the status of the response.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the member `reason` of the body: a [label](crate::StopReason::label), `attempt_timeout`,
    /// `stream_ended`, or `upstream` for a failure over HTTP.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// Returns the time until another request is worthwhile, before it is rounded and spread.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    fn body(&self) -> String {
        let title = self.status.canonical_reason().unwrap_or_default();
        let (status, detail, reason) = (self.status.as_u16(), self.detail, self.reason);
        format!(
            r#"{{"title":"{title}","status":{status},"detail":"{detail}","reason":"{reason}"}}"#
        )
    }
}

impl From<Interrupt> for Problem {
    fn from(interrupt: Interrupt) -> Self {
        let status = match interrupt {
            Interrupt::AttemptTimeout | Interrupt::Deadline => StatusCode::GATEWAY_TIMEOUT,
            Interrupt::StreamEnded => StatusCode::BAD_GATEWAY,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let reason = match (interrupt, interrupt.reason()) {
            (_, Some(reason)) => reason.label(),
            (Interrupt::StreamEnded, None) => "stream_ended",
            (_, None) => "attempt_timeout",
        };
        let retry_after = match interrupt {
            Interrupt::CircuitOpen { retry_after } | Interrupt::RateLimited { retry_after } => {
                retry_after
            }
            _ => None,
        };
        Problem::new(status, reason, interrupt.text(), retry_after)
    }
}

impl From<CircuitOpen> for Problem {
    fn from(refused: CircuitOpen) -> Self {
        Interrupt::from(refused).into()
    }
}

impl From<RateLimited> for Problem {
    fn from(refused: RateLimited) -> Self {
        Interrupt::from(refused).into()
    }
}

impl From<BulkheadFull> for Problem {
    fn from(refused: BulkheadFull) -> Self {
        Interrupt::from(refused).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = HttpResponse::new(Body::from(self.body()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(CONTENT_TYPE, json);
        if let Some(left) = self.retry_after {
            let after = spread_seconds(left, RandomSource::Thread);
            headers.insert(RETRY_AFTER, HeaderValue::from(after));
        }
        response
    }
}

/// Rounds a time up to whole seconds, at least one, and spreads it over a quarter more, at least one second.
fn spread_seconds(left: Duration, random: RandomSource) -> u64 {
    let part = u64::from(left.subsec_nanos() > 0);
    let whole = left.as_secs().saturating_add(part).max(1);
    random.uniform(whole, whole.saturating_add((whole / 4).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_up_and_spread_over_a_quarter_more() {
        let table = [
            (Duration::ZERO, 1, 2),
            (Duration::from_millis(1), 1, 2),
            (Duration::from_secs(1), 1, 2),
            (Duration::from_millis(1001), 2, 3),
            (Duration::from_millis(29_500), 30, 37),
            (Duration::from_secs(3600), 3600, 4500),
            (Duration::MAX, u64::MAX, u64::MAX),
        ];
        for (left, low, high) in table {
            assert_eq!(spread_seconds(left, RandomSource::Fixed(0)), low);
            assert_eq!(spread_seconds(left, RandomSource::Fixed(u64::MAX)), high);
        }
    }
}
