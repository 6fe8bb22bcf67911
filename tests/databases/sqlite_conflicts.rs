//! SQLite connections that are really in each other's way, or in their own.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use persevere::Transient;
use rusqlite::{Connection, Error, OpenFlags, ffi};
use support::{Row, Scratch};

const SOURCE: &str = "sqlite.org/rescode.html";

fn row(fault: &str) -> Row<'_> {
    let version = format!("SQLite {}", rusqlite::version());
    Row::new("rusqlite", fault).server(version).source(SOURCE)
}

fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection
}

fn database(scratch: &Scratch, journal: &str) -> (Connection, Connection) {
    let file = scratch.path().join("database");
    let first = open(&file);
    first.pragma_update(None, "journal_mode", journal).unwrap();
    let made = "create table t (n); insert into t values (0)";
    first.execute_batch(made).unwrap();
    (first, open(&file))
}

fn read(connection: &Connection) -> i64 {
    connection
        .query_row("select n from t", [], |row| row.get(0))
        .unwrap()
}

fn failure(result: Result<(), Error>, code: i32) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.sqlite_error().unwrap().extended_code, code, "{error}");
    error
}

const WRITE: &str = "update t set n = n + 1";

#[test]
fn another_connection_writes() {
    let scratch = Scratch::new("sqlite");
    let (first, second) = database(&scratch, "wal");
    first.execute_batch("begin immediate").unwrap();
    let error = failure(second.execute_batch(WRITE), ffi::SQLITE_BUSY);
    row("another connection writes")
        .seen("database is locked")
        .check(&error);
}

/// The statement again fails at once, again and again; the transaction again passes.
#[test]
fn what_was_read_is_outdated() {
    let scratch = Scratch::new("sqlite");
    let (first, second) = database(&scratch, "wal");
    first.execute_batch("begin").unwrap();
    read(&first);
    second.execute_batch(WRITE).unwrap();
    for _ in 0..3 {
        let error = failure(first.execute_batch(WRITE), ffi::SQLITE_BUSY_SNAPSHOT);
        let fault = "what the transaction has read is outdated";
        row(fault).seen("database is locked").check(&error);
    }
    first.execute_batch("rollback; begin").unwrap();
    read(&first);
    first.execute_batch(WRITE).unwrap();
    first.execute_batch("commit").unwrap();
    assert_eq!(read(&first), 2);
}

/// The first writer's `COMMIT` again passes when the second reader is gone.
#[test]
fn two_readers_that_write_with_a_rollback_journal() {
    let scratch = Scratch::new("sqlite");
    let (first, second) = database(&scratch, "delete");
    for connection in [&first, &second] {
        connection.execute_batch("begin").unwrap();
        read(connection);
    }
    first.execute_batch(WRITE).unwrap();
    let error = failure(second.execute_batch(WRITE), ffi::SQLITE_BUSY);
    row("another reader has written first")
        .seen("database is locked")
        .check(&error);
    let error = failure(first.execute_batch("commit"), ffi::SQLITE_BUSY);
    row("COMMIT, as another reads")
        .seen("database is locked")
        .check(&error);
    second.execute_batch("rollback").unwrap();
    first.execute_batch("commit").unwrap();
    assert_eq!(read(&first), 1);
}

/// No wait helps: the cursor is the connection's own.
#[test]
fn a_cursor_of_the_same_connection() {
    let scratch = Scratch::new("sqlite");
    let (first, _) = database(&scratch, "wal");
    first.busy_timeout(Duration::from_secs(3600)).unwrap();
    let mut reading = first.prepare("select n from t").unwrap();
    let mut rows = reading.query([]).unwrap();
    rows.next().unwrap();
    let error = failure(first.execute_batch("drop table t"), ffi::SQLITE_LOCKED);
    let fault = "the connection reads the table that it drops";
    row(fault).seen("database table is locked").check(&error);
    let checkpoint = |connection: &Connection| {
        connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
    };
    first.execute_batch("begin immediate").unwrap();
    let error = failure(checkpoint(&first), ffi::SQLITE_LOCKED);
    let fault = "a checkpoint in a transaction of the connection";
    row(fault).seen("database table is locked").check(&error);
}

