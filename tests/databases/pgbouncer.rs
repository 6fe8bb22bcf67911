//! A PgBouncer before a real PostgreSQL: it refuses, has no connection to give, and ends sessions.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{Fault, connect, connect_sqlx, execute, processed, run, run_sqlx};
use support::{PgBouncer, Postgres};
use tokio::sync::Mutex;
use tokio_postgres::{Client, Error};

const SOURCE: &str = "PgBouncer's source, objects.c, janitor.c and client.c";

struct Both {
    bouncer: PgBouncer,
    server: Arc<Postgres>,
}

impl Both {
    /// Before the server that the tests share.
    fn start(settings: &str) -> Option<Self> {
        Both::before(Postgres::shared()?, settings)
    }

    /// Before a server of its own.
    fn alone(settings: &str) -> Option<Self> {
        Both::before(Arc::new(Postgres::start()?), settings)
    }

    fn before(server: Arc<Postgres>, settings: &str) -> Option<Self> {
        let bouncer = PgBouncer::start(&server, settings)?;
        Some(Both { bouncer, server })
    }

    fn url(&self) -> String {
        self.bouncer.url("postgres")
    }

    fn fault<'a>(&self, name: &'a str, seen: &'a str) -> Fault<'a> {
        Fault {
            name,
            server: self.bouncer.version(),
            seen,
            source: SOURCE,
        }
    }

    async fn console(&self, command: &str) {
        run(&self.bouncer.console(), command).await.expect(command);
    }

    /// The number of rows in a table of this name, which is not there before the first call.
    async fn table(&self, name: &str) -> Table {
        let client = connect(&self.server.url()).await.unwrap();
        let create = format!("create table {name} (id int)");
        client.batch_execute(&create).await.unwrap();
        Table {
            client,
            count: format!("select count(*)::int from {name}"),
        }
    }
}

struct Table {
    client: Client,
    count: String,
}

impl Table {
    async fn rows(&self) -> u32 {
        let row = self.client.query_one(&self.count, &[]).await.unwrap();
        u32::try_from(row.get::<_, i32>(0)).unwrap()
    }
}

/// A transaction that holds a connection to the server.
async fn holder(url: &str) -> Client {
    let client = connect(url).await.unwrap();
    client.batch_execute("begin; select 1").await.unwrap();
    client
}

#[tokio::test]
async fn refusals_are_final() {
    let Some(both) = Both::start("") else {
        return;
    };
    let nowhere = both.bouncer.url("nowhere");
    let fault = both.fault("PgBouncer: no such database", "no such database");
    fault.run(&nowhere, "select 1").await;

    let wrong = both.url().replace("secret", "guess");
    let words = "password authentication failed";
    let fault = both.fault("PgBouncer: wrong password", words);
    fault.run(&wrong, "select 1").await;

    let unknown = both.url().replace("test:", "nobody:");
    let fault = both.fault("PgBouncer: unknown user", words);
    fault.run(&unknown, "select 1").await;

    let absent = both.bouncer.url("absent");
    let words = "does not exist";
    let fault = both.fault("PgBouncer: the server does not know the database", words);
    let of_tokio = run(&absent, "select 1").await.unwrap_err();
    fault.row("tokio-postgres").check(&of_tokio);

    both.console("disable postgres").await;
    let fault = both.fault("PgBouncer: disabled database", "is disabled");
    fault.run(&both.url(), "select 1").await;
}

