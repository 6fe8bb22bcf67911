//! A PostgreSQL that refuses, runs out, and ends sessions, as both clients hear of it.

use std::time::Duration;
use std::{future, io};

use crate::common::{Fault, connect, connect_sqlx, execute, processed, run, run_sqlx};
use sqlx::{Connection, PgConnection};
use support::{Postgres, Row};
use tokio_postgres::NoTls;
use tokio_postgres::tls::{NoTlsStream, TlsConnect};
use tokio_postgres::types::{FromSql, Type};

const APPENDIX: &str = "PostgreSQL's manual, appendix A";

fn fault<'a>(server: &Postgres, name: &'a str, seen: &'a str) -> Fault<'a> {
    Fault {
        name,
        server: server.version(),
        seen,
        source: APPENDIX,
    }
}

/// The number of rows in a table.
async fn rows(server: &Postgres, table: &str) -> u32 {
    let client = connect(&server.url()).await.unwrap();
    let sql = format!("select count(*)::int from {table}");
    let row = client.query_one(&sql, &[]).await.unwrap();
    u32::try_from(row.get::<_, i32>(0)).unwrap()
}

#[tokio::test]
async fn refusals_and_limits_are_final() {
    let Some(server) = Postgres::start_with(&["temp_file_limit=0", "work_mem=64kB"]) else {
        return;
    };
    let url = server.url();
    for (name, seen, sql) in [
        ("syntax", "42601", "selekt 1"),
        (
            "unique constraint",
            "23505",
            "create temp table t (id int unique); insert into t values (1), (1)",
        ),
        (
            "statement_timeout",
            "57014",
            "set statement_timeout = 20; select pg_sleep(30)",
        ),
        (
            "a write in a read-only transaction",
            "25006",
            "begin read only; create table never (id int)",
        ),
        (
            "temp_file_limit",
            "53400",
            "select count(*) from (select generate_series(1, 200000) as n order by 1 desc) as sorted",
        ),
        (
            "a prepared statement that is missing",
            "26000",
            "execute nothing",
        ),
        (
            "a file that is not there",
            "58P01",
            "select pg_read_file('/no/such/file')",
        ),
        (
            "a database that is in use",
            "55006",
            "drop database postgres",
        ),
        (
            "a recursion that is too deep",
            "54001",
            "create function pg_temp.f() returns void language plpgsql as 'begin perform pg_temp.f(); end'; select pg_temp.f()",
        ),
    ] {
        fault(&server, name, seen).run(&url, sql).await;
    }
    let absent = server.url_of("test", "absent");
    fault(&server, "no such database", "3D000")
        .run(&absent, "select 1")
        .await;
    let nobody = server.url_of("nobody", "postgres");
    fault(&server, "no such user", "28000")
        .run(&nobody, "select 1")
        .await;
}

#[tokio::test]
async fn more_locks_than_are_configured_for_are_final() {
    let Some(server) = Postgres::start_with(&["max_locks_per_transaction=10"]) else {
        return;
    };
    let sql =
        "do $$ begin for n in 1..20000 loop perform pg_advisory_xact_lock(n); end loop; end $$";
    let mut fault = fault(
        &server,
        "more locks than max_locks_per_transaction",
        "53200",
    );
    fault.source = "PostgreSQL's manual, max_locks_per_transaction";
    fault.run(&server.url(), sql).await;
}

#[tokio::test]
async fn a_plan_that_changed_is_final_on_its_connection() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let client = connect(&server.url()).await.unwrap();
    client
        .batch_execute("create table altered (id int)")
        .await
        .unwrap();
    let statement = client.prepare("select * from altered").await.unwrap();
    client.query(&statement, &[]).await.unwrap();
    let mut connection = connect_sqlx(&server.url()).await.unwrap();
    sqlx::query("select * from altered")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    client
        .batch_execute("alter table altered add name text")
        .await
        .unwrap();
    let of_tokio = client.query(&statement, &[]).await.unwrap_err();
    let select = sqlx::query("select * from altered");
    let of_sqlx = select.fetch_all(&mut connection).await.unwrap_err();
    let words = "cached plan must not change result type";
    fault(&server, "a table altered under a prepared statement", words).check(&of_tokio, &of_sqlx);
    // A new connection is what helps.
    let mut fresh = connect_sqlx(&server.url()).await.unwrap();
    sqlx::query("select * from altered")
        .fetch_all(&mut fresh)
        .await
        .unwrap();
}

