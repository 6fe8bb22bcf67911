//! Calls by both clients of PostgreSQL, each over a connection of its own, and how often the server ran them.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use persevere::{Policy, RetryPolicy, Transient, stop, wait, when};
use sqlx::{ConnectOptions, Connection, PgConnection};
use support::Row;
use tokio_postgres::{Client, NoTls};

/// A connection that is served as long as the client is there.
pub(crate) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Statements over a connection of their own, by `tokio_postgres`.
pub(crate) async fn run(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    connect(url).await?.batch_execute(sql).await
}

/// The same by `sqlx`.
pub(crate) async fn run_sqlx(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = connect_sqlx(url).await?;
    execute(&mut connection, sql).await
}

pub(crate) async fn connect_sqlx(url: &str) -> Result<PgConnection, sqlx::Error> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    let options = options.statement_cache_capacity(100);
    PgConnection::connect_with(&options.disable_statement_logging()).await
}

pub(crate) async fn execute(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let sql = sqlx::AssertSqlSafe(sql);
    sqlx::raw_sql(sql).execute(connection).await.map(drop)
}

/// A fault that both clients meet in the same words.
pub(crate) struct Fault<'a> {
    pub name: &'a str,
    pub server: String,
    pub seen: &'a str,
    pub source: &'a str,
}

impl Fault<'_> {
    /// The rows of both clients, whose statements fail.
    #[track_caller]
    pub(crate) fn check(&self, of_tokio: &tokio_postgres::Error, of_sqlx: &sqlx::Error) {
        self.row("tokio-postgres").check(of_tokio);
        self.row("sqlx").check(of_sqlx);
    }

    pub(crate) fn row(&self, client: &'static str) -> Row<'_> {
        Row::new(client, self.name)
            .server(self.server.clone())
            .seen(self.seen)
            .source(self.source)
    }

    /// The rows of both clients, each with statements over a connection of its own.
    pub(crate) async fn run(&self, url: &str, sql: &str) {
        let of_tokio = run(url, sql).await.expect_err(self.name);
        let of_sqlx = run_sqlx(url, sql).await.expect_err(self.name);
        self.check(&of_tokio, &of_sqlx);
    }
}

/// The number of times that three attempts take place, under `unsent()` and under `transient()`, by what
/// `count` counts after each.
pub(crate) async fn processed<E: Transient>(
    attempt: impl AsyncFn(u32) -> Result<(), E>,
    count: impl AsyncFn() -> u32,
) -> (u32, u32) {
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let number = AtomicU32::new(0);
    let numbered = || attempt(number.fetch_add(1, Relaxed) + 1);
    let _ = policy().when(when::unsent()).run_async(numbered).await;
    let once = count().await;
    number.store(0, Relaxed);
    let _ = policy().when(when::transient()).run_async(numbered).await;
    (once, count().await - once)
}
