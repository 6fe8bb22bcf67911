//! `std::io::Error`, classified by its kind, its number, or its inner error.

use std::io::{Error, ErrorKind};

use super::{downcast::as_transient, errno, handshake};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::causes;

/// # `std::io::Error`
///
/// A kind that names a passing state of a peer, of the path to it, or of a resource is transient: refused,
/// reset, aborted and broken connections, unreachable networks, time-outs, interruptions, busy resources, a
/// local address or port that is not available. So is a state without a kind: a name that does not resolve,
/// no file descriptor, buffer or memory left (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`), a host or network
/// that is down (`EHOSTDOWN`, `ENETRESET`, `ENONET`). Of the invalid data that rustls tells of, the alert of an
/// internal error of the peer is.
///
/// A refused connection, a name that does not resolve and an address that is not available are unsent, as no
/// connection was made. The other states can also end a connection that had carried a request.
///
/// An inner error that implements `Transient` decides for the whole: another `io::Error`, an
/// [`Interrupt`](crate::Interrupt), or the error of an integration. It may lie deeper if the kind is `Other`,
/// which carries no meaning.
///
/// Faults of the local host leave the service's [health](Transient::health) unknown: no file descriptor is
/// left (`EMFILE`, `ENFILE`), no local address or port (`EADDRNOTAVAIL`, `EADDRINUSE`), no memory or buffer
/// (`ENOMEM`, `ENOBUFS`), a signal arrived (`EINTR`), or the arguments make no sense (`EINVAL`). A deadlock
/// of locks is a conflict, which shows that the service is well. The service has failed if its name does not
/// resolve, if its data is refused or cannot be read (`InvalidData`, as for certificates), and if its disk is
/// full, read-only or broken. Any other transient error is a failure too.
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

/// Returns the inner error that decides for this one.
fn inside(error: &Error) -> Option<&dyn Transient> {
    let depth = match error.kind() {
        ErrorKind::Other => usize::MAX,
        _ => 1,
    };
    causes(error).take(depth).find_map(as_transient)
}

/// Returns whether the error passes, by its kind, or by its number or text if it has no kind.
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
    kind || is_lookup(error)
        || is_alert(error)
        || number(errno::is_nothing_left)
        || number(errno::is_path)
}

/// Returns whether the peer has an internal error of TLS; whatever else rustls calls invalid data is refused.
fn is_alert(error: &Error) -> bool {
    let inner = error
        .get_ref()
        .filter(|_| error.kind() == ErrorKind::InvalidData);
    inner.is_some_and(|inner| handshake::is_internal_error(&inner.to_string()))
}

/// Returns whether no connection was made.
///
/// A missing file descriptor does not prove it, as it may have been the one for the answer.
fn is_unconnected(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::AddrNotAvailable
    );
    kind || is_lookup(error)
}

/// Returns the health that the error shows by itself.
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

/// Returns the health of the service after any broken connection or exchange: failed, unless the fault is the
/// local host's.
#[cfg(any(
    feature = "async-nats",
    feature = "etcd-client",
    feature = "lapin",
    feature = "lettre",
    feature = "mysql",
    feature = "mysql_async",
    feature = "redis",
    feature = "sqlx",
    feature = "tokio-postgres",
    feature = "ureq"
))]
pub(super) fn broken(error: &Error) -> Health {
    match error.health() {
        Health::Unknown => Health::Unknown,
        Health::Failed | Health::Well => Health::Failed,
    }
}

/// Returns whether the fault is the caller's own: the local host's or the program's.
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

/// Returns whether a name does not resolve, for which no kind exists.
///
/// Windows has numbers for it. Elsewhere the standard library gives the answer of `getaddrinfo` as a text
/// (`cvt_gai` in `std/src/sys/net`, Rust 1.95). So does tokio, which calls it.
fn is_lookup(error: &Error) -> bool {
    const WORDS: &str = "failed to lookup address information";
    match (error.raw_os_error(), error.get_ref()) {
        (Some(number), _) => errno::is_lookup(number),
        (None, Some(inner)) => inner.to_string().starts_with(WORDS),
        (None, None) => false,
    }
}

/// Returns the error of the operating system that a client has kept as a text alone.
#[cfg(any(feature = "mysql", feature = "ureq"))]
pub(super) fn of_text(text: &str) -> Option<Error> {
    let (_, number) = text.strip_suffix(')')?.rsplit_once("(os error ")?;
    number.parse().ok().map(Error::from_raw_os_error)
}
