//! `diesel::result::Error` and `diesel::ConnectionError`, classified by their kind, or by their text.

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind as Kind, Error};

use super::diesel_text::{Meaning, answer, connecting};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::as_type;

/// # `diesel::result::Error`
///
/// diesel keeps neither the SQLSTATE of PostgreSQL, nor the number of MySQL and MariaDB, nor the result code
/// of SQLite. It has a kind for a serialization failure (MySQL's deadlock in a prepared statement, too) and
/// for a connection that was closed. **Everything else is judged by its English text**: deadlocks, locks that
/// are not to be had, a row that was changed since it was read, a server that shuts down or is read-only, lost
/// connections, and a busy SQLite are transient. Leave `lc_messages` of PostgreSQL and MariaDB as English, or
/// none of these is retried. All others are final.
///
/// `BrokenTransactionManager` and a command that could not be sent are transient, as the connection is gone.
/// They pass on **another connection** alone, so take one in each attempt. A pool with
/// `test_on_check_out(false)` hands out each connection that a restart of the server has ended, and costs as
/// many attempts.
///
/// Only a new run of the whole transaction helps: `connection.transaction(..)` as the attempt.
///
/// - If the connection is lost before the closure returns an error of its own, `transaction` returns that of its
///   `ROLLBACK`: the closure's, which may have been final, is gone, and the call is retried.
/// - A statement of PostgreSQL that fails in a transaction whose closure returns `Ok` nevertheless makes
///   `transaction` return `Ok` too, and nothing is committed.
///
/// An answer is unsent if it states that the transaction was rolled back: serialization failures, deadlocks,
/// a row that was changed, and a lock of PostgreSQL. After a lock wait timeout of MySQL the transaction is open
/// until `transaction` rolls it back. A lost connection is never unsent, as it may have been lost during
/// `COMMIT`.
///
/// Conflicts and refusals show that the [health](Transient::health) of the database is good. It has failed if
/// the connection is lost, if a statement runs out of time, and if SQLite cannot open, read or write its file.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match interrupt(self) {
            Some(interrupt) => interrupt.verdict(),
            None => meaning(self).verdict(),
        }
    }

    fn unsent(&self) -> bool {
        match interrupt(self) {
            Some(interrupt) => interrupt.unsent(),
            None => meaning(self) == Meaning::Conflict,
        }
    }

    fn health(&self) -> Health {
        match interrupt(self) {
            Some(interrupt) => interrupt.health(),
            None => meaning(self).health(),
        }
    }
}

fn meaning(error: &Error) -> Meaning {
    match error {
        Error::DatabaseError(Kind::SerializationFailure, _) => Meaning::Conflict,
        Error::DatabaseError(Kind::ClosedConnection, _) => Meaning::Lost,
        Error::DatabaseError(Kind::UnableToSendCommand, about) => unsendable(about.message()),
        Error::DatabaseError(Kind::ReadOnlyTransaction, _) => Meaning::Own,
        Error::DatabaseError(_, about) => answer(about.message()),
        Error::RollbackErrorOnCommit { commit_error, .. } => meaning(commit_error),
        Error::BrokenTransactionManager => Meaning::Lost,
        Error::QueryBuilderError(_)
        | Error::SerializationError(_)
        | Error::AlreadyInTransaction
        | Error::NotInTransaction => Meaning::Own,
        _ => Meaning::Refused,
    }
}

/// Returns the meaning of a command that could not be sent: too many parameters, or no connection.
///
/// The texts are libpq's (`fe-exec.c` of version 15) and diesel's own (2.3, `sqlite/connection/functions.rs`).
fn unsendable(text: &str) -> Meaning {
    let own = text.starts_with("number of parameters") || text.starts_with("SQLite functions");
    if own { Meaning::Own } else { Meaning::Lost }
}

/// # `diesel::ConnectionError`
///
/// It has one kind for all of them, and a text. A server that cannot be reached, that starts or shuts down,
/// or that has no place for another connection is transient; a wrong password, an unknown database and any
/// other text are final. The error comes before anything was sent: it is unsent, if the function keeps other
/// errors apart from it.
///
/// The [health](Transient::health) of the server is good if it refuses the login, and it has failed otherwise.
#[diagnostic::do_not_recommend]
impl Transient for ConnectionError {
    fn verdict(&self) -> Verdict {
        meaning_of_connecting(self).verdict()
    }

    fn unsent(&self) -> bool {
        true
    }

    fn health(&self) -> Health {
        meaning_of_connecting(self).health()
    }
}

fn meaning_of_connecting(error: &ConnectionError) -> Meaning {
    match error {
        ConnectionError::BadConnection(text) => connecting(text),
        ConnectionError::CouldntSetupConfiguration(error) => meaning(error),
        _ => Meaning::Own,
    }
}

/// It is an error of the builder of a query, which no statement has left, with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::QueryBuilderError(Box::new(interrupt))
    }
}

fn interrupt(error: &Error) -> Option<&Interrupt> {
    match error {
        Error::QueryBuilderError(error) => as_type(&**error),
        _ => None,
    }
}
