//! Responses whose status is an error.

use ::http::{HeaderMap, Response, StatusCode};

use super::error::HttpError;
use super::hint::{Hint, is_error, verdict_in};
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::transient::Transient;

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
    /// [`Response`](Transient#impl-Transient-for-Response<B>) is asked itself, and the call ends with the last one as a
    /// value. A policy asks it by [`responses()`](crate::when::OnTransient::responses).
    fn or_http_error(self) -> Result<Self, HttpError>;
}

impl<B> OrHttpError for Response<B> {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || None)?;
        Ok(self)
    }
}

#[cfg(feature = "reqwest")]
impl OrHttpError for reqwest::Response {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || Some(shown(self.url())))?;
        Ok(self)
    }
}

#[cfg(feature = "reqwest-blocking")]
impl OrHttpError for reqwest::blocking::Response {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || Some(shown(self.url())))?;
        Ok(self)
    }
}

/// A response knows itself by its status and its hint.
macro_rules! responses {
    ([$($body:ident)?] $response:ty) => {
        /// By its status and by what its headers ask for: [`verdict_in`](crate::http::verdict_in).
        ///
        /// It is asked where it is the value of an attempt under `transient()`, `unsent()` or `idempotent(..)`: in the
        /// attribute, and by [`responses()`](crate::when::OnTransient::responses) in a policy. A 425 is unsent
        /// without redirects only: a server that redirected the client may have processed the request.
        #[diagnostic::do_not_recommend]
        impl<$($body)?> Transient for $response {
            fn verdict(&self) -> Verdict {
                verdict_in(self.headers(), self.status())
            }

            fn unsent_without_redirects(&self) -> bool {
                self.status().unsent_without_redirects()
            }

            fn health(&self) -> Health {
                self.status().health()
            }
        }

        /// An attempt that returns a bare response has failed if its status is 4xx or 5xx.
        #[diagnostic::do_not_recommend]
        impl<$($body)?> Outcome for $response {
            type Value = Self;
            type Error = Self;

            fn value(&self) -> Option<&Self> {
                (!is_error(self.status())).then_some(self)
            }

            fn error(&self) -> Option<&Self> {
                is_error(self.status()).then_some(self)
            }
        }
    };
}

responses!([B] Response<B>);
#[cfg(feature = "reqwest")]
responses!([] reqwest::Response);
#[cfg(feature = "reqwest-blocking")]
responses!([] reqwest::blocking::Response);

fn check(
    status: StatusCode,
    headers: &HeaderMap,
    url: impl FnOnce() -> Option<String>,
) -> Result<(), HttpError> {
    if !is_error(status) {
        return Ok(());
    }
    let hint = Hint::of(headers, status);
    Err(HttpError::Status {
        status,
        retry_after: hint.retry_after,
        should_retry: hint.should_retry,
        url: url(),
    })
}

#[cfg(feature = "reqwest")]
fn shown(url: &reqwest::Url) -> String {
    let mut url = url.clone();
    redact(&mut url);
    url.into()
}

/// Takes out what may be a secret.
#[cfg(feature = "reqwest")]
pub(super) fn redact(url: &mut reqwest::Url) {
    url.set_query(None);
    url.set_fragment(None);
    // Refused where there can be no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}
