//! SQLite connections of `sqlx` that are really in each other's way.

use std::time::Duration;

use persevere::Transient;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Error, SqliteConnection, query, query_scalar};
use support::{Row, Scratch};

const WRITE: &str = "update t set n = n + 1";

async fn row(fault: &'static str, connection: &mut SqliteConnection) -> Row<'static> {
    let version: String = query_scalar("select sqlite_version()")
        .fetch_one(connection)
        .await
        .unwrap();
    let row = Row::new("sqlx", fault).server(format!("SQLite {version}"));
    row.source("sqlite.org/rescode.html")
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), Error> {
    query(sql).execute(connection).await.map(drop)
}

async fn open(options: &SqliteConnectOptions) -> SqliteConnection {
    let options = options.clone().busy_timeout(Duration::ZERO);
    options.create_if_missing(true).connect().await.unwrap()
}

async fn two(options: &SqliteConnectOptions) -> (SqliteConnection, SqliteConnection) {
    let mut first = open(options).await;
    run(&mut first, "create table t (n)").await.unwrap();
    run(&mut first, "insert into t values (0)").await.unwrap();
    (first, open(options).await)
}

#[tokio::test]
async fn another_connection_writes() {
    let scratch = Scratch::new("sqlite");
    let options = SqliteConnectOptions::new().filename(scratch.path().join("database"));
    let (mut first, mut second) = two(&options.journal_mode(SqliteJournalMode::Wal)).await;
    run(&mut first, "begin immediate").await.unwrap();
    let error = run(&mut second, WRITE).await.unwrap_err();
    let row_ = row("SQLite: another connection writes", &mut second).await;
    row_.seen("(code: 5)").check(&error);
    run(&mut first, "rollback").await.unwrap();

    run(&mut first, "begin").await.unwrap();
    run(&mut first, "select n from t").await.unwrap();
    run(&mut second, WRITE).await.unwrap();
    let error = run(&mut first, WRITE).await.unwrap_err();
    let row_ = row(
        "SQLite: what the transaction has read is outdated",
        &mut second,
    )
    .await;
    row_.seen("(code: 517)").check(&error);
}

/// `sqlx` waits for a shared cache without an end, but not where two connections wait for each other: one has
/// to roll back.
#[tokio::test(flavor = "multi_thread")]
async fn two_connections_of_a_shared_cache_wait_for_each_other() {
    let options = SqliteConnectOptions::new().filename("file:deadlock?mode=memory&cache=shared");
    let (mut first, mut second) = two(&options.shared_cache(true)).await;
    run(&mut first, "create table u (n)").await.unwrap();
    for connection in [&mut first, &mut second] {
        run(connection, "begin").await.unwrap();
    }
    run(&mut first, "select n from t").await.unwrap();
    let reading = run(&mut second, "select n from u").await;
    reading.unwrap();
    let first = tokio::spawn(end(first, "insert into u values (1)"));
    let second = tokio::spawn(end(second, WRITE));
    let ((mut first, by_first), (_second, by_second)) =
        (first.await.unwrap(), second.await.unwrap());
    assert!(by_first.is_none() || by_second.is_none());
    let error = by_first.or(by_second).expect("one is the last to wait");
    let row = row(
        "SQLite: two connections of a shared cache wait for each other",
        &mut first,
    );
    row.await.seen("database is deadlocked").check(&error);
    assert!(error.verdict().is_retry());
}

/// Writes in the open transaction, and ends it one way or the other.
async fn end(
    mut connection: SqliteConnection,
    write: &'static str,
) -> (SqliteConnection, Option<Error>) {
    let error = run(&mut connection, write).await.err();
    let end = match error {
        None => "commit",
        Some(_) => "rollback",
    };
    run(&mut connection, end).await.unwrap();
    (connection, error)
}
