//! The error of hyper-util's client.

use hyper_util::client::legacy::Error;

use super::{connect, hyper};
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;

/// # `hyper_util::client::legacy::Error`
///
/// A connection that is not made is transient, and so is an exchange that ends before it is complete, as for
/// `hyper::Error`. A refused certificate is final, and so is a peer that does not speak TLS. So is a proxy
/// that does not connect further, whatever its status, which hyper-util does not keep; and so is an address
/// that leads nowhere, such as one with another scheme.
///
/// Requests without a connection are unsent, and so are requests cancelled before any of them was written. An
/// HTTP/2 request is unsent if the server states that it has not processed it: by `REFUSED_STREAM`, or by a
/// `GOAWAY` whose last stream is below that of the request
/// ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)). A request on a kept-open connection
/// that closes while the request is written is not unsent. The client itself repeats such a request if it had
/// not begun.
///
/// A layer above the client that follows redirects, such as tower-http's `FollowRedirect`, hides that another
/// server has processed the request. Leave it out for requests that are not idempotent.
///
/// For a request without a body a `GOAWAY` proves a little less. On a runtime with several threads, hyper
/// 1.12 may have written it as the `GOAWAY` arrives, and reports the same error. When a server under full
/// load was shut down in good order, one in a thousand such requests had been processed. A request with a
/// body never arrives whole. Give a `POST` without a body an `Idempotency-Key`.
///
/// By these errors the service's [health](Transient::health) is "failed", also if a certificate is refused.
/// It is unknown after faults of the local host, and for requests and addresses that the client does not
/// accept.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        if self.is_connect() {
            connect::verdict(self)
        } else {
            hyper::exchange(self)
        }
    }

    fn unsent(&self) -> bool {
        self.is_connect() || hyper::never_started(self) || hyper::unprocessed(self)
    }

    fn health(&self) -> Health {
        if self.is_connect() {
            connect::health(self)
        } else {
            hyper::health_of_exchange(self).unwrap_or(Health::Unknown)
        }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        HttpError::transport(error)
    }
}
