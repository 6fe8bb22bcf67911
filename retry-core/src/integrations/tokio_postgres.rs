//! `tokio_postgres::Error`, classified by its SQLSTATE.

use std::io;

use tokio_postgres::Error;

use super::{io as standard, postgres, sqlstate};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// # `tokio_postgres::Error`
///
/// These [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) are transient:
/// connections (class 08), resources (53, but not 53400, nor 53200 because of the transaction's own locks),
/// conflicts (40001, 40P01, 55P03, 72000), a server that shuts down or starts (57P01 to 57P03), and sessions
/// that were ended for idling (25P03, 57P05). So are a closed connection, and the transient kinds of an
/// `io::Error` below, including a connection that was not made in time. So is the lack of a server that
/// `target_session_attrs` accepts, as in a failover, and the lack of the server's socket file, as the server
/// is down.
///
/// PgBouncer's code is almost always 08P01. By its text, an answer is transient if no server connection is
/// free, if the server cannot be reached or was lost, or if the session was ended. A wrong password, an
/// unknown or disabled database, `query_timeout` for a statement that runs, and any other 08P01 are final.
///
/// Only a new run of the whole transaction helps: retry it as one attempt, never a statement inside. A
/// connection of its own, made in the attempt, helps after a session was ended, and if "cached plan must not
/// change result type" (0A000, final) comes back for ever. Preparing the statement again helps too. A session
/// that was ended while it was idle shows no SQLSTATE here: the next query fails with "connection closed"
/// alone. That also holds for 25P04, which is final where its code is visible.
///
/// An answer is unsent if it states that the transaction was rolled back (40001, 40P01, 55P03), that no
/// connection was made, or that PgBouncer had none. Such answers prove it for an attempt that is one
/// transaction. A lost connection is not unsent, as it may have been lost during `COMMIT`. The answers prove
/// nothing for a statement that commits in its middle: a procedure with a `COMMIT`, or
/// `CREATE INDEX CONCURRENTLY` and `DETACH PARTITION .. CONCURRENTLY`, which leave an invalid index and a
/// pending detachment behind when a lock times out (PostgreSQL 17).
///
/// Conflicts show that the [health](Transient::health) of the server is good, and so does any refusal, even
/// of a wrong password. The server has failed if there is no connection, even because of a refused
/// certificate, and if it runs out of time or resources. Its health is unknown after faults of the local host
/// or of the configuration, and after sessions that were ended for being idle.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match Seen::of(self) {
            Seen::State(state) => postgres::verdict(state),
            Seen::OtherRole | Seen::NoSocket => Verdict::Retry,
            Seen::Io(error) => error.verdict(),
            Seen::Nothing => Verdict::retry_if(self.is_closed()),
        }
    }

    fn unsent(&self) -> bool {
        match Seen::of(self) {
            Seen::State(state) => postgres::unsent(state),
            Seen::OtherRole | Seen::NoSocket => true,
            Seen::Io(error) => is_connecting(self) || error.unsent(),
            Seen::Nothing => false,
        }
    }

    fn health(&self) -> Health {
        match Seen::of(self) {
            Seen::State(state) => sqlstate::health(state),
            Seen::OtherRole => Health::Unknown,
            Seen::NoSocket => Health::Failed,
            Seen::Io(error) => standard::broken(error),
            Seen::Nothing => by_text(&self.to_string()),
        }
    }
}

/// The part of the error that it is judged by.
enum Seen<'a> {
    /// The SQLSTATE that is meant.
    State(&'a str),
    /// The server is a standby and a primary was requested, or the reverse.
    OtherRole,
    /// The file of the server's socket does not exist, as the server is down.
    NoSocket,
    Io(&'a io::Error),
    Nothing,
}

impl<'a> Seen<'a> {
    fn of(error: &'a Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            let hint = || answer.hint().unwrap_or_default().to_owned();
            let state = postgres::meant(answer.code().code(), answer.message(), hint);
            return Seen::State(state);
        }
        match cause::<io::Error>(error) {
            _ if is_conversion(error) => Seen::Nothing,
            Some(io) if is_other_role(io) => Seen::OtherRole,
            Some(io) if is_connecting(error) && io.kind() == io::ErrorKind::NotFound => {
                Seen::NoSocket
            }
            Some(io) => Seen::Io(io),
            None => Seen::Nothing,
        }
    }
}

/// Returns whether the server has another role than `target_session_attrs` requires.
///
/// The texts are from `tokio-postgres` 0.7.13 to 0.7.18 (`src/connect.rs`), whose kind is that of a file
/// without read permission.
fn is_other_role(error: &io::Error) -> bool {
    const ROLES: [&str; 2] = [
        "database does not allow writes",
        "database is not read only",
    ];
    let inner = error.get_ref().map(ToString::to_string);
    error.kind() == io::ErrorKind::PermissionDenied
        && inner.is_some_and(|inner| ROLES.contains(&&*inner))
}

/// Returns whether no connection was made. Only the first words of an error show its kind.
fn is_connecting(error: &Error) -> bool {
    let text = error.to_string();
    text.starts_with("error connecting to server")
        || text.starts_with("error performing TLS handshake")
}

/// Returns whether a value did not convert.
///
/// An `io::Error` below is the converter's own, and the statement ran.
fn is_conversion(error: &Error) -> bool {
    let text = error.to_string();
    text.starts_with("error serializing parameter")
        || text.starts_with("error deserializing column")
}

/// Returns the health of the server by the kind of an error, which only its first words show.
fn by_text(text: &str) -> Health {
    const BROKEN: [&str; 7] = [
        "connection closed",
        "error communicating with the server",
        "error connecting to server",
        "error parsing response from server",
        "error performing TLS handshake",
        "timeout waiting for server",
        "unexpected message from server",
    ];
    const OWN: [&str; 3] = [
        "error encoding message to server",
        "invalid configuration",
        "invalid connection string",
    ];
    let begins = |words: &&str| text.starts_with(words);
    match (BROKEN.iter().any(begins), OWN.iter().any(begins)) {
        (true, _) => Health::Failed,
        (false, true) => Health::Unknown,
        (false, false) => Health::Well,
    }
}
