//! `rusqlite::Error`, by its result code.

use rusqlite::Error;

use super::sqlite;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// Transient are [`SQLITE_BUSY`](https://sqlite.org/rescode.html#busy), with all its extended codes, and
/// `SQLITE_PROTOCOL`: another connection holds a lock, or wrote after the snapshot that was read. So are, in a shared
/// cache, `SQLITE_LOCKED_SHAREDCACHE`, which no `busy_timeout` waits for, and a deadlock.
///
/// Final is `SQLITE_LOCKED` itself: a statement of **the same connection** is in the way, such as a cursor that is still
/// read while its table is dropped. It never passes by waiting.
///
/// Retry **the whole transaction**, never a statement inside. `SQLITE_BUSY_SNAPSHOT` is the proof: what the transaction has
/// read is outdated, so that its writes fail at once, again and again, until it begins again. A transaction that will write
/// begins as `TransactionBehavior::Immediate`, or it finds out in its middle, where waiting is of no use. A `COMMIT` that is
/// busy leaves the transaction open: roll back, or commit again.
///
/// SQLite itself waits up to five seconds before it reports "busy", the `busy_timeout` that `rusqlite` sets. Where the
/// pauses of a policy are to be the only ones, set it to zero.
///
/// Nothing is unsent: what an attempt wrote before, in a transaction of its own, stays.
///
/// Of the [health](Transient::health) of the database these conflicts say that it is well, and so do constraints and the
/// like. It has failed where its file cannot be opened, read, written or trusted. Memory that runs out, and an interrupt,
/// say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        code(self).map_or(Verdict::Final, |code| sqlite::verdict(code, self))
    }

    fn health(&self) -> Health {
        code(self).map_or(Health::Well, sqlite::health)
    }
}

/// The extended result code.
fn code(error: &Error) -> Option<u32> {
    u32::try_from(error.sqlite_error()?.extended_code).ok()
}
