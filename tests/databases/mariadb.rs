//! A MariaDB whose transactions conflict, that refuses and ends sessions, through `sqlx`; and what MySQL alone answers.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use persevere::{Policy, RetryPolicy, Transient, stop, wait, when};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Error};
use support::{MariaDb, MySql, Row};
use tokio::sync;

const MANUAL: &str = "MariaDB's manual, error codes";

async fn connect(url: &str) -> Result<MySqlConnection, Error> {
    let options: MySqlConnectOptions = url.parse()?;
    MySqlConnection::connect_with(&options.disable_statement_logging()).await
}

async fn execute(connection: &mut MySqlConnection, sql: &str) -> Result<(), Error> {
    let sql = AssertSqlSafe(sql);
    sqlx::raw_sql(sql).execute(connection).await.map(drop)
}

/// Statements over a connection of their own, one after another, as a transaction that is rolled back if one fails.
async fn run(url: &str, sql: &str) -> Result<(), Error> {
    let mut connection = connect(url).await?;
    for statement in sql.split("; ") {
        execute(&mut connection, statement).await?;
    }
    Ok(())
}

async fn number(connection: &mut MySqlConnection, sql: &str) -> u32 {
    let sql = AssertSqlSafe(sql);
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await.unwrap();
    u32::try_from(number).unwrap()
}

fn row<'a>(server: &MariaDb, fault: &'a str, seen: &'a str) -> Row<'a> {
    let row = Row::new("sqlx", fault).server(server.version());
    row.seen(seen).source(MANUAL)
}

/// The number of times that three attempts take place, under `unsent()` and under `transient()`, by the rows
/// of a table.
async fn processed(
    server: &MariaDb,
    table: &str,
    attempt: impl AsyncFn(u32) -> Result<(), Error>,
) -> (u32, u32) {
    let mut admin = connect(&server.url()).await.unwrap();
    let count = format!("select count(*) from {table}");
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let at = AtomicU32::new(0);
    let numbered = || attempt(at.fetch_add(1, Relaxed) + 1);
    let _ = policy().when(when::unsent()).run_async(numbered).await;
    let once = number(&mut admin, &count).await;
    at.store(0, Relaxed);
    let _ = policy().when(when::transient()).run_async(numbered).await;
    (once, number(&mut admin, &count).await - once)
}

async fn tables(server: &MariaDb, names: &[&str]) {
    for name in names {
        let create = format!("create table {name} (id int primary key auto_increment, value int)");
        let fill = format!("insert into {name} (value) values (0)");
        run(&server.url(), &format!("{create}; {fill}"))
            .await
            .unwrap();
    }
}

/// A row that was read has been changed by another since: the transaction is rolled back by the server.
#[tokio::test]
async fn a_row_that_was_changed_is_a_conflict_and_unsent() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    tables(&server, &["changed"]).await;
    run(&url, "create table changed_log (value int)")
        .await
        .unwrap();
    let transaction = async |conflict: bool| {
        let mut connection = connect(&url).await?;
        execute(&mut connection, "begin").await?;
        execute(&mut connection, "select * from changed").await?;
        execute(&mut connection, "insert into changed_log values (1)").await?;
        if conflict {
            run(&url, "update changed set value = value + 1").await?;
        }
        execute(&mut connection, "update changed set value = value + 1").await?;
        execute(&mut connection, "commit").await
    };
    let counted = processed(&server, "changed_log", async |at| {
        transaction(at == 1).await
    })
    .await;
    assert_eq!(counted, (1, 1));
    let error = transaction(true).await.unwrap_err();
    row(
        &server,
        "MariaDB: a row that another transaction changed",
        "1020",
    )
    .processed(counted.0, counted.1)
    .check(&error);
}

/// The statement again commits what it writes, and nothing of what came before it.
#[tokio::test]
async fn after_a_conflict_the_transaction_is_gone() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    tables(&server, &["gone"]).await;
    let url = server.url();
    run(&url, "create table gone_log (value int)")
        .await
        .unwrap();
    let mut connection = connect(&url).await.unwrap();
    for sql in [
        "begin",
        "select * from gone",
        "insert into gone_log values (1)",
    ] {
        execute(&mut connection, sql).await.unwrap();
    }
    let update = "update gone set value = value + 1";
    run(&url, update).await.unwrap();
    let error = execute(&mut connection, update).await.unwrap_err();
    assert!(error.verdict().is_retry() && error.unsent());
    execute(&mut connection, update).await.unwrap();
    connection.close().await.unwrap();
    let mut other = connect(&url).await.unwrap();
    let before = number(&mut other, "select count(*) from gone_log").await;
    let again = number(&mut other, "select cast(value as signed) from gone").await;
    assert_eq!((before, again), (0, 2));
}

