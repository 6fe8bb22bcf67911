//! Result codes of SQLite, by <https://sqlite.org/rescode.html>.

use core::fmt::Display;

use crate::call::outcome::{Health, Verdict};

/// Another connection is in the way, and goes: busy (5, with all extensions), a lock on the shared cache (262), and a race
/// for the locks of a log that was lost for seconds (15).
///
/// Final are the conflicts of a connection with itself: locked (6), as by its own open cursor, and by one on an R-Tree (518).
pub(super) fn verdict(code: u32, error: impl Display) -> Verdict {
    let passes = match code {
        SHARED_CACHE => true,
        LOCKED => is_deadlock(error),
        _ => matches!(code & 0xff, BUSY | PROTOCOL),
    };
    Verdict::retry_if(passes)
}

/// The health of the database by the code, with or without its extension: conflicts over locks (5, 6, 15) are none of its
/// faults; a file that cannot be opened, read, written or trusted is (10, 11, 13, 14, 26); memory, misuse and an interrupt
/// are the program's own (4, 7, 9, 21).
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

/// Two connections of a shared cache wait for each other: one has to roll back. `sqlite3_unlock_notify` gives it the code of
/// a conflict within one connection; only its text tells, in main.c of SQLite 3.51.
fn is_deadlock(error: impl Display) -> bool {
    error.to_string().contains("database is deadlocked")
}
