//! `sqlx::Error`, classified by the database's answer.

use std::borrow::Cow;

use sqlx_core::error::{DatabaseError, Error};

use super::{io, mysql_number, postgres, sqlite, sqlstate};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `sqlx::Error`
///
/// A pool without a free connection in time is transient. So are the transient kinds of an `io::Error` below,
/// and these answers of a database:
///
/// - PostgreSQL by its [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html):
///   connections (class 08), resources (53, but not 53400, nor 53200 because of the transaction's own locks),
///   conflicts (40001, 40P01, 55P03, 72000), a server that shuts down or starts (57P01 to 57P03), sessions
///   that were ended for idling (25P03, 57P05).
/// - PgBouncer, whose code is almost always 08P01, by its text: no server connection is free, the server
///   cannot be reached or was lost, or the session was ended. A wrong password, an unknown or disabled
///   database, `query_timeout` for a statement that runs, and any other 08P01 are final.
/// - MySQL and MariaDB by their number: deadlocks and rows that were changed since they were read (1213,
///   1020, 3101), locks (1205, 3572), tables that were altered (1412), too many connections (1040, 1203,
///   1226; but not an hourly limit), a server that shuts down (1053), a connection that was killed (1927),
///   idle (4031) or broken, a node that is not ready (1047), and a read-only server (1290, 1836).
/// - SQLite by its [result code](https://sqlite.org/rescode.html): busy, with all its extensions, and a lock
///   on a shared cache; but not locked (6) by a statement of the same connection. After
///   `SQLITE_BUSY_SNAPSHOT` a statement inside the transaction fails at once, again and again.
///
/// Only a new run of the whole transaction helps: retry it as one attempt, never a statement inside. After
/// 1213 and 1020 of MySQL and MariaDB the transaction is gone, so that the repeated statement would commit by
/// itself. After 1205 it is *still open*, with its writes. An attempt has to roll it back, as a dropped
/// `sqlx::Transaction` does. A `BEGIN` instead would commit it. A new connection helps if the session was
/// ended, if the server is read-only, and if "cached plan must not change result type" (0A000, final) comes
/// back on one connection for ever. A missing socket file of the server is final, since a missing certificate
/// is the same `Io`.
///
/// The answers that state a rollback (40001, 40P01, 55P03; 1213, 1020, 3101) are unsent. So are those that
/// state that no connection was made, or that no server connection was free in a pool or in PgBouncer. They
/// prove it for an attempt that is one transaction. A lost connection is not unsent, as it may have been lost
/// during `COMMIT`. 1205 is not unsent. The answers prove nothing for a statement that commits in its middle,
/// such as PostgreSQL's `CREATE INDEX CONCURRENTLY`, or for tables without transactions: writes to Aria,
/// MyISAM or MEMORY stay (MariaDB 11.8).
///
/// Conflicts show that the [health](Transient::health) of the database is good: 40001, 40P01, 55P03, the
/// numbers 1020, 1205 and 1213 of MySQL and MariaDB, busy and locked of SQLite. So does any refusal, even of
/// a wrong password. The database has failed if there is no connection, even because of a refused
/// certificate; if a pool has none in time, since a pool reports a database that is down in this way; and if
/// it runs out of time or resources. Its health is unknown with a pool that the program closed, with a fault
/// of the program's own configuration, with sessions that were ended for being idle, and with read-only
/// servers.
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
    /// The number of MySQL or MariaDB, the message, and the SQLSTATE.
    MySql(u16, &'a str, Option<Cow<'a, str>>),
    /// The extended result code, and the message.
    Sqlite(u32, &'a str),
    /// The SQLSTATE of PostgreSQL, or of a database with its protocol.
    Postgres(Cow<'a, str>),
    Unknown,
}

impl<'a> Answer<'a> {
    /// Returns the kind of answer. MySQL's number is tried first. A SQLSTATE has five characters; SQLite has
    /// numbers.
    fn of(error: &'a dyn DatabaseError) -> Self {
        let (code, message) = (error.code(), error.message());
        if let Some(number) = number(&error.to_string(), message, code.as_deref()) {
            return Answer::MySql(number, message, code);
        }
        let Some(code) = code else {
            return Answer::Unknown;
        };
        match code.parse() {
            Ok(number) if code.len() < 5 => Answer::Sqlite(number, error.message()),
            _ => Answer::Postgres(meant(error, code)),
        }
    }

    fn verdict(&self) -> Verdict {
        match self {
            Answer::MySql(number, message, state) => of_mysql(*number, message, state).verdict(),
            Answer::Sqlite(number, text) => sqlite::verdict(*number, text),
            Answer::Postgres(state) => postgres::verdict(state),
            Answer::Unknown => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Answer::MySql(number, message, state) => of_mysql(*number, message, state).unsent(),
            Answer::Postgres(state) => postgres::unsent(state),
            Answer::Sqlite(..) | Answer::Unknown => false,
        }
    }

    fn health(&self) -> Health {
        match self {
            Answer::MySql(number, message, state) => of_mysql(*number, message, state).health(),
            Answer::Sqlite(number, _) => sqlite::health(*number),
            Answer::Postgres(state) => sqlstate::health(state),
            Answer::Unknown => Health::Well,
        }
    }
}

fn of_mysql<'a>(
    number: u16,
    message: &'a str,
    state: &'a Option<Cow<'_, str>>,
) -> mysql_number::Answer<'a> {
    mysql_number::Answer {
        number,
        message,
        state: state.as_deref(),
    }
}

