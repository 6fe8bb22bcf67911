//! `reqwest::Error`.

use reqwest::Error;

use super::{connect, hyper};
use crate::call::outcome::{Health, Verdict};
use crate::http::{HttpError, OrHttpError, check, responses};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// Transient are timeouts; connections that are not made; responses that end before they are complete; and the transient
/// statuses of `error_for_status`, whose hint is lost: [`or_http_error`](crate::http::OrHttpError) keeps it. Final
/// are requests that cannot be built, redirects that go too far, bodies that cannot be decoded, and what came of a
/// connection and was refused, as for hyper-util: a certificate, a peer that speaks no TLS, a proxy that does not connect
/// further. It is told by rustls and by OpenSSL; the TLS of Windows and macOS has no words that can be relied upon, and a
/// certificate that it refuses is retried.
///
/// Nothing is unsent: a client that follows redirects may have no connection to the second server only, when the first one
/// has processed the request. For what is not idempotent, build the client with
/// [`redirect::Policy::none()`](reqwest::redirect::Policy::none), and say so to the predicate:
/// [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). Then requests without a connection are unsent, those
/// that were cancelled before anything of them was written, those that a server of HTTP/2 has not processed, as for
/// hyper-util, and those that are answered by a 425.
///
/// reqwest itself repeats, up to twice and without a pause, what a server of HTTP/2 has not processed, a `POST` too: three
/// attempts become nine requests. [`retry(reqwest::retry::never())`](reqwest::ClientBuilder::retry) on the client's builder turns
/// that off. A policy of reqwest that repeats more, such as what is answered by a 503, hides what the server has processed
/// before the last repeat, as redirects do.
///
/// The service has [failed](Transient::health) where there is no connection, were it that a certificate is refused, where
/// it lets time run out, and where a response ends before it is complete; a status says it itself. It is well where it
/// sends what the program does not understand: redirects that go too far, a body that is no JSON. Faults of the own host,
/// and requests that cannot be built, say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        if let Some(status) = self.status() {
            return status.verdict();
        }
        if self.is_builder() || self.is_redirect() || self.is_upgrade() {
            return Verdict::Final;
        }
        // Whatever the body of the request failed of, be it another request.
        if hyper::is_of_user(self) {
            return hyper::exchange(self);
        }
        if is_of_body(self) {
            return Verdict::Final;
        }
        match (self.is_timeout(), self.is_connect()) {
            (true, _) => Verdict::Retry,
            (_, true) => connect::verdict(self),
            (_, false) => hyper::exchange(self),
        }
    }

    fn unsent_without_redirects(&self) -> bool {
        match self.status() {
            Some(status) => status.unsent_without_redirects(),
            None if self.is_upgrade() || self.is_body() || self.is_decode() => false,
            None if hyper::is_of_user(self) => false,
            None => self.is_connect() || hyper::never_started(self) || hyper::unprocessed(self),
        }
    }

    fn health(&self) -> Health {
        if let Some(status) = self.status() {
            return status.health();
        }
        if hyper::is_of_user(self) || is_of_body(self) {
            return Health::Unknown;
        }
        if self.is_timeout() || self.is_connect() {
            return connect::health(self);
        }
        match hyper::health_of_exchange(self) {
            Some(health) => health,
            None if self.is_decode() || self.is_redirect() => Health::Well,
            None => Health::Unknown,
        }
    }
}

/// Whether the blocking client could not read the body of the request: hyper has no part in it.
fn is_of_body(error: &Error) -> bool {
    let of_hyper = || cause::<::hyper::Error>(error).is_some();
    error.is_body() && !error.is_timeout() && !of_hyper()
}

/// An error of `error_for_status` is a status like any other, but for its `Retry-After`, which is lost.
impl From<Error> for HttpError {
    fn from(mut error: Error) -> Self {
        if let Some(url) = error.url_mut() {
            redact(url);
        }
        match error.status() {
            Some(status) => HttpError::Status {
                status,
                retry_after: None,
                should_retry: None,
                url: error.url().map(ToString::to_string),
            },
            None => HttpError::transport(error),
        }
    }
}

impl OrHttpError for reqwest::Response {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || Some(redacted(self.url())))?;
        Ok(self)
    }
}

#[cfg(feature = "reqwest-blocking")]
impl OrHttpError for reqwest::blocking::Response {
    fn or_http_error(self) -> Result<Self, HttpError> {
        check(self.status(), self.headers(), || Some(redacted(self.url())))?;
        Ok(self)
    }
}

responses!([] reqwest::Response);
#[cfg(feature = "reqwest-blocking")]
responses!([] reqwest::blocking::Response);

fn redacted(url: &reqwest::Url) -> String {
    let mut url = url.clone();
    redact(&mut url);
    url.into()
}

/// Removes the parts of a URL that may be secret: query, fragment and user.
fn redact(url: &mut reqwest::Url) {
    url.set_query(None);
    url.set_fragment(None);
    // Refused where there can be no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}
