//! Responses whose status is an error.

use ::http::{HeaderMap, Response, StatusCode};

use super::error::HttpError;
use super::rate_limit::quota_in;
use super::retry_headers::{RetryHeaders, is_error};
#[cfg(doc)]
use crate::Transient;
use crate::rate_limiter::posted;

/// A response that can turn out to be an error: `http::Response`, which `hyper` uses, and by their features
/// those of `reqwest`.
///
/// ```
/// # use persevere_core as persevere;
/// use http::Response;
/// use persevere::http::OrHttpError;
///
/// let response = Response::builder().body("hello")?;
/// assert_eq!(response.or_http_error().unwrap().into_body(), "hello");
/// # Ok::<(), http::Error>(())
/// ```
pub trait OrHttpError: Sized {
    /// Returns the response, or an [`HttpError`] if its status is 4xx or 5xx.
    ///
    /// The error keeps the status and the hints of the headers: `Retry-After` and the others of
    /// [`verdict_in`](super::verdict_in).
    ///
    /// **A 3xx is no error.** A client that follows no redirects returns one as its response. Check
    /// `status().is_success()` where a redirect means that the work was not done.
    ///
    /// # Errors
    ///
    /// [`HttpError::Status`]. The body is dropped unread. Check the status first if you need it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::Response;
    /// use persevere::Verdict::{Final, Retry, RetryAfter};
    /// use persevere::{Transient, http::OrHttpError};
    /// use std::time::Duration;
    ///
    /// let answer = |status: u16, hint: &str| {
    ///     let response = Response::builder().status(status).header("Retry-After", hint).body(());
    ///     response.unwrap().or_http_error()
    /// };
    /// assert_eq!(answer(429, "30").unwrap_err().verdict(), RetryAfter(Duration::from_secs(30)));
    /// assert_eq!(answer(429, "a while").unwrap_err().verdict(), Retry);
    /// assert_eq!(answer(404, "30").unwrap_err().verdict(), Final);
    /// assert!(answer(304, "30").is_ok());
    /// ```
    ///
    /// With the attribute, a function that does not call it is retried all the same. Under `transient()` a
    /// [`Response`](crate::Transient#impl-Transient-for-Response<B>) decides itself, and the call ends with
    /// the last one as a value. A policy takes it into account by
    /// [`responses()`](crate::when::OnTransient::responses).
    fn or_http_error(self) -> Result<Self, HttpError>;
}

impl<B> OrHttpError for Response<B> {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || None)?;
        Ok(self)
    }
}

/// Implements [`Transient`] and [`Outcome`] for a type of responses, by `status()` and `headers()`.
macro_rules! responses {
    ([$($body:ident)?] $response:ty) => {
        /// A response is judged by its status and by the hints of its headers:
        /// [`verdict_in`](crate::http::verdict_in).
        ///
        /// It decides if it is the value of an attempt under `transient()`, `unsent()` or `idempotent(..)`:
        /// in the attribute, and by [`responses()`](crate::when::OnTransient::responses) in a policy. A 425
        /// is unsent without redirects only, as a server that redirected the client may have processed the
        /// request.
        #[diagnostic::do_not_recommend]
        impl<$($body)?> $crate::Transient for $response {
            fn verdict(&self) -> $crate::Verdict {
                $crate::http::verdict_in(self.headers(), self.status())
            }

            fn unsent_without_redirects(&self) -> bool {
                self.status().unsent_without_redirects()
            }

            fn health(&self) -> $crate::Health {
                self.status().health()
            }
        }

        /// An attempt that returns a bare response has failed if its status is 4xx or 5xx.
        #[diagnostic::do_not_recommend]
        impl<$($body)?> $crate::Outcome for $response {
            type Value = Self;
            type Error = Self;

            fn value(&self) -> Option<&Self> {
                (!$crate::http::is_error(self.status())).then_some(self)
            }

            fn error(&self) -> Option<&Self> {
                $crate::http::is_error(self.status()).then_some(self)
            }
        }
    };
}

responses!([B] Response<B>);
#[cfg(feature = "reqwest")]
pub(crate) use responses;

/// Returns the error of a response whose status is an error; calls `url` only then.
pub(crate) fn check(
    status: StatusCode,
    headers: &HeaderMap,
    url: impl FnOnce() -> Option<String>,
) -> Result<(), HttpError> {
    posted::post(|| quota_in(headers));
    if !is_error(status) {
        return Ok(());
    }
    let hint = RetryHeaders::of(headers, status);
    Err(HttpError::Status {
        status,
        retry_after: hint.retry_after,
        should_retry: hint.should_retry,
        url: url(),
    })
}
