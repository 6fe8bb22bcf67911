//! `mysql_async` and `mysql` against a MariaDB whose transactions conflict, that refuses, and that is killed.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use mysql::prelude::Queryable as _;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error};
use persevere::{Health, Interrupt, Transient, Verdict};
use support::{MariaDb, Row, free_port};

use crate::{TRANSIENT, UNSENT, three, three_blocking};

const MANUAL: &str = "MariaDB's manual, error codes";

async fn connect(url: &str) -> Result<Conn, Error> {
    Conn::from_url(url).await
}

/// Statements over a connection of their own.
async fn run(url: &str, sql: &str) -> Result<(), Error> {
    let mut connection = connect(url).await?;
    for statement in sql.split("; ") {
        connection.query_drop(statement).await?;
    }
    Ok(())
}

/// The same by `mysql`.
fn run_blocking(url: &str, sql: &str) -> mysql::Result<()> {
    let mut connection = mysql::Conn::new(url)?;
    for statement in sql.split("; ") {
        connection.query_drop(statement)?;
    }
    Ok(())
}

fn row<'a>(client: &'a str, server: &MariaDb, fault: &'a str, seen: &'a str) -> Row<'a> {
    let row = Row::new(client, fault).server(server.version());
    row.seen(seen).source(MANUAL)
}

/// Compares the answers of both clients to the same statements.
async fn check_both(server: &MariaDb, fault: &str, seen: &str, url: &str, sql: &str) -> Health {
    let error = run(url, sql).await.unwrap_err();
    row("mysql_async", server, fault, seen).check(&error);
    let (address, statements) = (url.to_owned(), sql.to_owned());
    let blocking = tokio::task::spawn_blocking(move || run_blocking(&address, &statements));
    let blocking = blocking.await.unwrap().unwrap_err();
    row("mysql", server, fault, seen).check(&blocking);
    assert_eq!(error.health(), blocking.health(), "{fault}");
    error.health()
}

#[tokio::test]
async fn conflicts_are_retried_and_show_that_the_server_is_well() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    run(
        &url,
        "create table locked (id int primary key, value int); insert into locked values (1, 0)",
    )
    .await
    .unwrap();
    let mut holder = connect(&url).await.unwrap();
    holder.query_drop("begin").await.unwrap();
    let lock = "update locked set value = 1 where id = 1";
    holder.query_drop(lock).await.unwrap();
    let nowait = "set innodb_lock_wait_timeout = 0; update locked set value = 2 where id = 1";
    let health = check_both(
        &server,
        "MariaDB: a lock is not to be had",
        "1205",
        &url,
        nowait,
    )
    .await;
    assert_eq!(health, Health::Well);
}

/// A row that was read has been changed since: the whole transaction is run again, and takes place once.
#[tokio::test]
async fn a_conflict_is_unsent_and_the_transaction_takes_place_once() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    let tables = "create table changed (value int); insert into changed values (0); create table changed_log (value int)";
    run(&url, tables).await.unwrap();
    let at = AtomicU32::new(0);
    let transaction = async || -> Result<(), Error> {
        let conflict = at.fetch_add(1, Relaxed) == 0;
        let mut connection = connect(&url).await?;
        connection.query_drop("begin").await?;
        connection.query_drop("select * from changed").await?;
        connection
            .query_drop("insert into changed_log values (1)")
            .await?;
        if conflict {
            run(&url, "update changed set value = value + 1").await?;
        }
        connection
            .query_drop("update changed set value = value + 1")
            .await?;
        connection.query_drop("commit").await
    };
    let count = async || -> u32 {
        let mut connection = connect(&url).await.unwrap();
        let sql = "select cast(count(*) as unsigned) from changed_log";
        connection.query_first(sql).await.unwrap().unwrap()
    };
    three(UNSENT, &transaction).await.unwrap();
    let once = count().await;
    at.store(0, Relaxed);
    three(TRANSIENT, &transaction).await.unwrap();
    let again = count().await - once;
    at.store(0, Relaxed);
    let error = transaction().await.unwrap_err();
    row(
        "mysql_async",
        &server,
        "MariaDB: a row that another transaction changed",
        "1020",
    )
    .processed(once, again)
    .check(&error);
    assert_eq!((once, again), (1, 1));
}

