//! `std::io::Error`, by its kind.

use std::io::{Error, ErrorKind};

use super::Transient;
use crate::interrupt::Interrupt;
use crate::outcome::{Health, Verdict};

/// Transient are the kinds that name a passing state of a peer, a path to it, or a resource:
/// refused, reset, aborted and broken connections, unreachable networks, time-outs, interruptions,
/// busy resources. Unsent is a refused connection alone: the other kinds can also end one that had
/// carried a request. An [`Interrupt`] inside speaks for itself.
///
/// Of the service's [health](Transient::health) faults of the own host say nothing: no file descriptor is left (`EMFILE`,
/// `ENFILE`), no local address or port (`EADDRNOTAVAIL`, `EADDRINUSE`), no memory or buffer (`ENOMEM`, `ENOBUFS`), a signal
/// came (`EINTR`), or what was asked for makes no sense (`EINVAL`). A deadlock of locks is a conflict: the service is
/// well. It has failed where names do not resolve, where what it sent is refused or cannot be read (`InvalidData`, as of
/// certificates), and where its disk is full, read-only or broken. Otherwise what is transient has failed.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        if let Some(interrupt) = interrupt(self) {
            return interrupt.verdict();
        }
        Verdict::retry_if(matches!(
            self.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::NotConnected
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
                | ErrorKind::TimedOut
                | ErrorKind::Interrupted
                | ErrorKind::WouldBlock
                | ErrorKind::ResourceBusy
                | ErrorKind::StaleNetworkFileHandle
                | ErrorKind::Deadlock
        ))
    }

    fn unsent(&self) -> bool {
        self.kind() == ErrorKind::ConnectionRefused
            || interrupt(self).is_some_and(Transient::unsent)
    }

    fn health(&self) -> Health {
        if let Some(interrupt) = interrupt(self) {
            return interrupt.health();
        }
        if is_own_fault(self) {
            return Health::Unknown;
        }
        match self.kind() {
            ErrorKind::Deadlock => Health::Well,
            ErrorKind::InvalidData | ErrorKind::StorageFull | ErrorKind::ReadOnlyFilesystem => {
                Health::Failed
            }
            _ if is_lookup(self) || is_device(self) => Health::Failed,
            _ => Health::from(self.verdict()),
        }
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
    kind || error
        .raw_os_error()
        .is_some_and(|code| NOTHING_LEFT.contains(&code))
}

/// No file descriptor and no buffer is left; these have no kind.
const NOTHING_LEFT: [i32; 3] = if cfg!(windows) {
    // ERROR_TOO_MANY_OPEN_FILES, WSAEMFILE, WSAENOBUFS
    [4, 10024, 10055]
} else if cfg!(any(target_os = "linux", target_os = "android")) {
    // ENFILE, EMFILE, ENOBUFS
    [23, 24, 105]
} else {
    [23, 24, 55]
};

/// A name does not resolve, which has no kind either.
fn is_lookup(error: &Error) -> bool {
    error.raw_os_error().is_none()
        && error
            .get_ref()
            .is_some_and(|inner| inner.to_string().starts_with(LOOKUP))
}

/// The words of the standard library.
const LOOKUP: &str = "failed to lookup address information";

/// `EIO`: the device is broken.
fn is_device(error: &Error) -> bool {
    cfg!(unix) && error.raw_os_error() == Some(5)
}

fn interrupt(error: &Error) -> Option<&Interrupt> {
    error.get_ref()?.downcast_ref()
}
