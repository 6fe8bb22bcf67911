//! A PostgreSQL whose backends are really terminated, through the pool of `sqlx`.

use std::time::Duration;

use persevere::testing::{Recorder, Scope};
use persevere::{StopReason, Transient, retry};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Error, Row, query};
use support::Postgres;

#[retry(stop = after_attempt(100), wait = 20ms, when = transient())]
async fn pid(pool: &PgPool) -> Result<i32, Error> {
    query("select pg_backend_pid()")
        .fetch_one(pool)
        .await?
        .try_get(0)
}

#[retry(wait = none(), when = transient())]
async fn broken(pool: &PgPool) -> Result<(), Error> {
    query("selekt 1").execute(pool).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_a_real_server() {
    let Some(server) = Postgres::start() else {
        return;
    };
    // The pool itself would test connections, and so hide what is tested here.
    let options = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_millis(300))
        .test_before_acquire(false);
    let pool = options.connect(&server.url()).await.unwrap();

    let first = pid(&pool).await.unwrap();
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'test'";
    let admin = PgPoolOptions::new()
        .max_connections(1)
        .connect(&server.url())
        .await
        .unwrap();
    query(kill).execute(&admin).await.unwrap();
    assert_ne!(pid(&pool).await.unwrap(), first);

    let recorder = Recorder::new();
    let error = Scope::new()
        .record(&recorder)
        .run_async(broken(&pool))
        .await
        .unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42601");
    recorder.recorded().attempts(1).never_gave_up();

    // Both connections are taken.
    let taken = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    let impatient = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(50));
    let small = impatient.connect(&server.url()).await.unwrap();
    let held = small.acquire().await.unwrap();
    let error = small.acquire().await.map(drop).unwrap_err();
    assert!(matches!(error, Error::PoolTimedOut));
    assert!(error.verdict().is_retry() && error.unsent());
    drop((taken, held));

    server.down();
    recorder.clear();
    let off = Scope::capped(3)
        .record(&recorder)
        .run_async(pid(&pool))
        .await;
    assert!(off.unwrap_err().verdict().is_retry());
    recorder
        .recorded()
        .attempts(3)
        .gave_up(StopReason::Attempts);
    let call = tokio::spawn({
        let pool = pool.clone();
        async move { pid(&pool).await }
    });
    tokio::task::block_in_place(|| server.up());
    assert!(call.await.unwrap().unwrap() > 0);
}
