//! Responses whose status is an error.

use ::http::{HeaderMap, Response, StatusCode};

use super::error::HttpError;
use super::retry_headers::{RetryHeaders, is_error};
#[cfg(doc)]
use crate::Transient;

/// Responses that can turn out to be errors: `http::Response`, which `hyper` has, and by their features
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
    /// The response, or, if its status is 4xx or 5xx, an [`HttpError`] that keeps the status and what its headers ask
    /// for: `Retry-After` and the other hints of [`verdict_in`](super::verdict_in).
    ///
    /// # Errors
    ///
    /// [`HttpError::Status`]. The body is dropped unread; who wants it, looks at the status first.
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
    /// A function of the attribute that leaves it out is retried all the same: under `transient()` a
    /// [`Response`](crate::Transient#impl-Transient-for-Response<B>) is asked itself, and the call ends with the last one as a
    /// value. A policy asks it by [`responses()`](crate::when::OnTransient::responses).
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
        /// By its status and by what its headers ask for: [`verdict_in`](crate::http::verdict_in).
        ///
        /// It is asked where it is the value of an attempt under `transient()`, `unsent()` or `idempotent(..)`: in the
        /// attribute, and by [`responses()`](crate::when::OnTransient::responses) in a policy. A 425 is unsent
        /// without redirects only: a server that redirected the client may have processed the request.
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

/// The error of a response whose status is one; `url` is asked only then.
pub(crate) fn check(
    status: StatusCode,
    headers: &HeaderMap,
    url: impl FnOnce() -> Option<String>,
) -> Result<(), HttpError> {
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