#[tokio::test]
async fn too_many_connections_pass_and_nothing_was_sent() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let setup = "create role crowd login connection limit 1; create table crowded (id int); grant insert on crowded to crowd";
    run(&server.url(), setup).await.unwrap();
    let url = server.url_of("crowd", "postgres");
    let held = tokio::sync::Mutex::new(None);
    let insert = async |number| {
        let mut held = held.lock().await;
        if number == 1 {
            *held = Some(connect_sqlx(&url).await.unwrap());
        } else if let Some(connection) = held.take() {
            sqlx::Connection::close(connection).await.unwrap();
            gone(&server, "crowd").await;
        }
        run(&url, "insert into crowded values (1)").await?;
        gone(&server, "crowd").await;
        Ok(())
    };
    let (once, again) =
        processed::<tokio_postgres::Error>(insert, async || rows(&server, "crowded").await).await;
    let _held = connect(&url).await.unwrap();
    let of_tokio = run(&url, "select 1").await.unwrap_err();
    let of_sqlx = run_sqlx(&url, "select 1").await.unwrap_err();
    let fault = fault(&server, "too many connections", "53300");
    fault
        .row("tokio-postgres")
        .processed(once, again)
        .check(&of_tokio);
    fault.row("sqlx").check(&of_sqlx);
}

/// Waits until the server has seen the last session of the user end.
async fn gone(server: &Postgres, user: &str) {
    let client = connect(&server.url()).await.unwrap();
    let sql = "select count(*)::int from pg_stat_activity where usename = $1";
    while client
        .query_one(sql, &[&user])
        .await
        .unwrap()
        .get::<_, i32>(0)
        > 0
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn ended_sessions_pass_on_another_connection() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    let idle = async |begin: &str| {
        let mut connection = connect_sqlx(&url).await.unwrap();
        execute(&mut connection, begin).await.unwrap();
        let client = connect(&url).await.unwrap();
        client.batch_execute(begin).await.unwrap();
        while !client.is_closed() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let of_sqlx = execute(&mut connection, "select 1").await.unwrap_err();
        let of_tokio = client.batch_execute("select 1").await.unwrap_err();
        (of_tokio, of_sqlx)
    };
    let mut cases = vec![
        ("idle_in_transaction_session_timeout", "25P03"),
        ("idle_session_timeout", "57P05"),
    ];
    match has_transaction_timeout(&server).await {
        true => cases.push(("transaction_timeout", "25P04")),
        false => support::skipped("PostgreSQL 17"),
    }
    for (name, seen) in cases {
        let begin = match name {
            "idle_session_timeout" => "",
            _ => "; begin; select 1",
        };
        let begin = format!("set {name} = 50{begin}");
        let (of_tokio, of_sqlx) = idle(&begin).await;
        let name = format!("{name}, idle");
        fault(&server, &name, seen).row("sqlx").check(&of_sqlx);
        fault(&server, &name, "connection closed")
            .row("tokio-postgres")
            .check(&of_tokio);
    }
    if has_transaction_timeout(&server).await {
        let sql = "set transaction_timeout = 50; select pg_sleep(30)";
        fault(&server, "transaction_timeout, in flight", "25P04")
            .run(&url, sql)
            .await;
    }
}

async fn has_transaction_timeout(server: &Postgres) -> bool {
    run(&server.url(), "show transaction_timeout").await.is_ok()
}

/// The transaction is committed, and then the server goes: it is not known to the client.
#[tokio::test]
async fn a_connection_that_is_lost_after_the_commit_is_not_unsent() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    run(&url, "create table committed (id int)").await.unwrap();
    let sql = "begin; insert into committed values (1); commit; select pg_terminate_backend(pg_backend_pid())";
    let count = async || rows(&server, "committed").await;
    let fault = fault(&server, "the server's process ends after a commit", "57P01");
    let (once, again) = processed(async |_| run(&url, sql).await, count).await;
    let of_tokio = run(&url, sql).await.unwrap_err();
    fault
        .row("tokio-postgres")
        .processed(once, again)
        .check(&of_tokio);
    let before = count().await;
    let count = async || rows(&server, "committed").await - before;
    let (once, again) = processed(async |_| run_sqlx(&url, sql).await, count).await;
    let of_sqlx = run_sqlx(&url, sql).await.unwrap_err();
    fault.row("sqlx").processed(once, again).check(&of_sqlx);
}

