//! `diesel` against databases that conflict, refuse, are full or are stopped: SQLite, and where their C libraries
//! are installed PostgreSQL and MariaDB.

#[cfg(feature = "libmariadb")]
mod mariadb;
#[cfg(feature = "libpq")]
mod postgres;
mod sqlite;

use diesel::connection::SimpleConnection;
use diesel::result::Error;
use diesel::sql_types::Integer;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use persevere::{Health, Transient};
use support::{Row, Scratch, interrupted};

use crate::{TRANSIENT, UNSENT, three_blocking};

/// The number of rows.
#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    rows: i32,
}

/// The number of rows that a call of three attempts leaves behind, under `unsent()` and under `transient()`.
fn processed<E: Transient>(
    mut attempt: impl FnMut() -> Result<(), E>,
    rows: impl Fn() -> i32,
) -> (u32, u32) {
    let before = rows();
    let _ = three_blocking(UNSENT, &mut attempt);
    let between = rows();
    let _ = three_blocking(TRANSIENT, &mut attempt);
    let count = |rows: i32| u32::try_from(rows).unwrap();
    (count(between - before), count(rows() - between))
}

#[test]
fn interrupts_have_a_place() {
    interrupted::each_is_judged::<Error>();
}

#[tokio::test(start_paused = true)]
async fn interrupts_are_found_again() {
    interrupted::each_guard::<Error>().await;
}
