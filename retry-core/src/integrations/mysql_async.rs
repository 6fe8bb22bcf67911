//! `mysql_async::Error`.

use std::io;

use mysql_async::{DriverError, Error, IoError, ServerError};

use super::io::broken;
use super::mysql_number::Answer;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// # `mysql_async::Error`
///
/// Answers of MySQL and MariaDB are transient by their number: deadlocks and rows that were changed since
/// they were read (1213, 1020, 3101), locks (1205, 3572), tables that were altered (1412), too many
/// connections (1040, 1203, 1226; but not an hourly limit), a server that shuts down (1053), a connection that
/// was killed (1927), idle (4031) or broken, a node that is not ready (1047), and a read-only server (1290,
/// 1836). So are connections that are refused, lost or closed. All others are final, among them a wrong
/// password (1045) and a pool that the program closed. A value of another type than the program asks for
/// **panics** in most methods, and an attempt that panics is not repeated.
///
/// Only a new run of the whole transaction helps: retry it as one attempt, never a statement inside. After
/// 1213 and 1020 the transaction is gone, so that the repeated statement would commit by itself. After 1205 it
/// is *still open*, with its writes: an attempt has to roll it back, as a dropped `Transaction` does.
///
/// Answers that state a rollback (1213, 1020, 3101) or that no connection was made are unsent, and so is a
/// refused connection. They prove it for an attempt that is one transaction, in tables that have
/// transactions.
///
/// The pool has no limit of time: a call waits for a free connection for ever, unless `attempt_timeout` or
/// `deadline` ends it. It hands out a connection that the server has closed meanwhile only after a `COM_PING`
/// or a reset, and repeats no statement.
///
/// Conflicts and refusals show that the server's [health](Transient::health) is good, as far as they are not
/// of its resources. The server has failed if there is no connection, or if it shuts down.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match Seen::of(self) {
            Seen::Answer(answer) => answer.verdict(),
            Seen::Io(error) => error.verdict(),
            Seen::Closed => Verdict::Retry,
            Seen::Tls | Seen::Own | Seen::Nothing => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match Seen::of(self) {
            Seen::Answer(answer) => answer.unsent(),
            Seen::Io(error) => error.unsent(),
            _ => false,
        }
    }

    fn health(&self) -> Health {
        match Seen::of(self) {
            Seen::Answer(answer) => answer.health(),
            Seen::Io(error) => broken(error),
            Seen::Closed | Seen::Tls => Health::Failed,
            Seen::Own => Health::Unknown,
            Seen::Nothing => Health::Well,
        }
    }
}

/// The part of the error that it is judged by.
enum Seen<'a> {
    Answer(Answer<'a>),
    Io(&'a io::Error),
    /// The connection was lost before.
    Closed,
    /// A handshake failed.
    Tls,
    /// A fault of the program, or of its configuration.
    Own,
    Nothing,
}

impl<'a> Seen<'a> {
    fn of(error: &'a Error) -> Self {
        match error {
            Error::Server(ServerError {
                code,
                message,
                state,
            }) => Seen::Answer(Answer {
                number: *code,
                message,
                state: Some(state),
            }),
            Error::Io(IoError::Io(error)) => match cause::<Error>(error) {
                Some(inner) => Seen::of(inner),
                None if is_closed(cause(error)) => Seen::Closed,
                None => Seen::Io(error),
            },
            // The other kinds exist by features of mysql_async, and are of TLS.
            #[allow(unreachable_patterns)]
            Error::Io(error) => cause(error).map_or(Seen::Tls, Seen::Io),
            Error::Driver(driver) if is_closed(Some(driver)) => Seen::Closed,
            Error::Driver(DriverError::LocalInfile(_) | DriverError::PoolDisconnected)
            | Error::Url(_) => Seen::Own,
            Error::Driver(_) => Seen::Nothing,
            Error::Other(error) => cause(&**error).map_or(Seen::Nothing, Seen::Io),
        }
    }
}

fn is_closed(driver: Option<&DriverError>) -> bool {
    let broken = |driver: &DriverError| {
        matches!(
            driver,
            DriverError::ConnectionClosed
                | DriverError::PacketOutOfOrder
                | DriverError::UnexpectedPacket { .. }
        )
    };
    driver.is_some_and(broken)
}

/// It is that of an `io::Error` with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        io::Error::from(interrupt).into()
    }
}