/// Another holds the lock while the first attempt is made; the insert before it is rolled back.
#[tokio::test]
async fn conflicts_are_unsent_for_whole_transactions() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    run(
        &url,
        "create table locked (id int); create table counted (id int)",
    )
    .await
    .unwrap();
    let sql = "begin; insert into counted values (1); lock table locked nowait; commit";
    let held = tokio::sync::Mutex::new(None);
    let insert = async |number| {
        let mut held = held.lock().await;
        *held = match number {
            1 => {
                let client = connect(&url).await?;
                client.batch_execute("begin; lock table locked").await?;
                Some(client)
            }
            _ => {
                held.take();
                gone_but_one(&server).await;
                None
            }
        };
        run(&url, sql).await
    };
    let count = async || rows(&server, "counted").await;
    let (once, again) = processed(insert, count).await;
    let holder = connect(&url).await.unwrap();
    holder
        .batch_execute("begin; lock table locked")
        .await
        .unwrap();
    let of_tokio = run(&url, sql).await.unwrap_err();
    let of_sqlx = run_sqlx(&url, sql).await.unwrap_err();
    let fault = fault(&server, "a lock that is held, NOWAIT", "55P03");
    fault
        .row("tokio-postgres")
        .processed(once, again)
        .check(&of_tokio);
    fault.row("sqlx").check(&of_sqlx);
}

#[tokio::test]
async fn two_changes_of_privileges_are_a_conflict() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    run(&url, "create table granted (id int)").await.unwrap();
    let first = connect(&url).await.unwrap();
    let sql = "begin; grant select on granted to public";
    first.batch_execute(sql).await.unwrap();
    let commit = async {
        let waiting =
            "select count(*)::int from pg_locks where not granted and transactionid is not null";
        while first
            .query_one(waiting, &[])
            .await
            .unwrap()
            .get::<_, i32>(0)
            == 0
        {
            tokio::task::yield_now().await;
        }
        first.batch_execute("commit").await.unwrap();
    };
    let fault = fault(&server, "two GRANTs at once", "tuple concurrently updated");
    let sql = "grant insert on granted to public";
    let (of_tokio, _) = tokio::join!(run(&url, sql), commit);
    fault.row("tokio-postgres").check(&of_tokio.unwrap_err());
}

/// Waits until nobody holds a lock of the table.
async fn gone_but_one(server: &Postgres) {
    let client = connect(&server.url()).await.unwrap();
    let sql = "select count(*)::int from pg_locks where relation = 'locked'::regclass";
    while client.query_one(sql, &[]).await.unwrap().get::<_, i32>(0) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_snapshot_that_another_wrote_after_is_a_conflict() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    run(
        &url,
        "create table counter (value int); insert into counter values (0)",
    )
    .await
    .unwrap();
    let begin = "begin isolation level repeatable read; select * from counter";
    let update = "update counter set value = value + 1";
    let client = connect(&url).await.unwrap();
    client.batch_execute(begin).await.unwrap();
    let mut connection = connect_sqlx(&url).await.unwrap();
    execute(&mut connection, begin).await.unwrap();
    run(&url, update).await.unwrap();
    let of_tokio = client.batch_execute(update).await.unwrap_err();
    let of_sqlx = execute(&mut connection, update).await.unwrap_err();
    fault(&server, "a row that another transaction changed", "40001").check(&of_tokio, &of_sqlx);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_where_the_primary_was_asked_for_passes() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let standby = tokio::task::block_in_place(|| server.standby());
    let source =
        "tokio-postgres, target_session_attrs: nothing was sent but SHOW transaction_read_only";
    let url = format!("{}?target_session_attrs=read-write", standby.url());
    let error = run(&url, "select 1").await.unwrap_err();
    Row::new(
        "tokio-postgres",
        "target_session_attrs=read-write finds a standby",
    )
    .server(server.version())
    .seen("database does not allow writes")
    .source(source)
    .check(&error);
    let url = format!("{}?target_session_attrs=read-only", server.url());
    let error = run(&url, "select 1").await.unwrap_err();
    Row::new(
        "tokio-postgres",
        "target_session_attrs=read-only finds the primary",
    )
    .server(server.version())
    .seen("database is not read only")
    .source(source)
    .check(&error);
    let write = "create table never (id int)";
    fault(&server, "a write on a standby", "25006")
        .run(&standby.url(), write)
        .await;
}

