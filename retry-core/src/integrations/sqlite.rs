//! Result codes of SQLite, from <https://sqlite.org/rescode.html>.

use core::fmt::Display;

use crate::call::outcome::{Health, Verdict};

/// Returns the verdict on a result code.
///
/// A conflict with another connection passes: busy (5, with all extensions), a lock on the shared cache
/// (262), and a race for the locks of the log that was lost for seconds (15). A conflict of a connection with
/// itself is final: locked (6), for example by its own open cursor, and a conflict on an R-Tree (518).
pub(super) fn verdict(code: u32, error: impl Display) -> Verdict {
    let passes = match code {
        SHARED_CACHE => true,
        LOCKED => is_deadlock(error),
        _ => matches!(code & 0xff, BUSY | PROTOCOL),
    };
    Verdict::retry_if(passes)
}

/// Returns the health of the database by the code, with or without its extension.
///
/// Conflicts over locks (5, 6, 15) are no failures of the database. A file that cannot be opened, read,
/// written or trusted is one (10, 11, 13, 14, 26). Memory, misuse and an interrupt (4, 7, 9, 21) are the
/// program's own faults.
pub(super) fn health(code: u32) -> Health {
    match code & 0xff {
        10 | 11 | 13 | 14 | 26 => Health::Failed,
        4 | 7 | 9 | 21 => Health::Unknown,
        _ => Health::Well,
    }
}

const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const PROTOCOL: u32 = 15;
const SHARED_CACHE: u32 = 262;

/// Returns whether two connections of a shared cache wait for each other, so that one has to roll back.
///
/// `sqlite3_unlock_notify` gives this deadlock the code of a conflict within one connection. Only its text
/// differs, in main.c of SQLite 3.51.
fn is_deadlock(error: impl Display) -> bool {
    error.to_string().contains("database is deadlocked")
}
