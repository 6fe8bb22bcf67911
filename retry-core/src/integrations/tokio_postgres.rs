//! `tokio_postgres::Error`, by its SQLSTATE.

use std::io;

use tokio_postgres::Error;

use super::{io as standard, sqlstate};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// Transient are the [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) of
/// connections (class 08), resources (53, but not 53400, nor 53200 by locks of one's own), conflicts (40001, 40P01, 55P03,
/// 72000), of a server that shuts down or starts (57P01 to 57P03), and of sessions that were ended for idling (25P03, 57P05);
/// a connection that is closed, and the transient kinds of an `io::Error` below, one that was not made in time among them;
/// no server that `target_session_attrs` asks for, as in a failover; and no file of the server's socket, as it is down.
///
/// PgBouncer's code is 08P01 for almost anything. By its text those are transient which say that no server connection is
/// free, that the server cannot be reached or was lost, or that the session was ended. A wrong password, an unknown or
/// disabled database, `query_timeout` for a statement that runs, and any other 08P01 are final.
///
/// Only the whole transaction helps: retry it as one attempt, never a statement inside. A connection of its own, made in
/// the attempt, is what helps after a session was ended, and where "cached plan must not change result type" (0A000, final)
/// comes back for ever: or prepare the statement again. A session that was ended while it was idle shows no SQLSTATE here:
/// "connection closed" is all that the next query says, for 25P04 too, which is final where it is seen.
///
/// Unsent are those that say that the transaction was rolled back (40001, 40P01, 55P03), that no connection was made, or
/// that PgBouncer had none. They prove it for an attempt that is one transaction. A connection that is lost is not unsent:
/// it may have been so in `COMMIT`. Nor do they prove anything of a statement that commits in its middle: `CREATE INDEX
/// CONCURRENTLY` and `DETACH PARTITION .. CONCURRENTLY`, which leave an invalid index and a pending detachment behind when a
/// lock times out (PostgreSQL 17), or a procedure with a `COMMIT`.
///
/// Of the [health](Transient::health) of the server conflicts say that it is well, and so does whatever it has to refuse,
/// a wrong password too. It has failed where there is no connection, were it that a certificate is refused, and where it
/// runs out of time or resources. Faults of the own host, of the configuration, and sessions that were ended for being
/// idle say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match Seen::of(self) {
            Seen::State(state) => sqlstate::verdict(state),
            Seen::OtherRole | Seen::NoSocket => Verdict::Retry,
            Seen::Io(error) => error.verdict(),
            Seen::Nothing => Verdict::retry_if(self.is_closed()),
        }
    }

    fn unsent(&self) -> bool {
        match Seen::of(self) {
            Seen::State(state) => sqlstate::unsent(state),
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
    /// The server is a standby, or none, and the other was asked for.
    OtherRole,
    /// The file of the server's socket is not there, as long as it is down.
    NoSocket,
    Io(&'a io::Error),
    Nothing,
}

impl<'a> Seen<'a> {
    fn of(error: &'a Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            let hint = || answer.hint().unwrap_or_default().to_owned();
            let state = sqlstate::meant(answer.code().code(), answer.message(), hint);
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

/// By the words of `tokio-postgres` 0.7.13 to 0.7.18 (`src/connect.rs`), whose kind is that of a file which may not be read.
fn is_other_role(error: &io::Error) -> bool {
    const ROLES: [&str; 2] = [
        "database does not allow writes",
        "database is not read only",
    ];
    let inner = error.get_ref().map(ToString::to_string);
    error.kind() == io::ErrorKind::PermissionDenied
        && inner.is_some_and(|inner| ROLES.contains(&&*inner))
}

/// Whether no connection was made yet. The kind of an error is seen in its first words alone.
fn is_connecting(error: &Error) -> bool {
    let text = error.to_string();
    text.starts_with("error connecting to server")
        || text.starts_with("error performing TLS handshake")
}

/// Whether a value did not convert: an `io::Error` below is the converter's own, and the statement ran.
fn is_conversion(error: &Error) -> bool {
    let text = error.to_string();
    text.starts_with("error serializing parameter")
        || text.starts_with("error deserializing column")
}

/// The kind of an error, which it shows in its first words alone.
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
