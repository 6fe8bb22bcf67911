//! SQLite: busy, full, locked in a shared cache.

use super::*;

const SOURCE: &str = "SQLite, result codes";

fn open(scratch: &Scratch) -> SqliteConnection {
    SqliteConnection::establish(scratch.path().join("file").to_str().unwrap()).unwrap()
}

fn check(fault: &str, seen: &str, error: &Error, health: Health) {
    Row::new("diesel", fault)
        .server("SQLite")
        .seen(seen)
        .source(SOURCE)
        .check(error);
    assert_eq!(error.health(), health, "{fault}");
}

fn rows(scratch: &Scratch) -> i32 {
    let count = sql_query("select count(*) as rows from t");
    count.get_result::<Count>(&mut open(scratch)).unwrap().rows
}

/// A statement that has committed by itself stays, though a later one finds the database busy.
#[test]
fn a_busy_database_is_retried_and_is_well() {
    let scratch = Scratch::new("diesel");
    let (mut one, mut other) = (open(&scratch), open(&scratch));
    one.batch_execute("pragma journal_mode = wal; create table t (id integer)")
        .unwrap();
    other
        .batch_execute("create table lock (id integer)")
        .unwrap();
    let attempt = || {
        one.batch_execute("insert into t values (1)")?;
        other.batch_execute("begin immediate").unwrap();
        let busy = one.transaction(|one| one.batch_execute("insert into t values (2)"));
        other.batch_execute("rollback").unwrap();
        busy
    };
    let (once, again) = processed(attempt, || rows(&scratch));
    other.batch_execute("begin immediate").unwrap();
    let error = one.batch_execute("insert into t values (3)").unwrap_err();
    let fault = "SQLite: another connection writes";
    let row = Row::new("diesel", fault)
        .server("SQLite")
        .seen("database is locked");
    row.source(SOURCE).processed(once, again).check(&error);
    assert_eq!(error.health(), Health::Well);
}

#[test]
fn refusals_are_final() {
    let scratch = Scratch::new("diesel");
    let mut db = open(&scratch);
    db.batch_execute("create table t (id integer unique); insert into t values (1)")
        .unwrap();
    let error = sql_query("insert into t values (1)")
        .execute(&mut db)
        .unwrap_err();
    check("SQLite: unique constraint", "UNIQUE", &error, Health::Well);
    let error = sql_query("select 1 from nowhere")
        .execute(&mut db)
        .unwrap_err();
    check(
        "SQLite: no such table",
        "no such table",
        &error,
        Health::Well,
    );
    db.batch_execute("pragma max_page_count = 2").unwrap();
    let blob = "insert into t values (zeroblob(100000))";
    let error = sql_query(blob).execute(&mut db).unwrap_err();
    check(
        "SQLite: the database is full",
        "full",
        &error,
        Health::Failed,
    );
    let error = SqliteConnection::establish("/nowhere/file").err().unwrap();
    Row::new("diesel", "SQLite: the folder is not there")
        .server("SQLite")
        .seen("open")
        .source(SOURCE)
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
}

/// A shared cache locks tables, and no `busy_timeout` waits for them.
#[test]
fn a_lock_of_a_shared_cache_is_retried() {
    let uri = "file:diesel?mode=memory&cache=shared";
    let (mut one, mut other) = (
        SqliteConnection::establish(uri).unwrap(),
        SqliteConnection::establish(uri).unwrap(),
    );
    one.batch_execute("create table t (id integer); begin; insert into t values (1)")
        .unwrap();
    let error = sql_query("select id from t")
        .execute(&mut other)
        .unwrap_err();
    check(
        "SQLite: a lock of a shared cache",
        "table is locked: t",
        &error,
        Health::Well,
    );
}
