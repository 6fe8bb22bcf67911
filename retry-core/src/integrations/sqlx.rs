//! `sqlx::Error`, by the answer that the database gave.

use std::borrow::Cow;

use sqlx_core::error::{DatabaseError, Error};

use super::{io, mysql, sqlite, sqlstate};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// Transient are a pool that has no connection in time, the transient kinds of an `io::Error` below, and answers of a database:
///
/// - PostgreSQL by its [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html): connections (class 08),
///   resources (53, but not 53400, nor 53200 by locks of one's own), conflicts (40001, 40P01, 55P03, 72000), a server that
///   shuts down or starts (57P01 to 57P03), sessions that were ended for idling (25P03, 57P05).
/// - PgBouncer, whose code is 08P01 for almost anything, by its text: no server connection is free, the server cannot be
///   reached or was lost, or the session was ended. A wrong password, an unknown or disabled database, `query_timeout` for a
///   statement that runs, and any other 08P01 are final.
/// - MySQL and MariaDB by their number: deadlocks and rows that were changed since they were read (1213, 1020, 3101), locks
///   (1205, 3572), tables that were altered (1412), too many connections (1040, 1203, 1226; but not a limit an hour), a
///   server that shuts down (1053), a connection that was killed (1927), idle (4031) or broken, a node that is not ready
///   (1047), and one that only reads (1290, 1836).
/// - SQLite by its [result code](https://sqlite.org/rescode.html): busy, with all its extensions, and a lock on a shared
///   cache; but not locked (6) by a statement of the same connection. After `SQLITE_BUSY_SNAPSHOT` a statement inside fails
///   at once, again and again.
///
/// Only the whole transaction helps: retry it as one attempt, never a statement inside. After 1213 and 1020 of MySQL and
/// MariaDB the transaction is gone, so that the statement again would commit by itself. After 1205 it is *still open*, with
/// what it wrote: an attempt has to roll it back, as a dropped `sqlx::Transaction` does. A `BEGIN` in its place commits it.
/// A new connection is what helps where the session was ended, where the server reads only, and where "cached plan must not
/// change result type" (0A000, final) comes back on one connection for ever. A server's socket whose file is gone is final:
/// a certificate that is not there is the same `Io`.
///
/// Unsent are the answers that say that the transaction was rolled back (40001, 40P01, 55P03; 1213, 1020, 3101), that no
/// connection was made, or that no server connection was free in a pool or in PgBouncer. They prove it for an attempt that
/// is one transaction. A connection that is lost is not unsent: it may have been so in `COMMIT`. 1205 is not.
/// Nor do they prove anything of a statement that commits in its middle, such as PostgreSQL's `CREATE INDEX CONCURRENTLY`, or
/// of tables without transactions: what was written to Aria, MyISAM or MEMORY stays (MariaDB 11.8).
///
/// Of the [health](Transient::health) of the database conflicts say that it is well: 40001, 40P01, 55P03, MySQL's and
/// MariaDB's 1020, 1205 and 1213, busy and locked of SQLite. So does whatever it has to refuse, a wrong password too. It
/// has failed where there is no connection, were it that a certificate is refused; where a pool has none in time, since
/// that is how a pool shows a database that is down; and where it runs out of time or resources. A pool that the program
/// closed, its own configuration, sessions that were ended for being idle, and servers that only read say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::Database(error) => Answer::of(&**error).verdict(),
            Error::Io(error) => error.verdict(),
            Error::PoolTimedOut | Error::WorkerCrashed => Verdict::Retry,
            _ => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Error::Database(error) => Answer::of(&**error).unsent(),
            Error::Io(error) => error.unsent(),
            Error::PoolTimedOut => true,
            _ => false,
        }
    }

    fn health(&self) -> Health {
        match self {
            Error::Database(error) => Answer::of(&**error).health(),
            Error::Io(error) => io::broken(error),
            Error::Tls(_)
            | Error::Protocol(_)
            | Error::PoolTimedOut
            | Error::WorkerCrashed
            | Error::BeginFailed => Health::Failed,
            Error::Configuration(_) | Error::PoolClosed => Health::Unknown,
            _ => Health::Well,
        }
    }
}

/// An answer of one of the databases.
enum Answer<'a> {
    MySql(mysql::Answer<'a>),
    /// The extended result code, and the message.
    Sqlite(u32, &'a str),
    /// The SQLSTATE of PostgreSQL, or of one that speaks as it does.
    Postgres(Cow<'a, str>),
    Unknown,
}

impl<'a> Answer<'a> {
    /// The number of MySQL is seen first. A SQLSTATE has five characters; SQLite has numbers.
    fn of(error: &'a dyn DatabaseError) -> Self {
        if let Some(answer) = mysql::Answer::of(error) {
            return Answer::MySql(answer);
        }
        let Some(code) = error.code() else {
            return Answer::Unknown;
        };
        match code.parse() {
            Ok(number) if code.len() < 5 => Answer::Sqlite(number, error.message()),
            _ => Answer::Postgres(meant(error, code)),
        }
    }

    fn verdict(&self) -> Verdict {
        match self {
            Answer::MySql(answer) => answer.verdict(),
            Answer::Sqlite(number, text) => sqlite::verdict(*number, text),
            Answer::Postgres(state) => sqlstate::verdict(state),
            Answer::Unknown => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Answer::MySql(answer) => answer.unsent(),
            Answer::Postgres(state) => sqlstate::unsent(state),
            Answer::Sqlite(..) | Answer::Unknown => false,
        }
    }

    fn health(&self) -> Health {
        match self {
            Answer::MySql(answer) => answer.health(),
            Answer::Sqlite(number, _) => sqlite::health(*number),
            Answer::Postgres(state) => sqlstate::health(state),
            Answer::Unknown => Health::Well,
        }
    }
}

/// The SQLSTATE that is meant. `sqlx-core` has no method for the hint of PostgreSQL, which `Debug` shows.
fn meant<'a>(error: &dyn DatabaseError, code: Cow<'a, str>) -> Cow<'a, str> {
    let meant = sqlstate::meant(&code, error.message(), || format!("{error:?}"));
    if meant == code {
        return code;
    }
    Cow::Owned(meant.to_owned())
}

/// `Error::Io` of the `io::Error` that has the interrupt inside.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{Interrupt, Transient, Verdict};
/// use sqlx_core::error::Error;
///
/// assert!(Error::from(Interrupt::AttemptTimeout).verdict().is_retry());
/// assert_eq!(Error::from(Interrupt::Deadline).verdict(), Verdict::Final);
///
/// let open = Interrupt::CircuitOpen { retry_after: Some(Duration::from_secs(3)) };
/// assert_eq!(Error::from(open).verdict(), Verdict::RetryAfter(Duration::from_secs(3)));
/// ```
impl From<crate::Interrupt> for sqlx_core::error::Error {
    fn from(interrupt: crate::Interrupt) -> Self {
        sqlx_core::error::Error::Io(interrupt.into())
    }
}