#[test]
fn an_r_tree_that_the_connection_reads() {
    let connection = Connection::open_in_memory().unwrap();
    let made = "create virtual table t using rtree(id, low, high); insert into t values (1, 0, 1), (2, 0, 1)";
    connection.execute_batch(made).unwrap();
    let mut reading = connection.prepare("select id from t").unwrap();
    let mut rows = reading.query([]).unwrap();
    rows.next().unwrap();
    let write = connection.execute_batch("delete from t where id = 2");
    let error = failure(write, ffi::SQLITE_LOCKED_VTAB);
    let fault = "the connection reads the R-Tree that it writes";
    row(fault).seen("database table is locked").check(&error);
}

/// No `busy_timeout` waits for it.
#[test]
fn a_shared_cache() {
    let url = "file:shared?mode=memory&cache=shared";
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI;
    let open = || Connection::open_with_flags(url, flags).unwrap();
    let (first, second) = (open(), open());
    first.execute_batch("create table t (n)").unwrap();
    first
        .execute_batch("begin immediate; insert into t values (0)")
        .unwrap();
    let write = second.execute_batch(WRITE);
    let error = failure(write, ffi::SQLITE_LOCKED_SHAREDCACHE);
    let fault = "another connection of a shared cache writes";
    row(fault).seen("database table is locked").check(&error);
    let begin = second.execute_batch("begin immediate");
    let error = failure(begin, ffi::SQLITE_LOCKED_SHAREDCACHE);
    let fault = "another connection of a shared cache is in a transaction";
    row(fault).seen("database table is locked").check(&error);
    first.execute_batch("create table other (n)").unwrap();
    let prepare = second.prepare("select * from t").map(drop);
    let error = failure(prepare, ffi::SQLITE_LOCKED_SHAREDCACHE);
    let fault = "another connection of a shared cache alters the schema";
    row(fault).seen("database schema is locked").check(&error);
}

#[test]
fn failures_that_stay() {
    let scratch = Scratch::new("sqlite");
    let (first, second) = database(&scratch, "wal");
    first.pragma_update(None, "max_page_count", 2).unwrap();
    let large = "insert into t values (zeroblob(10000))";
    let error = failure(first.execute_batch(large), ffi::SQLITE_FULL);
    row("the database is full")
        .seen("disk is full")
        .check(&error);
    second.pragma_update(None, "query_only", true).unwrap();
    let error = failure(second.execute_batch(WRITE), ffi::SQLITE_READONLY);
    let fault = "a write by a connection that only reads";
    row(fault).seen("readonly").check(&error);
    let missing = Connection::open(scratch.path().join("missing/database"));
    let error = failure(missing.map(drop), ffi::SQLITE_CANTOPEN);
    row("no directory is there")
        .seen("unable to open")
        .check(&error);
    let interrupt = first.get_interrupt_handle();
    let ended = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Relaxed) {
                interrupt.interrupt();
            }
        });
        let endless =
            "with recursive n(i) as (select 1 union all select i from n) select count(*) from n";
        let error = failure(first.execute_batch(endless), ffi::SQLITE_INTERRUPT);
        ended.store(true, Relaxed);
        error
    });
    row("an interrupt").seen("interrupted").check(&error);
}

/// Codes that cannot be made here: extensions of busy, a race for locks that was lost; and I/O errors of
/// locks, which stay.
#[test]
fn codes() {
    let verdict = |code| Error::SqliteFailure(ffi::Error::new(code), None).verdict();
    for passes in [
        ffi::SQLITE_BUSY_RECOVERY,
        ffi::SQLITE_BUSY_TIMEOUT,
        ffi::SQLITE_PROTOCOL,
    ] {
        assert!(verdict(passes).is_retry(), "{passes}");
    }
    let stays = [
        ffi::SQLITE_IOERR_LOCK,
        ffi::SQLITE_IOERR_BLOCKED,
        ffi::SQLITE_READONLY_CANTLOCK,
        ffi::SQLITE_ABORT_ROLLBACK,
    ];
    for stays in stays {
        assert!(!verdict(stays).is_retry(), "{stays}");
    }
}
