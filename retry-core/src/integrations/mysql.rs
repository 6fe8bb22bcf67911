//! `mysql::Error`.

use std::io;

use mysql::{DriverError, Error};

use super::handshake;
use super::io::{broken, of_text};
use super::mysql_number::Answer;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// # `mysql::Error`
///
/// Answers of MySQL and MariaDB are judged by their number, as those of
/// [`mysql_async`](https://docs.rs/mysql_async) are: deadlocks and rows that were changed since they were read
/// (1213, 1020, 3101), locks (1205, 3572), too many connections (1040, 1203, 1226), a server that shuts down
/// (1053) or is read-only (1290, 1836), and others are transient. So are connections that are refused, lost or
/// not made in time, and a pool that has none in time. All others are final. A value of another type than the
/// program asks for **panics** in most methods; `Result<T, FromValueError>` as the type makes it an error.
///
/// Only a new run of the whole transaction helps, with the caution of a sentence: after 1213 and 1020 the
/// transaction is gone, after 1205 it is still open. A dropped `Transaction` rolls back.
///
/// Answers that state a rollback (1213, 1020, 3101) or that no connection was made are unsent, and so are
/// connections that were not made and a pool that has none in time.
///
/// `Pool::get_conn` waits for ever, and `try_get_conn` as long as it is told. The pool checks a connection by
/// `COM_PING` before it hands it out, and repeats no statement.
///
/// The server's [health](Transient::health) is judged as there.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::MySqlError(error) => answer(error).verdict(),
            Error::IoError(error) => error.verdict(),
            Error::DriverError(error) => match unmade(error) {
                Some(reason) => reason.verdict(),
                None => Verdict::retry_if(is_broken(error)),
            },
            Error::CodecError(error) => match cause::<io::Error>(error) {
                Some(error) => error.verdict(),
                // The type of the error is not exported; mysql_common 0.37, `proto/codec/error.rs`.
                None => Verdict::retry_if(!error.to_string().starts_with("Packet is larger")),
            },
            _ => Verdict::retry_if(is_cut_handshake(self)),
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Error::MySqlError(error) => answer(error).unsent(),
            Error::IoError(error) => error.unsent(),
            Error::DriverError(error) => unmade(error).is_some(),
            _ => is_cut_handshake(self),
        }
    }

    fn health(&self) -> Health {
        match self {
            Error::MySqlError(error) => answer(error).health(),
            Error::IoError(error) => broken(error),
            Error::DriverError(error) => match unmade(error) {
                Some(reason) => broken(&reason),
                None if is_broken(error) => Health::Failed,
                None => Health::Unknown,
            },
            Error::CodecError(error) => cause(error).map_or(Health::Failed, broken),
            Error::UrlError(_) => Health::Unknown,
            Error::FromValueError(_) | Error::FromRowError(_) => Health::Well,
            // Of TLS; the kind exists by a feature of mysql.
            #[allow(unreachable_patterns)]
            _ => Health::Failed,
        }
    }
}

fn answer(error: &mysql::error::MySqlError) -> Answer<'_> {
    Answer {
        number: error.code,
        message: &error.message,
        state: Some(&error.state),
    }
}

/// Returns the reason why there is no connection, of which mysql keeps the text and the kind.
fn unmade(error: &DriverError) -> Option<io::Error> {
    match error {
        DriverError::CouldNotConnect(Some((_, text, kind))) => {
            Some(of_text(text).unwrap_or_else(|| io::Error::new(*kind, text.clone())))
        }
        DriverError::CouldNotConnect(None) => Some(io::ErrorKind::AddrNotAvailable.into()),
        DriverError::ConnectTimeout | DriverError::Timeout => Some(io::ErrorKind::TimedOut.into()),
        _ => None,
    }
}

/// Returns whether a handshake of TLS ended early. Its error exists by features of mysql, and has no cause.
fn is_cut_handshake(error: &Error) -> bool {
    let text = error.to_string();
    text.starts_with("TlsError ") && handshake::is_passing(&text)
}

fn is_broken(error: &DriverError) -> bool {
    matches!(
        error,
        DriverError::PacketOutOfSync | DriverError::UnexpectedPacket
    )
}

/// It is that of an `io::Error` with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::IoError(interrupt.into())
    }
}