/// Returns the number of an error of MySQL or MariaDB with this SQLSTATE.
///
/// Only their errors are displayed with number and SQLSTATE before the message:
/// `1213 (40001): Deadlock found ..`, or `1040: Too many connections` if the server gave no SQLSTATE.
/// PostgreSQL's have nothing before the message, SQLite's have `(code: 5) ` (`sqlx-mysql`, `sqlx-postgres`,
/// `sqlx-sqlite` 0.9).
fn number(text: &str, message: &str, state: Option<&str>) -> Option<u16> {
    let before = text.strip_suffix(message)?.strip_suffix(": ")?;
    let number = match state {
        Some(state) => before
            .strip_suffix(')')?
            .strip_suffix(state)?
            .strip_suffix(" (")?,
        None => before,
    };
    number.parse().ok()
}

/// Returns the SQLSTATE that the answer means.
///
/// `sqlx-core` has no method for the hint of PostgreSQL; `Debug` shows it.
fn meant<'a>(error: &dyn DatabaseError, code: Cow<'a, str>) -> Cow<'a, str> {
    let meant = postgres::meant(&code, error.message(), || format!("{error:?}"));
    if meant == code {
        return code;
    }
    Cow::Owned(meant.to_owned())
}

/// An interrupt becomes an `Error::Io`, with an `io::Error` that contains the interrupt.
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

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_is_found_before_the_message_alone() {
        let deadlock = "Deadlock found when trying to get lock; try restarting transaction";
        let text = format!("1213 (40001): {deadlock}");
        assert_eq!(number(&text, deadlock, Some("40001")), Some(1213));
        assert_eq!(number(&text, deadlock, Some("HY000")), None);
        assert_eq!(
            number("1040: Too many connections", "Too many connections", None),
            Some(1040)
        );
        assert_eq!(number("1205 (HY000): ", "", Some("HY000")), Some(1205));
    }

    /// A message can be anything.
    #[test]
    fn other_databases_have_no_number() {
        for (text, message, state) in [
            (
                "1213 (P0001): Deadlock",
                "1213 (P0001): Deadlock",
                Some("P0001"),
            ),
            (
                "1213 (P0001): x at line 7",
                "1213 (P0001): x",
                Some("P0001"),
            ),
            (" at line 7", "", Some("42601")),
            (
                "(code: 5) database is locked",
                "database is locked",
                Some("5"),
            ),
            ("1020: x", "1020: x", None),
            ("", "", None),
            ("é", "", Some("é")),
        ] {
            assert_eq!(number(text, message, state), None, "{text}");
        }
    }
}
