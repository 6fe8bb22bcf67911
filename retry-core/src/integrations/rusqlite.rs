//! `rusqlite::Error`, classified by its result code.

use rusqlite::Error;

use super::sqlite;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `rusqlite::Error`
///
/// [`SQLITE_BUSY`](https://sqlite.org/rescode.html#busy), with all its extended codes, and `SQLITE_PROTOCOL`
/// are transient: another connection holds a lock, or wrote after the snapshot that was read. So are, in a
/// shared cache, a deadlock and `SQLITE_LOCKED_SHAREDCACHE`, which no `busy_timeout` waits for.
///
/// `SQLITE_LOCKED` itself is final. A statement of **the same connection** is in the way, such as a cursor
/// that is still read while its table is dropped. Waiting never helps.
///
/// Retry **the whole transaction**, never a statement inside. `SQLITE_BUSY_SNAPSHOT` shows why: the
/// transaction's snapshot is outdated, so that its writes fail at once, again and again, until the
/// transaction starts over. Begin a transaction that will write as `TransactionBehavior::Immediate`.
/// Otherwise the conflict appears in its middle, where waiting is of no use. A busy `COMMIT` leaves the
/// transaction open: roll back, or commit again.
///
/// SQLite itself waits up to five seconds before it reports "busy": `rusqlite` sets this `busy_timeout`. Set
/// it to zero if the pauses of the policy are to be the only ones.
///
/// Nothing is unsent, as earlier writes of an attempt, in a transaction of their own, stay.
///
/// These conflicts show that the [health](Transient::health) of the database is good, and so do constraint
/// violations and the like. It has failed if its file cannot be opened, read, written or trusted. Its health
/// is unknown after an interrupt, and if memory runs out.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        code(self).map_or(Verdict::Final, |code| sqlite::verdict(code, self))
    }

    fn health(&self) -> Health {
        code(self).map_or(Health::Well, sqlite::health)
    }
}

/// Returns the extended result code.
fn code(error: &Error) -> Option<u32> {
    u32::try_from(error.sqlite_error()?.extended_code).ok()
}
