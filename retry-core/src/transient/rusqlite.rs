//! `rusqlite::Error`, by its result code.

use rusqlite::Error;
use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};

use super::Transient;
use crate::outcome::Verdict;

/// Transient are [`SQLITE_BUSY`](https://sqlite.org/rescode.html#busy) and
/// [`SQLITE_LOCKED`](https://sqlite.org/rescode.html#locked), with all their extended codes: another
/// connection holds a lock, or wrote after the snapshot that was read.
///
/// Retry the whole transaction, never a statement inside. Nothing is unsent: what an attempt wrote
/// before, in a transaction of its own, stays.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        let code = self.sqlite_error_code();
        Verdict::retry_if(matches!(code, Some(DatabaseBusy | DatabaseLocked)))
    }
}
