//! `etcd_client::Error`.

use etcd_client::Error;
use tonic::{Code, Status};

use super::io::broken;
use super::{connect, hyper};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `etcd_client::Error`
///
/// A [status](#impl-Transient-for-Status) of gRPC is judged as tonic's, with what etcd means by it: "context
/// deadline exceeded" is etcd's own, without a quorum, and transient, since the client's calls give the server no
/// deadline; and so is "too many requests". Connections that are not made or lost are transient, and so is the end
/// of a stream that watches or keeps a lease alive. All others are final: "database space exceeded", which passes
/// only once somebody makes room, a revision that was compacted, a lease that is gone, mistakes.
///
/// Calls without a connection are unsent, and those that etcd refuses with "too many requests". "Request timed
/// out", "leader changed" and "context deadline exceeded" are not, as the write may take place later: put a
/// transaction that compares the key's version in place of a write that is not idempotent.
///
/// - The client makes each call once. Its balanced channel does **not leave out a dead endpoint**: of two, every
///   other call fails at once, and is unsent. `when = unsent()` with `wait = none()` finds the one that runs.
/// - `Client::connect` does not connect, unless it logs in: a server that is down shows itself in the first call.
///
/// The server has [failed](Transient::health) without a connection, without a quorum, and without space.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::GRpcStatus(status) if is_late(status) || is_refused(status) => Verdict::Retry,
            Error::GRpcStatus(status) => status.verdict(),
            Error::TransportError(error) => connect::verdict(error),
            Error::IoError(error) => error.verdict(),
            Error::WatchError(_) | Error::LeaseKeepAliveError(_) => Verdict::Retry,
            _ => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Error::GRpcStatus(status) => status.unsent() || is_refused(status),
            Error::TransportError(_) => true,
            Error::IoError(error) => error.unsent(),
            _ => false,
        }
    }

    fn health(&self) -> Health {
        match self {
            Error::GRpcStatus(status) if is_full(status) => Health::Failed,
            Error::GRpcStatus(status) => status.health(),
            Error::TransportError(error) => hyper::broken(error),
            Error::IoError(error) => broken(error),
            Error::WatchError(_) | Error::LeaseKeepAliveError(_) => Health::Failed,
            _ => Health::Unknown,
        }
    }
}

/// Returns whether etcd's own time for a call has passed, as without a quorum: `UNKNOWN` up to 3.4.
fn is_late(status: &Status) -> bool {
    let codes = [Code::DeadlineExceeded, Code::Unknown];
    codes.contains(&status.code()) && status.message() == "context deadline exceeded"
}

/// Returns whether etcd refuses the call, as it applies what it has taken too slowly.
///
/// The texts here and below are from etcd 3.5, `api/v3rpc/rpctypes/error.go`.
fn is_refused(status: &Status) -> bool {
    status.message() == "etcdserver: too many requests"
}

/// Returns whether no space is left.
fn is_full(status: &Status) -> bool {
    status.message() == "etcdserver: mvcc: database space exceeded"
}

/// It is that of a status with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::GRpcStatus(interrupt.into())
    }
}
