//! `hyper::Error`, and what is common to the clients on top of hyper: the causes of their errors.

use std::error::Error;
use std::io;

use super::{Transient, io as standard};
use crate::outcome::{Health, Verdict};
use crate::source_chain::{cause, chain};

/// Transient are exchanges that end before they are complete: the connection is closed, reset or timed
/// out, before the response or in it; the stream of HTTP/2 is reset; the request is cancelled before it
/// is written. Where an `io::Error` is the cause, it is asked. Final are messages that cannot be parsed,
/// and faults of the user's own code or body.
///
/// Nothing is unsent. A request that is written on a connection which the server is just closing
/// [fails as an incomplete message](hyper::Error::is_incomplete_message), and may have been processed;
/// cancelled is also what is [said](hyper::Error::is_canceled) of an upgrade that the server had
/// agreed to. The client of hyper-util knows more of its requests.
///
/// Of the service's [health](Transient::health) a fault of the user's own code or body says nothing, nor one of the
/// own host; otherwise the service has failed, with a message that cannot be parsed too.
#[diagnostic::do_not_recommend]
impl Transient for hyper::Error {
    fn verdict(&self) -> Verdict {
        if self.is_parse() || self.is_user() {
            return Verdict::Final;
        }
        cause::<io::Error>(self).map_or(Verdict::Retry, Transient::verdict)
    }

    fn health(&self) -> Health {
        match self.is_user() {
            true => Health::Unknown,
            false => broken(self),
        }
    }
}

/// Of a connection that was not made, or an exchange that broke: the service has failed, unless the own host has.
pub(super) fn broken(error: &(dyn Error + 'static)) -> Health {
    let mut of_io = chain(error).filter_map(|cause| cause.downcast_ref());
    match of_io.any(standard::is_own_fault) {
        true => Health::Unknown,
        false => Health::Failed,
    }
}

/// The health of the service by the causes, if they are of an exchange that failed.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn health_of_exchange(error: &(dyn Error + 'static)) -> Option<Health> {
    match cause::<hyper::Error>(error) {
        Some(error) => Some(error.health()),
        None => cause::<io::Error>(error).map(|_| broken(error)),
    }
}

/// What the causes say of an exchange that failed: hyper, or else the connection below.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn exchange(error: &(dyn Error + 'static)) -> Verdict {
    match (cause::<hyper::Error>(error), cause::<io::Error>(error)) {
        (Some(error), _) => error.verdict(),
        (None, Some(error)) => error.verdict(),
        (None, None) => Verdict::Final,
    }
}

/// Of a connection that was not made: final if what came of it was refused, such as a certificate.
/// Names that do not resolve have no kind of their own, and may be about to.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn connection(error: &(dyn Error + 'static)) -> Verdict {
    use io::ErrorKind::{InvalidData, InvalidInput};
    let kind = cause(error).map(io::Error::kind);
    Verdict::retry_if(!matches!(kind, Some(InvalidData | InvalidInput)))
}

/// Whether a request was given back before anything of it was written.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn never_started(error: &(dyn Error + 'static)) -> bool {
    cause(error).is_some_and(hyper::Error::is_canceled)
}
