//! `sqlx::Error`, by the code that the database gave.

use std::borrow::Cow;

use sqlx_core::error::{DatabaseError, Error};

use super::{Transient, io, mysql, sqlite, sqlstate};
use crate::outcome::{Health, Verdict};

/// Transient are the [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) of
/// connections (class 08), resources (53), conflicts (40001, 40P01, 55P03) and of a server that shuts
/// down or starts (57P01 to 57P03, 57P05); SQLite's [busy and locked](https://sqlite.org/rescode.html);
/// a pool that has no connection in time, and the transient kinds of an `io::Error` below.
///
/// Unsent are the SQLSTATEs that say that the transaction was rolled back (40001, 40P01, 55P03) or
/// that no connection was made, and a pool that gave none. They prove it for an attempt that is one
/// transaction: retry that as a whole, never a statement inside. A connection that is lost is not
/// unsent: it may have been so in `COMMIT`.
///
/// Of the [health](Transient::health) of the database conflicts say that it is well: 40001, 40P01, 55P03, MySQL's and
/// MariaDB's 1020, 1205 and 1213, busy and locked of SQLite. So does whatever it has to refuse, a wrong password too. It
/// has failed where there is no connection, were it that a certificate is refused; where a pool has none in time, since
/// that is how a pool shows a database that is down; and where it runs out of time or resources. A pool that the program
/// closed, its own configuration, and sessions that were ended for being idle say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::Database(error) => by_code(&**error),
            Error::Io(error) => error.verdict(),
            Error::PoolTimedOut | Error::WorkerCrashed => Verdict::Retry,
            _ => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            Error::Database(error) => error.code().is_some_and(|code| sqlstate::unsent(&code)),
            Error::Io(error) => error.unsent(),
            Error::PoolTimedOut => true,
            _ => false,
        }
    }

    fn health(&self) -> Health {
        match self {
            Error::Database(error) => shown(&**error),
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

/// By the code of the database.
fn by_code(error: &dyn DatabaseError) -> Verdict {
    match Code::of(error) {
        Some(Code::Sqlite(number)) => Verdict::retry_if(matches!(number & 0xff, 5 | 6)),
        Some(Code::State(state)) => sqlstate::verdict(&state),
        None => Verdict::Final,
    }
}

/// The health that the code of the database shows.
fn shown(error: &dyn DatabaseError) -> Health {
    match Code::of(error) {
        Some(Code::Sqlite(number)) => sqlite::health(number),
        Some(Code::State(state)) => mysql::number(&error.to_string(), &state)
            .and_then(mysql::health)
            .unwrap_or_else(|| sqlstate::health(&state)),
        None => Health::Well,
    }
}

/// A SQLSTATE has five characters. SQLite has numbers, whose low byte is the code without its
/// extension: 5 is busy, 6 is locked.
enum Code<'a> {
    State(Cow<'a, str>),
    Sqlite(u32),
}

impl<'a> Code<'a> {
    fn of(error: &'a dyn DatabaseError) -> Option<Self> {
        let code = error.code()?;
        Some(match code.parse() {
            Ok(number) if code.len() < 5 => Code::Sqlite(number),
            _ => Code::State(code),
        })
    }
}
