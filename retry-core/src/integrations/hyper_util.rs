//! The error of hyper-util's client.

use hyper_util::client::legacy::Error;

use super::{connect, hyper};
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;

/// Transient are connections that are not made, and exchanges that end before they are complete, as for `hyper::Error`.
/// Final is what came of a connection and was refused, such as a certificate or a peer that speaks no TLS; a proxy that
/// does not connect further, whatever its status, which is not kept; and an address that leads nowhere, such as one of
/// another scheme.
///
/// Unsent are requests without a connection, those that were cancelled before anything of them was
/// written, and those of HTTP/2 of which the server says that it has not processed them: by `REFUSED_STREAM`, or by a
/// `GOAWAY` whose last stream is below theirs ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)). A
/// connection that was kept open, and is closed as the request is written on it, is not
/// unsent: the client itself sends such a request again where it had not begun.
///
/// A layer above the client that follows redirects, such as tower-http's `FollowRedirect`, hides that another server has
/// processed the request: leave it out for what is not idempotent.
///
/// Of a request without a body a `GOAWAY` proves a little less: on a runtime of several threads hyper 1.12 may have
/// written it as the `GOAWAY` arrives, and says the same. Of a server that was shut down in good order under full load, one
/// such request in a thousand had been processed. One with a body never arrives whole; a `POST` without one wants an
/// `Idempotency-Key`.
///
/// Of the service's [health](Transient::health) it says that it has failed, also where a certificate is refused; faults
/// of the own host, and requests and addresses that the client does not take, say nothing.
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
