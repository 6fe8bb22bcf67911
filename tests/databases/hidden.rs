//! Errors of drivers that are hidden in those of pools and in `anyhow::Error`: a server that is down is
//! retried, a wrong
//! password is not.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use deadpool_postgres::{Config, CreatePoolError, Pool, PoolConfig, PoolError, Runtime, Timeouts};
use persevere::breaker::State;
use persevere::when::{transient_cause, unsent_cause};
use persevere::{CircuitBreaker, Predicate, retry};
use support::{Postgres, Row, free_port};
use tokio_postgres::NoTls;

fn pool(url: &str) -> Result<Pool, CreatePoolError> {
    let mut config = Config::new();
    config.url = Some(String::from(url));
    config.create_pool(Some(Runtime::Tokio1), NoTls)
}

/// The verdicts on a pool's error, by the predicates that look for the driver's.
fn check(row: Row<'_>, error: PoolError) {
    let text = format!("{error:?}");
    let outcome = Err::<(), _>(error);
    let verdict = transient_cause::<tokio_postgres::Error>().verdict(&outcome);
    let unsent = unsent_cause::<tokio_postgres::Error>().verdict(&outcome);
    let unsent = if unsent.is_retry() { "yes" } else { "no" };
    row.check_as(&text, verdict, unsent);
}

/// A pool's own error.
#[retry(when = transient_cause::<tokio_postgres::Error>(), wait = none())]
async fn connect(pool: &Pool, attempts: &AtomicU32) -> Result<(), PoolError> {
    attempts.fetch_add(1, Relaxed);
    pool.get().await.map(drop)
}

/// The same under the hood of anyhow, with limits, for a statement that may not run twice.
#[retry(
    when = unsent_cause::<(tokio_postgres::Error, sqlx::Error)>(),
    wait = none(),
    deadline = 30s,
    breaker = breaker,
)]
async fn insert(
    pool: &Pool,
    attempts: &AtomicU32,
    breaker: &CircuitBreaker,
) -> anyhow::Result<u64> {
    use anyhow::Context;
    attempts.fetch_add(1, Relaxed);
    let client = pool.get().await.context("no connection")?;
    let rows = client.execute("insert into users values (1)", &[]).await;
    rows.context("insert")
}

#[tokio::test]
async fn a_server_that_is_down_is_retried_through_a_pool() {
    let dead = format!("postgresql://test@127.0.0.1:{}/postgres", free_port());
    let (pool, attempts) = (pool(&dead).unwrap(), AtomicU32::new(0));
    let error = connect(&pool, &attempts).await.unwrap_err();
    assert!(matches!(error, PoolError::Backend(_)), "{error:?}");
    let row = Row::new("deadpool-postgres", "transient_cause: the server is down")
        .seen("ConnectionRefused");
    check(
        row.source("the driver's error, which is the pool's source"),
        error,
    );
    assert_eq!(attempts.swap(0, Relaxed), 3);

    let breaker = CircuitBreaker::new("postgres").consecutive(9);
    let error = insert(&pool, &attempts, &breaker).await.unwrap_err();
    assert!(
        error.root_cause().to_string().contains("refused"),
        "{error:?}"
    );
    assert_eq!(attempts.into_inner(), 3);
    assert_eq!(breaker.snapshot().in_a_row, 3, "the breaker hears of it");
}

#[tokio::test]
async fn a_wrong_password_is_not_retried_through_a_pool() {
    let Some(server) = Postgres::start() else {
        return;
    };
    server.ask_for_passwords();
    let url = server.url().replace("test@", "test:wrong@");
    let (pool, attempts) = (pool(&url).unwrap(), AtomicU32::new(0));
    let error = connect(&pool, &attempts).await.unwrap_err();
    let PoolError::Backend(backend) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(backend.code().map(|code| code.code()), Some("28P01"));
    let row =
        Row::new("deadpool-postgres", "transient_cause: a wrong password").server(server.version());
    check(
        row.seen("28P01")
            .source("the driver's error, which is the pool's source"),
        error,
    );
    assert_eq!(attempts.swap(0, Relaxed), 1);

    let breaker = CircuitBreaker::new("postgres").consecutive(1);
    assert!(insert(&pool, &attempts, &breaker).await.is_err());
    assert_eq!(attempts.into_inner(), 1);
    assert_eq!(
        breaker.state(),
        State::Closed,
        "a server that refuses is well"
    );
}

/// Nothing is hidden in this one, so that its own pattern says that it passes.
#[retry(
    on = Err(PoolError::Timeout(_)),
    when = transient_cause::<tokio_postgres::Error>(),
    wait = none(),
)]
async fn wait_for_one(pool: &Pool, attempts: &AtomicU32) -> Result<(), PoolError> {
    attempts.fetch_add(1, Relaxed);
    let no_time = Timeouts::wait_millis(0);
    pool.timeout_get(&no_time).await.map(drop)
}

#[tokio::test]
async fn a_pool_whose_connections_are_all_taken_hides_nothing() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let mut config = Config::new();
    config.url = Some(server.url());
    config.pool = Some(PoolConfig::new(1));
    let pool = config.create_pool(Some(Runtime::Tokio1), NoTls).unwrap();
    let taken = pool.get().await.unwrap();
    let attempts = AtomicU32::new(0);
    let error = wait_for_one(&pool, &attempts).await.unwrap_err();
    assert_eq!(attempts.swap(0, Relaxed), 3);
    let row = Row::new(
        "deadpool-postgres",
        "transient_cause: all connections are taken",
    )
    .server(server.version());
    check(
        row.seen("Timeout(Wait)")
            .source("no cause; retry it by `on = Err(PoolError::Timeout(_))`"),
        error,
    );
    drop(taken);
    wait_for_one(&pool, &attempts).await.unwrap();
}
