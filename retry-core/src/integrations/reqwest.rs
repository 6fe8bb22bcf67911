//! `reqwest::Error`.

use reqwest::Error;

use super::{connect, hyper};
use crate::call::outcome::{Health, Verdict};
use crate::http::{HttpError, OrHttpError, check, responses};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// # `reqwest::Error`
///
/// Timeouts are transient, and so are connections that are not made, responses that end before they are
/// complete, and the transient statuses of `error_for_status`. The hint of such a status is lost;
/// [`or_http_error`](crate::http::OrHttpError) keeps it. Final are requests that cannot be built, redirects
/// that go too far, bodies that cannot be decoded and, as for hyper-util, a refused certificate, a peer that
/// does not speak TLS, and a proxy that does not connect further. rustls and OpenSSL identify a refused
/// certificate. The TLS of Windows and macOS has no reliable texts, and a certificate that it refuses is
/// retried.
///
/// Nothing is unsent. If a client follows redirects, the connection that it lacks may be the one to the
/// second server, after the first has processed the request. For requests that are not idempotent, build the
/// client with [`redirect::Policy::none()`](reqwest::redirect::Policy::none), and declare it to the
/// predicate: [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). Unsent are then requests
/// without a connection, those cancelled before any of them was written, those that an HTTP/2 server has not
/// processed, as for hyper-util, and those answered by a 425.
///
/// reqwest itself repeats requests that an HTTP/2 server has not processed, up to twice and without a pause,
/// even a `POST`. Three attempts become nine requests.
/// [`retry(reqwest::retry::never())`](reqwest::ClientBuilder::retry) on the client's builder turns that off.
/// A reqwest policy that repeats more, such as requests answered by a 503, hides from the last repeat's error
/// that the server has processed an earlier one, as redirects do.
///
/// The service has [failed](Transient::health) if there is no connection, even because of a refused
/// certificate; if it lets time run out; and if a response ends before it is complete. A status decides for
/// itself. The service is well if the program does not understand its response: redirects that go too far, a
/// body that is not JSON. Its health is unknown after faults of the local host, and for requests that cannot
/// be built.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        if let Some(status) = self.status() {
            return status.verdict();
        }
        if self.is_builder() || self.is_redirect() || self.is_upgrade() {
            return Verdict::Final;
        }
        // The cause of a failed request body decides, even if it is another request.
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

/// Returns whether the blocking client could not read the body of the request, without hyper among the
/// causes.
fn is_of_body(error: &Error) -> bool {
    let of_hyper = || cause::<::hyper::Error>(error).is_some();
    error.is_body() && !error.is_timeout() && !of_hyper()
}

/// An error of `error_for_status` becomes a status like any other, except that its `Retry-After` is lost.
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
    // Refused if the URL can have no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}