#[tokio::test]
async fn a_deadlock_is_a_conflict_and_unsent() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    tables(&server, &["deadlocked", "deadlocked_too"]).await;
    let url = server.url();
    let both = sync::Barrier::new(2);
    let transfer = async |first: &str, second: &str| {
        let mut connection = connect(&url).await?;
        execute(&mut connection, "begin").await?;
        execute(
            &mut connection,
            &format!("update {first} set value = value + 1"),
        )
        .await?;
        both.wait().await;
        execute(
            &mut connection,
            &format!("update {second} set value = value + 1"),
        )
        .await?;
        execute(&mut connection, "commit").await
    };
    let (one, other) = tokio::join!(
        transfer("deadlocked", "deadlocked_too"),
        transfer("deadlocked_too", "deadlocked"),
    );
    let victim = one.err().or(other.err()).expect("a victim");
    row(&server, "MariaDB: a deadlock", "1213").check(&victim);
}

/// The transaction is still open, and what it wrote before the lock is committed by the next `BEGIN` on its connection.
#[tokio::test]
async fn a_lock_that_is_not_had_in_time_passes_and_is_not_unsent() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    tables(&server, &["locked"]).await;
    run(&url, "create table locked_log (value int)")
        .await
        .unwrap();
    let mut holder = connect(&url).await.unwrap();
    execute(&mut holder, "begin").await.unwrap();
    execute(&mut holder, "update locked set value = 1")
        .await
        .unwrap();

    let careless = sync::Mutex::new(connect(&url).await.unwrap());
    let insert = async |_| {
        let mut connection = careless.lock().await;
        execute(&mut connection, "set innodb_lock_wait_timeout = 0").await?;
        execute(&mut connection, "begin").await?;
        execute(&mut connection, "insert into locked_log values (1)").await?;
        execute(&mut connection, "update locked set value = 2").await?;
        execute(&mut connection, "commit").await
    };
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let error = policy()
        .when(when::unsent())
        .run_async(|| insert(1))
        .await
        .unwrap_err();
    execute(&mut *careless.lock().await, "rollback")
        .await
        .unwrap();
    let mut admin = connect(&url).await.unwrap();
    let count = "select count(*) from locked_log";
    let once = number(&mut admin, count).await;
    let _ = policy()
        .when(when::transient())
        .run_async(|| insert(1))
        .await;
    execute(&mut *careless.lock().await, "rollback")
        .await
        .unwrap();
    let again = number(&mut admin, count).await;
    row(
        &server,
        "MariaDB: a lock wait timeout, whose transaction the caller leaves open",
        "1205",
    )
    .processed(once, again)
    .check(&error);

    let clean = async |_| {
        run(&url, "set innodb_lock_wait_timeout = 0; begin; insert into locked_log values (1); update locked set value = 2; commit").await
    };
    let counted = processed(&server, "locked_log", clean).await;
    assert_eq!(counted.1, 0);
    // A transaction of `sqlx` that is dropped is rolled back before the next statement.
    let dropped = async |_| {
        let mut connection = careless.lock().await;
        let mut transaction = connection.begin().await?;
        execute(&mut transaction, "insert into locked_log values (1)").await?;
        execute(&mut transaction, "update locked set value = 2").await?;
        transaction.commit().await
    };
    let counted = processed(&server, "locked_log", dropped).await;
    row(
        &server,
        "MariaDB: a lock wait timeout, whose transaction is dropped",
        "1205",
    )
    .processed(counted.0 - again, counted.1)
    .check(&dropped(1).await.unwrap_err());

    let error = run(&url, "select * from locked for update nowait")
        .await
        .unwrap_err();
    row(&server, "MariaDB: a lock that is held, NOWAIT", "1205").check(&error);
    let error = run(
        &url,
        "set lock_wait_timeout = 0; alter table locked add more int",
    )
    .await
    .unwrap_err();
    row(&server, "MariaDB: a lock of metadata", "1205").check(&error);
}

