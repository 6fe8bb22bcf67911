//! `std::io::Error`, by its kind.

use std::io::{Error, ErrorKind};

use super::Transient;
use crate::interrupt::Interrupt;
use crate::outcome::Verdict;

/// Transient are the kinds that name a passing state of a peer, a path to it, or a resource:
/// refused, reset, aborted and broken connections, unreachable networks, time-outs, interruptions,
/// busy resources. Unsent is a refused connection alone: the other kinds can also end one that had
/// carried a request. An [`Interrupt`] inside speaks for itself.
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
}

fn interrupt(error: &Error) -> Option<&Interrupt> {
    error.get_ref()?.downcast_ref()
}