#[tokio::test]
async fn no_free_connection_passes_and_nothing_was_sent() {
    let settings = "default_pool_size = 1\nquery_wait_timeout = 1";
    let Some(both) = Both::start(settings) else {
        return;
    };
    let url = both.url();
    let table = both.table("waited").await;
    let held = Mutex::new(None);
    let insert = async |number| {
        let mut held = held.lock().await;
        *held = match number {
            1 => Some(holder(&url).await),
            _ => None,
        };
        run(&url, "insert into waited values (1)").await
    };
    let (once, again) = processed(insert, async || table.rows().await).await;

    let _held = holder(&url).await;
    let fault = both.fault(
        "PgBouncer: no connection to the server is free",
        "query_wait_timeout",
    );
    let sql = "insert into waited values (1)";
    let of_tokio = run(&url, sql).await.unwrap_err();
    let of_sqlx = run_sqlx(&url, sql).await.unwrap_err();
    let row = fault.row("tokio-postgres").processed(once, again);
    row.check(&of_tokio);
    fault.row("sqlx").check(&of_sqlx);
}

#[tokio::test]
async fn a_pause_passes() {
    let Some(both) = Both::start("query_wait_timeout = 1") else {
        return;
    };
    both.console("pause").await;
    let fault = both.fault("PgBouncer: PAUSE", "query_wait_timeout");
    fault.run(&both.url(), "select 1").await;
}