#[tokio::test]
async fn too_many_connections_of_a_user_pass_and_an_hour_does_not() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let setup = "create user crowd with max_user_connections 1; create user busy with max_queries_per_hour 2; \
                 create user often with max_connections_per_hour 1; create user writer with max_updates_per_hour 1; \
                 grant all on mysql.* to writer";
    run(&server.url(), setup).await.unwrap();
    let crowd = server.url_of("crowd");
    let crowd = crowd.trim_end_matches("/mysql");
    let _held = connect(crowd).await.unwrap();
    let error = connect(crowd).await.map(drop).unwrap_err();
    row(&server, "MariaDB: max_user_connections", "1226").check(&error);

    let often = server.url_of("often");
    let often = often.trim_end_matches("/mysql");
    connect(often).await.unwrap();
    let error = connect(often).await.map(drop).unwrap_err();
    row(&server, "MariaDB: max_connections_per_hour", "1226").check(&error);

    let busy = server.url_of("busy");
    let busy = busy.trim_end_matches("/mysql");
    let error = run(busy, "do 1; do 1; do 1; do 1").await.unwrap_err();
    row(&server, "MariaDB: max_queries_per_hour", "1226").check(&error);

    let writer = server.url_of("writer");
    let writes = "create table written (id int); insert into written values (1); insert into written values (1)";
    let error = run(&writer, writes).await.unwrap_err();
    row(&server, "MariaDB: max_updates_per_hour", "1226").check(&error);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_connections_pass_and_nothing_was_sent() {
    let Some(server) = tokio::task::block_in_place(MariaDb::start) else {
        return;
    };
    let url = server.url();
    run(&url, "set global max_connections = 10").await.unwrap();
    let mut held = Vec::new();
    let error = loop {
        match connect(&url).await {
            Ok(connection) => held.push(connection),
            Err(error) => break error,
        }
    };
    row(&server, "MariaDB: too many connections", "1040").check(&error);
}

const UNBOUND: &str = "set max_recursive_iterations = 4294967295";
const ENDLESS: &str = "with recursive numbers as (select 1 as n union all select n + 1 from numbers) select max(n) from numbers";

#[tokio::test]
async fn what_is_killed_or_ran_out_of_its_time() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    let mut admin = connect(&url).await.unwrap();
    for (fault, kill, seen) in [
        ("MariaDB: KILL QUERY", "kill query", "1317"),
        (
            "MariaDB: KILL, in flight",
            "kill connection",
            "UnexpectedEof",
        ),
    ] {
        let mut victim = connect(&url).await.unwrap();
        execute(&mut victim, UNBOUND).await.unwrap();
        let id = number(&mut victim, "select cast(connection_id() as signed)").await;
        let sleep = execute(&mut victim, ENDLESS);
        let kill = async {
            let busy = format!(
                "select count(*) from information_schema.processlist where id = {id} and info like '%recursive%'"
            );
            while number(&mut admin, &busy).await == 0 {}
            execute(&mut admin, &format!("{kill} {id}")).await.unwrap();
        };
        let (error, ()) = tokio::join!(sleep, kill);
        row(&server, fault, seen).check(&error.unwrap_err());
    }
    let sql = format!("{UNBOUND}; set max_statement_time = 0.05; {ENDLESS}");
    let error = run(&url, &sql).await.unwrap_err();
    row(&server, "MariaDB: max_statement_time", "1969").check(&error);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_passes_on_another() {
    let Some(server) = tokio::task::block_in_place(MariaDb::start) else {
        return;
    };
    let url = server.url();
    let setup = "create user plain; grant all on mysql.* to plain; set global read_only = on";
    run(&url, setup).await.unwrap();
    let write = "create table never (id int)";
    let error = run(&server.url_of("plain"), write).await.unwrap_err();
    row(&server, "MariaDB: a server that only reads", "1290").check(&error);
    let write = "start transaction read only; insert into mysql.db values ()";
    let error = run(&url, write).await.unwrap_err();
    row(
        &server,
        "MariaDB: a write in a read-only transaction",
        "1792",
    )
    .check(&error);
}

#[tokio::test]
async fn refusals_are_final() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    let setup =
        "create user secretive identified by 'secret'; create table refused (id int unique)";
    run(&url, setup).await.unwrap();
    let guess = server.url_of("secretive:guess");
    let error = run(&guess, "do 1").await.unwrap_err();
    row(&server, "MariaDB: wrong password", "1045").check(&error);
    let absent = url.replace("/mysql", "/absent");
    let error = run(&absent, "do 1").await.unwrap_err();
    row(&server, "MariaDB: no such database", "1049").check(&error);
    for (fault, seen, sql) in [
        ("MariaDB: syntax", "1064", "selekt 1"),
        (
            "MariaDB: unique constraint",
            "1062",
            "insert into refused values (1), (1)",
        ),
        (
            "MariaDB: another option prevents the statement",
            "1290",
            "select 1 into outfile '/nowhere/at/all'",
        ),
    ] {
        let error = run(&url, sql).await.unwrap_err();
        row(&server, fault, seen).check(&error);
    }
}

