//! The error of hyper-util's client.

use hyper_util::client::legacy::Error;

use super::{Transient, hyper};
use crate::outcome::{Health, Verdict};

/// Transient are connections that are not made, unless what came of them was refused, such as a
/// certificate; and exchanges that end before they are complete, as for `hyper::Error`.
///
/// Unsent are requests without a connection, and those that were cancelled before anything of them was
/// written. A connection that was kept open, and is closed as the request is written on it, is not
/// unsent: the client itself sends such a request again where it had not begun.
///
/// Of the service's [health](Transient::health) it says that it has failed, also where a certificate is refused; faults
/// of the own host, and requests that the client does not take, say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self.is_connect() {
            true => hyper::connection(self),
            false => hyper::exchange(self),
        }
    }

    fn unsent(&self) -> bool {
        self.is_connect() || hyper::never_started(self)
    }

    fn health(&self) -> Health {
        match self.is_connect() {
            true => hyper::broken(self),
            false => hyper::health_of_exchange(self).unwrap_or(Health::Unknown),
        }
    }
}
