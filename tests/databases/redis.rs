//! A Redis that is really stopped.

use persevere::testing::{Recorder, Scope};
use persevere::{StopReason, Transient, retry};
use redis::{AsyncCommands, Client, RedisError};
use support::Redis;

/// A connection an attempt: one that broke stays broken.
#[retry(stop = after_attempt(1000), wait = 5ms, when = transient())]
async fn increment(client: &Client, key: &str) -> Result<i64, RedisError> {
    let mut connection = client.get_multiplexed_async_connection().await?;
    connection.incr(key, 1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_and_started() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let client = Client::open(server.url()).unwrap();
    assert_eq!(increment(&client, "hits").await.unwrap(), 1);
    let mut broken = client.get_multiplexed_async_connection().await.unwrap();

    server.down();
    let error = broken.get::<_, i64>("hits").await.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
    let recorder = Recorder::new();
    let off = Scope::capped(3)
        .record(&recorder)
        .run_async(increment(&client, "hits"))
        .await;
    let error = off.unwrap_err();
    assert!(error.verdict().is_retry() && error.unsent(), "{error}");
    recorder
        .recorded()
        .attempts(3)
        .gave_up(StopReason::Attempts);

    recorder.clear();
    let call = {
        let (client, scope) = (client.clone(), Scope::new().record(&recorder));
        tokio::spawn(async move { scope.run_async(increment(&client, "hits")).await })
    };
    while recorder.recorded().all_pauses().len() < 2 {
        tokio::task::yield_now().await;
    }
    tokio::task::block_in_place(|| server.up());
    // What it held in memory went with it.
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_command_is_never_retried() {
    #[retry(wait = none(), when = transient())]
    async fn wrong(client: &Client) -> Result<i64, RedisError> {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("INKR")
            .arg("hits")
            .query_async(&mut connection)
            .await
    }

    let Some(server) = Redis::start() else { return };
    let client = Client::open(server.url()).unwrap();
    let recorder = Recorder::new();
    assert!(
        Scope::new()
            .record(&recorder)
            .run_async(wrong(&client))
            .await
            .is_err()
    );
    recorder.recorded().attempts(1).never_gave_up();
}