#[tokio::test]
async fn sessions_that_idle_too_long_pass_on_another_connection() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let url = server.url();
    let idle = async |sql: &str| {
        let mut connection = connect(&url).await.unwrap();
        for sql in sql.split("; ") {
            execute(&mut connection, sql).await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        execute(&mut connection, "do 1").await.unwrap_err()
    };
    let (session, transaction) = tokio::join!(
        idle("set wait_timeout = 1"),
        idle("set idle_transaction_timeout = 1; begin; select * from mysql.db"),
    );
    row(&server, "MariaDB: wait_timeout", "Io(").check(&session);
    row(&server, "MariaDB: idle_transaction_timeout", "Io(").check(&transaction);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_passes() {
    let Some(mut server) = tokio::task::block_in_place(MariaDb::start) else {
        return;
    };
    let url = server.url();
    let mut connection = connect(&url).await.unwrap();
    tokio::task::block_in_place(|| server.down());
    let error = execute(&mut connection, "do 1").await.unwrap_err();
    row(&server, "MariaDB: the server is killed, idle", "Io(").check(&error);
    let error = run(&url, "do 1").await.unwrap_err();
    row(&server, "MariaDB: refused", "Connection refused").check(&error);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_passes() {
    let url = "mysql://root@no-such-host.invalid:3306/mysql";
    let error = run(url, "do 1").await.unwrap_err();
    Row::new("sqlx", "MariaDB: a name that does not resolve")
        .server("RFC 6761, .invalid")
        .seen("failed to lookup address information")
        .source("getaddrinfo(3): no connection was made")
        .check(&error);
}

/// By the protocol, with numbers and texts of MySQL 8.4.
#[tokio::test]
async fn answers_of_mysql() {
    let server = MySql::start();
    for (fault, seen, answer) in [
        (
            "MySQL: a lock that is held, NOWAIT",
            "3572",
            "HY000 Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.",
        ),
        (
            "MySQL: a table was altered in the transaction",
            "1412",
            "HY000 Table definition has changed, please retry transaction",
        ),
        (
            "MySQL: a deadlock of locks by name",
            "3058",
            "HY000 Deadlock found when trying to get user-level lock; try rolling back transaction/releasing locks and restarting lock acquisition.",
        ),
        (
            "MySQL: group replication rolls back",
            "3101",
            "40000 Plugin instructed the server to rollback the current transaction.",
        ),
        (
            "MySQL: group replication, a conflict at COMMIT",
            "1180",
            "HY000 Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT",
        ),
        (
            "MySQL: a full disk at COMMIT",
            "1180",
            "HY000 Got error 28 - 'No space left on device' during COMMIT",
        ),
        (
            "MySQL: max_user_connections",
            "1203",
            "42000 User crowd already has more than 'max_user_connections' active connections",
        ),
        (
            "MySQL: the server shuts down",
            "1053",
            "08S01 Server shutdown in progress",
        ),
        (
            "MySQL: the server is offline",
            "3032",
            "HY000 The server is currently in offline mode",
        ),
        (
            "MySQL: the session was killed",
            "3169",
            "HY000 Session was killed",
        ),
        (
            "MariaDB: the connection was killed",
            "1927",
            "70100 Connection was killed",
        ),
        (
            "MySQL: wait_timeout",
            "4031",
            "HY000 The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.",
        ),
        (
            "MySQL: super_read_only",
            "1290",
            "HY000 The MySQL server is running with the --super-read-only option so it cannot execute this statement",
        ),
        (
            "MySQL: read-only mode",
            "1836",
            "HY000 Running in read-only mode",
        ),
        (
            "MariaDB: a node of Galera is not ready",
            "1047",
            "08S01 WSREP has not yet prepared node for application use",
        ),
        (
            "MySQL: max_execution_time",
            "3024",
            "HY000 Query execution was interrupted, maximum statement execution time exceeded",
        ),
        (
            "MySQL: a packet that is too big",
            "1153",
            "08S01 Got a packet bigger than 'max_allowed_packet' bytes",
        ),
        (
            "MySQL: more locks than the table of locks holds",
            "1206",
            "HY000 The total number of locks exceeds the lock table size",
        ),
        (
            "MySQL: a host that is blocked",
            "1129",
            "HY000 Host '127.0.0.1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'",
        ),
    ] {
        let sql = format!("fail {seen} {answer}");
        let mut connection = connect(&server.url()).await.unwrap();
        let error = execute(&mut connection, &sql).await.unwrap_err();
        Row::new("sqlx", fault)
            .server("constructed, as MySQL 8.4 or MariaDB 11.8")
            .seen(seen)
            .source("the manuals of MySQL and MariaDB, error codes")
            .check(&error);
    }
}
