//! Result codes of SQLite, by <https://sqlite.org/rescode.html>.

use crate::outcome::Health;

/// The health of the database by the code, with or without its extension: conflicts over locks (5, 6) are none of its faults; a
/// file that cannot be opened, read, written or trusted is (10, 11, 13, 14, 15, 26); memory, misuse and an interrupt are
/// the program's own (4, 7, 9, 21).
pub(super) fn health(code: u32) -> Health {
    match code & 0xff {
        10 | 11 | 13..=15 | 26 => Health::Failed,
        4 | 7 | 9 | 21 => Health::Unknown,
        _ => Health::Well,
    }
}