#[tokio::test]
async fn a_deadlock_is_a_conflict_and_unsent() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    let setup = "create table here (id int); create table there (id int)";
    run(&url, setup).await.unwrap();
    let fault = fault(&server, "a deadlock", "40P01");
    for client in ["tokio-postgres", "sqlx"] {
        let one = connect(&url).await.unwrap();
        one.batch_execute("begin; lock table here").await.unwrap();
        // The other is the victim: the first waits for longer until it looks.
        one.batch_execute("set deadlock_timeout = '1min'")
            .await
            .unwrap();
        let sql = "begin; lock table there; lock table here";
        let blocked = async {
            let admin = connect(&url).await.unwrap();
            let waits = "select count(*)::int from pg_locks where relation = 'here'::regclass and not granted";
            while admin.query_one(waits, &[]).await.unwrap().get::<_, i32>(0) == 0 {
                tokio::task::yield_now().await;
            }
            let _ = one.batch_execute("lock table there").await;
        };
        if client == "sqlx" {
            let (error, ()) = tokio::join!(run_sqlx(&url, sql), blocked);
            fault.row(client).check(&error.unwrap_err());
        } else {
            let (error, ()) = tokio::join!(run(&url, sql), blocked);
            fault.row(client).check(&error.unwrap_err());
        }
        drop(one);
    }
}

/// A process that is killed takes all sessions with it.
#[tokio::test]
async fn a_crash_ends_all_sessions() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let client = connect(&url).await.unwrap();
    let mut connection = connect_sqlx(&url).await.unwrap();
    execute(&mut connection, "select 1").await.unwrap();
    let victim = connect(&url).await.unwrap();
    let row = victim
        .query_one("select pg_backend_pid()", &[])
        .await
        .unwrap();
    let sleeping = client.batch_execute("select pg_sleep(30)");
    let kill = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let pid = row.get::<_, i32>(0).to_string();
        support::run(std::process::Command::new("kill").args(["-9", &pid]));
    };
    let (of_tokio, ()) = tokio::join!(sleeping, kill);
    let of_sqlx = execute(&mut connection, "select 1").await.unwrap_err();
    // Its 57P02 is a warning, and no error.
    let fault = |seen| fault(&server, "another session crashes the server", seen);
    fault("connection closed")
        .row("tokio-postgres")
        .check(&of_tokio.unwrap_err());
    fault("Io(").row("sqlx").check(&of_sqlx);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_or_comes_passes_and_nothing_was_sent() {
    let Some(server) = Postgres::start_with(&["hot_standby=off"]) else {
        return;
    };
    let cold = tokio::task::block_in_place(|| server.standby());
    let begun = "the database system is";
    let recovery = fault(&server, "a standby that does not take connections", begun);
    until_refused(&cold.url()).await;
    recovery.run(&cold.url(), "select 1").await;
    drop(cold);

    let _held = connect(&server.url()).await.unwrap();
    tokio::task::block_in_place(|| server.going_down());
    let words = "the database system is shutting down";
    until_refused(&server.url()).await;
    fault(&server, "a server that shuts down", words)
        .run(&server.url(), "select 1")
        .await;
}