#[tokio::test]
async fn refusals_are_final() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    let setup = "create user guarded identified by 'secret'; create table refused (id int unique)";
    run(&url, setup).await.unwrap();
    let guess = server.url_of("guarded:guess");
    let health = check_both(&server, "MariaDB: wrong password", "1045", &guess, "do 1").await;
    assert_eq!(health, Health::Well);
    for (fault, seen, sql) in [
        ("MariaDB: syntax", "1064", "selekt 1"),
        (
            "MariaDB: unique constraint",
            "1062",
            "insert into refused values (1), (1)",
        ),
    ] {
        check_both(&server, fault, seen, &url, sql).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_refused_or_lost_are_retried() {
    let dead = format!("mysql://root@127.0.0.1:{}/test", free_port());
    let refused = connect(&dead).await.map(drop).unwrap_err();
    let source = "connect(2), ECONNREFUSED";
    let row = |client, fault, seen| Row::new(client, fault).seen(seen).source(source);
    row("mysql_async", "the connection is refused", "refused").check(&refused);
    let refused = run_blocking(&dead, "do 1").unwrap_err();
    row("mysql", "the connection is refused", "refused").check(&refused);
    assert_eq!(refused.health(), Health::Failed);
    let Some(mut server) = tokio::task::block_in_place(MariaDb::start) else {
        return;
    };
    let mut idle = connect(&server.url()).await.unwrap();
    let mut blocking = mysql::Conn::new(server.url().as_str()).unwrap();
    let version = server.version();
    tokio::task::block_in_place(|| server.down());
    let error = idle.query_drop("do 1").await.unwrap_err();
    let lost = |client| {
        let row = Row::new(client, "MariaDB: killed while the connection was idle");
        row.server(version.clone())
            .source("RFC 9293, 3.5.2 and 3.6")
    };
    lost("mysql_async").seen("Io").check(&error);
    let error = idle.query_drop("do 1").await.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error:?}");
    let error = blocking.query_drop("do 1").unwrap_err();
    lost("mysql").seen("CodecError").check(&error);
}

/// A payment that took place, in a connection that another one kills before the attempt has ended.
#[tokio::test]
async fn a_connection_that_is_killed_is_retried_and_may_have_done_it() {
    async fn pay(url: &str) -> Result<(), Error> {
        let mut connection = connect(url).await?;
        connection
            .query_drop("insert into killed values (1)")
            .await?;
        run(url, &format!("kill {}", connection.id())).await?;
        connection.query_drop("do 1").await
    }
    fn pay_blocking(url: &str) -> mysql::Result<()> {
        let mut connection = mysql::Conn::new(url)?;
        connection.query_drop("insert into killed values (1)")?;
        run_blocking(url, &format!("kill {}", connection.connection_id()))?;
        connection.query_drop("do 1")
    }
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    run(&url, "create table killed (value int)").await.unwrap();
    let counted = async || -> u32 {
        let mut connection = connect(&url).await.unwrap();
        connection.query_drop("delete from killed").await.unwrap();
        connection.affected_rows().try_into().unwrap()
    };
    three(UNSENT, || pay(&url)).await.unwrap_err();
    let once = counted().await;
    let error = three(TRANSIENT, || pay(&url)).await.unwrap_err();
    let killed = |client, seen| row(client, &server, "MariaDB: the connection is killed", seen);
    killed("mysql_async", "Io")
        .processed(once, counted().await)
        .check(&error);
    three_blocking(UNSENT, || pay_blocking(&url)).unwrap_err();
    let once = counted().await;
    let error = three_blocking(TRANSIENT, || pay_blocking(&url)).unwrap_err();
    killed("mysql", "CodecError")
        .processed(once, counted().await)
        .check(&error);
}

#[test]
fn interrupts_have_a_place() {
    let open = Interrupt::CircuitOpen { retry_after: None };
    let (of_async, of_sync) = (Error::from(open), mysql::Error::from(open));
    assert!(of_async.verdict().is_retry() && of_async.unsent());
    assert!(of_sync.verdict().is_retry() && of_sync.unsent());
    assert_eq!(Error::from(Interrupt::Deadline).verdict(), Verdict::Final);
    assert_eq!(
        mysql::Error::from(Interrupt::Deadline).verdict(),
        Verdict::Final
    );
}

/// `mysql` keeps the text alone of the reason why there is no connection.
#[test]
fn a_name_that_does_not_resolve_is_retried() {
    let error = mysql::Conn::new("mysql://test@nowhere.invalid/test")
        .err()
        .unwrap();
    Row::new("mysql", "the name does not resolve")
        .seen("lookup")
        .source("getaddrinfo(3), EAI_AGAIN and EAI_NONAME")
        .check(&error);
    // No descriptor is left: a fault that has a number, and no kind.
    let full = std::io::Error::from_raw_os_error(24);
    let why = (String::new(), full.to_string(), full.kind());
    let error = mysql::Error::DriverError(mysql::DriverError::CouldNotConnect(Some(why)));
    assert!(error.verdict().is_retry() && error.unsent());
    assert_eq!(error.health(), Health::Unknown);
}
