//! `std::io::Error`, by its kind, its number, or the error inside.

use std::io::{Error, ErrorKind};

use super::{downcast::as_transient, errno};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::causes;

/// Transient are the kinds that name a passing state of a peer, a path to it, or a resource:
/// refused, reset, aborted and broken connections, unreachable networks, time-outs, interruptions,
/// busy resources, a local address or port that is not to be had. So are states that have no kind: a name that does not
/// resolve, no file descriptor, buffer or memory left (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`), a host or network that is
/// down (`EHOSTDOWN`, `ENETRESET`, `ENONET`).
///
/// Unsent are a refused connection, a name that does not resolve, and an address that is not to be had: no connection was
/// made. The other states can also end one that had carried a request.
///
/// An error inside that knows itself whether it passes speaks for the whole: another `io::Error`, an
/// [`Interrupt`](crate::Interrupt), or one of an integration. It may lie deeper where the kind is `Other`, which says nothing.
///
/// Of the service's [health](Transient::health) faults of the own host say nothing: no file descriptor is left (`EMFILE`,
/// `ENFILE`), no local address or port (`EADDRNOTAVAIL`, `EADDRINUSE`), no memory or buffer (`ENOMEM`, `ENOBUFS`), a signal
/// came (`EINTR`), or what was asked for makes no sense (`EINVAL`). A deadlock of locks is a conflict: the service is
/// well. It has failed where names do not resolve, where what it sent is refused or cannot be read (`InvalidData`, as of
/// certificates), and where its disk is full, read-only or broken. Otherwise what is transient has failed.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match inside(self) {
            Some(inner) => inner.verdict(),
            None => Verdict::retry_if(passes(self)),
        }
    }

    fn unsent(&self) -> bool {
        match inside(self) {
            Some(inner) => inner.unsent(),
            None => is_unconnected(self),
        }
    }

    fn unsent_without_redirects(&self) -> bool {
        match inside(self) {
            Some(inner) => inner.unsent_without_redirects(),
            None => is_unconnected(self),
        }
    }

    fn health(&self) -> Health {
        match inside(self) {
            Some(inner) => inner.health(),
            None => shown(self),
        }
    }
}

/// The error inside that speaks for this one.
fn inside(error: &Error) -> Option<&dyn Transient> {
    let depth = match error.kind() {
        ErrorKind::Other => usize::MAX,
        _ => 1,
    };
    causes(error).take(depth).find_map(as_transient)
}

/// By the kind, or by what has none.
fn passes(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::TimedOut
            | ErrorKind::Interrupted
            | ErrorKind::WouldBlock
            | ErrorKind::ResourceBusy
            | ErrorKind::StaleNetworkFileHandle
            | ErrorKind::Deadlock
    );
    let number = |is: fn(i32) -> bool| error.raw_os_error().is_some_and(is);
    kind || is_lookup(error) || number(errno::is_nothing_left) || number(errno::is_path)
}

/// No connection was made. A descriptor that is missing does not prove it: it may have been one for the answer.
fn is_unconnected(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::AddrNotAvailable
    );
    kind || is_lookup(error)
}

/// The health that the error shows by itself.
fn shown(error: &Error) -> Health {
    if is_own_fault(error) {
        return Health::Unknown;
    }
    match error.kind() {
        ErrorKind::Deadlock => Health::Well,
        ErrorKind::InvalidData | ErrorKind::StorageFull | ErrorKind::ReadOnlyFilesystem => {
            Health::Failed
        }
        _ if error.raw_os_error().is_some_and(errno::is_device) => Health::Failed,
        _ => Health::from(Verdict::retry_if(passes(error))),
    }
}

/// A connection or an exchange that broke, whatever of: the service has failed, unless the own host has.
#[cfg(any(feature = "redis", feature = "sqlx", feature = "tokio-postgres"))]
pub(super) fn broken(error: &Error) -> Health {
    match error.health() {
        Health::Unknown => Health::Unknown,
        Health::Failed | Health::Well => Health::Failed,
    }
}

/// Whether the fault is the caller's own: its host's, or the program's.
pub(super) fn is_own_fault(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::AddrNotAvailable
            | ErrorKind::AddrInUse
            | ErrorKind::OutOfMemory
            | ErrorKind::Interrupted
            | ErrorKind::InvalidInput
    );
    kind || error.raw_os_error().is_some_and(errno::is_nothing_left)
}

/// Whether a name does not resolve, which has no kind. Windows has numbers for it. Elsewhere the standard library gives the
/// answer of `getaddrinfo` as a text (`cvt_gai` in `std/src/sys/net`, Rust 1.95), and so does
/// tokio, which asks it.
fn is_lookup(error: &Error) -> bool {
    const WORDS: &str = "failed to lookup address information";
    match (error.raw_os_error(), error.get_ref()) {
        (Some(number), _) => errno::is_lookup(number),
        (None, Some(inner)) => inner.to_string().starts_with(WORDS),
        (None, None) => false,
    }
}