/// Waits for the server to answer with 57P03.
async fn until_refused(url: &str) {
    loop {
        match run(url, "select 1").await {
            Err(error) if error.code().is_some_and(|code| code.code() == "57P03") => return,
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_passes() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    tokio::task::block_in_place(|| server.down());
    let mut fault = fault(&server, "refused", "Connection refused");
    fault.source = "connect(2): no connection was made";
    fault.run(&url, "select 1").await;
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(server.sockets())
        .port(server.port())
        .user("test");
    let error = config.connect(NoTls).await.map(drop).unwrap_err();
    Row::new("tokio-postgres", "the file of the socket is gone")
        .server(server.version())
        .seen("No such file or directory")
        .source("PostgreSQL removes it as it goes; tokio-postgres: no connection was made")
        .check(&error);

    let options = sqlx::postgres::PgConnectOptions::new().port(server.port());
    let options = options.socket(server.sockets()).username("test");
    let error = PgConnection::connect_with(&options)
        .await
        .map(drop)
        .unwrap_err();
    Row::new("sqlx", "the file of the socket is gone")
        .server(server.version())
        .seen("No such file or directory")
        .source("sqlx: a certificate that is not there is the same error")
        .check(&error);

    let unknown = "postgresql://test@no-such-host.invalid:5432/postgres";
    let mut fault = self::fault(
        &server,
        "a name that does not resolve",
        "failed to lookup address information",
    );
    fault.server = String::from("RFC 6761, .invalid");
    fault.source = "getaddrinfo(3): no connection was made";
    fault.run(unknown, "select 1").await;
}

/// Nobody takes the connection, so that the server's queue of them is full.
#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_unsent() {
    let listener = tokio::net::TcpSocket::new_v4().unwrap();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = listener.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    loop {
        let connect = tokio::net::TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(100), connect).await {
            Ok(stream) => queue.push(stream.unwrap()),
            Err(_) => break,
        }
    }
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(address.port()).user("test");
    config.connect_timeout(Duration::from_millis(100));
    let error = config.connect(NoTls).await.map(drop).unwrap_err();
    Row::new("tokio-postgres", "connect_timeout")
        .server("a full queue of connections")
        .seen("connection timed out")
        .source("tokio-postgres, connect_timeout: no connection was made")
        .check(&error);
}

/// A handshake of TLS comes before anything that a statement needs.
#[tokio::test]
async fn a_handshake_that_breaks_has_sent_nothing() {
    struct Broken(io::ErrorKind);
    impl<S> TlsConnect<S> for Broken {
        type Stream = NoTlsStream;
        type Error = io::Error;
        type Future = future::Ready<io::Result<NoTlsStream>>;
        fn connect(self, _: S) -> Self::Future {
            future::ready(Err(self.0.into()))
        }
    }
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut request = [0; 8];
            client.read_exact(&mut request).await.unwrap();
            client.write_all(b"S").await.unwrap();
        }
    });
    for (name, kind, seen) in [
        (
            "the TLS handshake breaks",
            io::ErrorKind::UnexpectedEof,
            "UnexpectedEof",
        ),
        (
            "the certificate is refused",
            io::ErrorKind::InvalidData,
            "InvalidData",
        ),
    ] {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let mut config = tokio_postgres::Config::new();
        config
            .user("test")
            .ssl_mode(tokio_postgres::config::SslMode::Require);
        let error = config
            .connect_raw(stream, Broken(kind))
            .await
            .map(drop)
            .unwrap_err();
        Row::new("tokio-postgres", name)
            .server("constructed, as rustls")
            .seen(seen)
            .source("tokio-postgres, connect_tls.rs: before the first message")
            .check(&error);
    }
}

/// The statement ran; what its value became fails as a broken connection does.
#[tokio::test]
async fn a_value_that_does_not_convert_is_final() {
    #[derive(Debug)]
    struct Cut;
    impl<'a> FromSql<'a> for Cut {
        fn from_sql(
            _: &Type,
            _: &'a [u8],
        ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
        }
        fn accepts(_: &Type) -> bool {
            true
        }
    }
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.url();
    run(&url, "create table popped (id int)").await.unwrap();
    let insert = async || -> Result<Cut, tokio_postgres::Error> {
        let client = connect(&url).await?;
        let row = client
            .query_one("insert into popped values (1) returning id", &[])
            .await?;
        row.try_get(0)
    };
    let count = async || rows(&server, "popped").await;
    let (once, again) = processed(async |_| insert().await.map(drop), count).await;
    let error = insert().await.unwrap_err();
    Row::new("tokio-postgres", "a value that does not convert")
        .server(server.version())
        .seen("error deserializing column 0")
        .source("the statement has been executed")
        .processed(once, again)
        .check(&error);
}