/// A client, once PgBouncer has seen that others are gone.
async fn let_in(url: &str) -> Client {
    loop {
        match connect(url).await {
            Ok(client) => return client,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

#[tokio::test]
async fn too_many_clients_pass_and_nothing_was_sent() {
    let Some(both) = Both::start("max_client_conn = 2") else {
        return;
    };
    let url = both.url();
    let table = both.table("crowded").await;
    let _one = connect(&url).await.unwrap();
    let other = Mutex::new(None);
    let sql = "insert into crowded values (1)";
    let insert = async |number| {
        let mut other = other.lock().await;
        if number == 1 {
            *other = Some(let_in(&url).await);
            return run(&url, sql).await;
        }
        other.take();
        let_in(&url).await.batch_execute(sql).await
    };
    let (once, again) = processed(insert, async || table.rows().await).await;

    let _other = let_in(&url).await;
    let words = "no more connections allowed";
    let fault = both.fault("PgBouncer: max_client_conn", words);
    let of_tokio = run(&url, "select 1").await.unwrap_err();
    let of_sqlx = run_sqlx(&url, "select 1").await.unwrap_err();
    let row = fault.row("tokio-postgres").processed(once, again);
    row.check(&of_tokio);
    fault.row("sqlx").check(&of_sqlx);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_passes_and_nothing_was_sent() {
    let settings = "query_wait_timeout = 1\nserver_login_retry = 1";
    let Some(both) = Both::alone(settings) else {
        return;
    };
    let url = both.url();
    run(&url, "select 1").await.unwrap();
    tokio::task::block_in_place(|| both.server.down());
    let words = "server login has been failing";
    let fault = both.fault("PgBouncer: the server is down", words);
    let of_tokio = failing(words, async || run(&url, "select 1").await.unwrap_err()).await;
    let of_sqlx = failing(words, async || {
        run_sqlx(&url, "select 1").await.unwrap_err()
    })
    .await;
    fault.check(&of_tokio, &of_sqlx);
}

/// The clients after the one that was refused hear of it as of a server that cannot be reached; from 1.24 on
/// with its words.
#[tokio::test]
async fn a_refusal_that_is_remembered_is_final() {
    let Some(both) = Both::alone("server_login_retry = 60\nquery_wait_timeout = 1") else {
        return;
    };
    let absent = both.bouncer.url("absent");
    let server = both.server.url();
    run(&server, "create database absent").await.unwrap();
    run(&absent, "select 1").await.unwrap();
    run(&server, "drop database absent with (force)")
        .await
        .unwrap();
    let words = "server login has been failing";
    let of_tokio = failing(words, async || run(&absent, "select 1").await.unwrap_err()).await;
    let of_sqlx = run_sqlx(&absent, "select 1").await.unwrap_err();
    if !text(&of_tokio).contains("does not exist") {
        return support::skipped("PgBouncer 1.24, which says why");
    }
    let fault = both.fault(
        "PgBouncer: a refusal that it remembers",
        "cached error: database",
    );
    fault.check(&of_tokio, &of_sqlx);
}

/// The first error with these words: before it there are others, as the server goes.
async fn failing<E: std::error::Error>(words: &str, make: impl AsyncFn() -> E) -> E {
    loop {
        let error = make().await;
        if text(&error).contains(words) {
            return error;
        }
    }
}

/// The text of an error and of its causes.
fn text(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let texts = causes.map(|cause| format!("{cause} {cause:?}"));
    texts.collect::<Vec<_>>().join(": ")
}

#[tokio::test]
async fn a_statement_that_ran_out_of_time_is_final_and_one_that_waited_is_not() {
    let Some(both) = Both::start("query_timeout = 1") else {
        return;
    };
    let url = both.url();
    let fault = both.fault(
        "PgBouncer: query_timeout, the statement runs",
        "query timeout",
    );
    fault.run(&url, "select pg_sleep(30)").await;
    both.console("pause").await;
    let fault = both.fault(
        "PgBouncer: query_timeout, the statement waits",
        "query_timeout",
    );
    fault.run(&url, "select 1").await;
}

#[tokio::test]
async fn ended_sessions_pass_on_another_connection() {
    let settings = "idle_transaction_timeout = 1\nclient_idle_timeout = 1";
    let Some(both) = Both::start(settings) else {
        return;
    };
    let url = both.url();
    let idle = async |begin: &str| {
        let mut connection = connect_sqlx(&url).await.unwrap();
        execute(&mut connection, begin).await.unwrap();
        let client = connect(&url).await.unwrap();
        client.batch_execute(begin).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        let of_sqlx = execute(&mut connection, "select 1").await.unwrap_err();
        let of_tokio = client.batch_execute("select 1").await.unwrap_err();
        (of_tokio, of_sqlx)
    };
    let ended = tokio::join!(idle("begin; select 1"), idle("select 1"));
    for (name, words, (of_tokio, of_sqlx)) in [
        (
            "PgBouncer: idle_transaction_timeout",
            "idle transaction timeout",
            ended.0,
        ),
        (
            "PgBouncer: client_idle_timeout",
            "client_idle_timeout",
            ended.1,
        ),
    ] {
        both.fault(name, words).row("sqlx").check(&of_sqlx);
        let fault = both.fault(name, "connection closed");
        fault.row("tokio-postgres").check(&of_tokio);
    }
}

#[tokio::test]
async fn sessions_that_are_killed_pass_on_another_connection() {
    let Some(both) = Both::start("") else { return };
    let url = both.url();
    let mut connection = connect_sqlx(&url).await.unwrap();
    execute(&mut connection, "begin; select 1").await.unwrap();
    let client = holder(&url).await;
    both.console("kill postgres").await;
    let of_sqlx = execute(&mut connection, "select 1").await.unwrap_err();
    let of_tokio = client.batch_execute("select 1").await.unwrap_err();
    let fault = both.fault("PgBouncer: KILL, in a transaction", "database removed");
    fault.row("sqlx").check(&of_sqlx);
    let fault = both.fault("PgBouncer: KILL, in a transaction", "connection closed");
    fault.row("tokio-postgres").check(&of_tokio);
}

/// The transaction is committed, and then the server goes: it is not known to the client.
#[tokio::test]
async fn a_connection_that_is_lost_after_the_commit_is_not_unsent() {
    let Some(both) = Both::start("") else { return };
    let url = both.url();
    let table = both.table("committed").await;
    let sql = "begin; insert into committed values (1); commit; select pg_terminate_backend(pg_backend_pid())";
    let insert = async |_| run(&url, sql).await;
    let (once, again) = processed(insert, async || table.rows().await).await;
    assert_eq!((once, again), (1, 3));
    let fault = both.fault(
        "PgBouncer: the server's process ends after a commit",
        "57P01",
    );
    let of_tokio = run(&url, sql).await.unwrap_err();
    let of_sqlx = run_sqlx(&url, sql).await.unwrap_err();
    let row = fault.row("tokio-postgres").processed(once, again);
    row.check(&of_tokio);
    fault.row("sqlx").check(&of_sqlx);
}

#[tokio::test]
async fn a_server_connection_that_crashed_passes() {
    let Some(both) = Both::start("") else { return };
    let url = both.url();
    let mut connection = connect_sqlx(&url).await.unwrap();
    execute(&mut connection, "begin; select 1").await.unwrap();
    let own = sqlx::query_as("select pg_backend_pid()");
    let (pid,): (i32,) = own.fetch_one(&mut connection).await.unwrap();
    let kill = format!("select pg_terminate_backend({pid})");
    run(&both.server.url(), &kill).await.unwrap();
    let mut seen = Vec::new();
    while let Err(error) = execute(&mut connection, "select 1").await {
        let text = text(&error);
        if let Some(words) = ["57P01", "server conn crashed?"]
            .into_iter()
            .find(|words| text.contains(words))
        {
            let name = format!(
                "PgBouncer: the server's process ends in a transaction, {}",
                ["first", "then"][seen.len().min(1)]
            );
            both.fault(&name, words).row("sqlx").check(&error);
            seen.push(words);
        } else {
            break;
        }
    }
    assert!(!seen.is_empty());
}

/// Two clients share a connection to the server, whose statements each of them takes for its own.
#[tokio::test]
async fn a_prepared_statement_of_another_client_is_final() {
    let Some(mut both) = Both::start("default_pool_size = 1") else {
        return;
    };
    if both.bouncer.version_is_from(1, 21) {
        both =
            Both::start("default_pool_size = 1\nmax_prepared_statements = 0").expect("as before");
    }
    let url = both.url();
    let mut one = connect_sqlx(&url).await.unwrap();
    sqlx::query("select 1").execute(&mut one).await.unwrap();
    let mut other = connect_sqlx(&url).await.unwrap();
    let error = sqlx::query("select 1")
        .execute(&mut other)
        .await
        .unwrap_err();
    let mut fault = both.fault("PgBouncer: a prepared statement of another client", "42P05");
    fault.source = "PgBouncer's manual, max_prepared_statements";
    fault.row("sqlx").check(&error);
}

#[tokio::test]
async fn limits_of_clients_pass_and_nothing_was_sent() {
    let Some(both) = Both::start("") else { return };
    if !both.bouncer.version_is_from(1, 24) {
        return support::skipped("PgBouncer 1.24");
    }
    for limit in ["max_user_client_connections", "max_db_client_connections"] {
        let both = Both::start(&format!("{limit} = 1")).expect("as before");
        let _held = connect(&both.url()).await.unwrap();
        let name = format!("PgBouncer: {limit}");
        let words = format!("client connections exceeded ({limit})");
        both.fault(&name, &words).run(&both.url(), "select 1").await;
    }
}

#[tokio::test]
async fn a_pooler_that_shuts_down_passes() {
    let Some(both) = Both::start("default_pool_size = 1") else {
        return;
    };
    let url = both.url();
    let waiting = connect(&url).await.unwrap();
    let mut other = connect_sqlx(&url).await.unwrap();
    let _held = holder(&url).await;
    let shutdown = run(&both.bouncer.console(), "shutdown wait_for_servers").await;
    if shutdown.is_err() {
        return support::skipped("PgBouncer 1.23");
    }
    let words = "server shutting down";
    let fault = both.fault("PgBouncer: SHUTDOWN WAIT_FOR_SERVERS", words);
    let of_tokio: Error = waiting.batch_execute("select 1").await.unwrap_err();
    let of_sqlx = execute(&mut other, "select 1").await.unwrap_err();
    fault.check(&of_tokio, &of_sqlx);
}
