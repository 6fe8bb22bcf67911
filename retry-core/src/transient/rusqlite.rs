//! `rusqlite::Error`, by its result code.

use rusqlite::Error;
use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};

use super::{Transient, sqlite};
use crate::outcome::{Health, Verdict};

/// Transient are [`SQLITE_BUSY`](https://sqlite.org/rescode.html#busy) and
/// [`SQLITE_LOCKED`](https://sqlite.org/rescode.html#locked), with all their extended codes: another
/// connection holds a lock, or wrote after the snapshot that was read.
///
/// Nothing is said while SQLite waits by itself: five seconds, the `busy_timeout` that `rusqlite` sets. Where the
/// pauses of a policy are to be the only ones, set it to zero. A transaction that will write begins as
/// `TransactionBehavior::Immediate`, or it finds out in its middle, where waiting is of no use.
///
/// Retry the whole transaction, never a statement inside. Nothing is unsent: what an attempt wrote
/// before, in a transaction of its own, stays.
///
/// Of the [health](Transient::health) of the database these conflicts say that it is well, and so do constraints and the
/// like. It has failed where its file cannot be opened, read, written or trusted. Memory that runs out, and an interrupt,
/// say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        let code = self.sqlite_error_code();
        Verdict::retry_if(matches!(code, Some(DatabaseBusy | DatabaseLocked)))
    }

    fn health(&self) -> Health {
        let code = self.sqlite_error().map(|error| error.extended_code);
        let code = code.and_then(|code| u32::try_from(code).ok());
        code.map_or(Health::Well, sqlite::health)
    }
}
