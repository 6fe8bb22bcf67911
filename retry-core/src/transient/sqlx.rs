//! `sqlx::Error`, by the code that the database gave.

use sqlx_core::error::{DatabaseError, Error};

use super::{Transient, sqlstate};
use crate::outcome::Verdict;

/// Transient are the [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) of
/// connections (class 08), resources (53), conflicts (40001, 40P01, 55P03) and of a server that shuts
/// down or starts (57P01 to 57P03, 57P05); SQLite's [busy and locked](https://sqlite.org/rescode.html);
/// a pool that has no connection in time, and the transient kinds of an `io::Error` below.
///
/// Unsent are the SQLSTATEs that say that the transaction was rolled back (40001, 40P01, 55P03) or
/// that no connection was made, and a pool that gave none. They prove it for an attempt that is one
/// transaction: retry that as a whole, never a statement inside. A connection that is lost is not
/// unsent: it may have been so in `COMMIT`.
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
}

/// A SQLSTATE has five characters. SQLite has numbers, whose low byte is the code without its
/// extension: 5 is busy, 6 is locked.
fn by_code(error: &dyn DatabaseError) -> Verdict {
    let Some(code) = error.code() else {
        return Verdict::Final;
    };
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => Verdict::retry_if(matches!(number & 0xff, 5 | 6)),
        _ => sqlstate::verdict(&code),
    }
}
