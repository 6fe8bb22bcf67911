//! `etcd-client` against an etcd that loses its quorum, and with an endpoint that is dead.

use std::time::Duration;

use etcd_client::{Client, Error, GetOptions};
use persevere::{Health, Transient};
use support::{Etcd, Row, free_port, interrupted};

const SOURCE: &str = "etcd, api/v3rpc/rpctypes/error.go";

async fn connect<const N: usize>(urls: [String; N]) -> Client {
    Client::connect(urls, None).await.unwrap()
}

fn nobody() -> String {
    format!("http://127.0.0.1:{}", free_port())
}

async fn put(client: &Client) -> Result<(), Error> {
    client.kv_client().put("key", "value", None).await.map(drop)
}

/// The number of times that the key was written.
async fn written(client: &Client) -> i64 {
    let answer = client.kv_client().get("key", None).await.unwrap();
    answer.kvs().first().map_or(0, |found| found.version())
}

/// The balanced channel calls it again and again; what fails there has not been written.
#[tokio::test(flavor = "multi_thread")]
async fn calls_to_a_dead_endpoint_are_unsent() {
    let Some(etcd) = Etcd::start() else { return };
    let alone = connect([etcd.url()]).await;
    let both = connect([etcd.url(), nobody()]).await;
    let (mut well, mut failed) = (0, Vec::new());
    for _ in 0..50 {
        match put(&both).await {
            Ok(()) => well += 1,
            Err(error) => failed.push(error),
        }
    }
    assert_eq!(written(&alone).await, well);
    for error in &failed {
        let row = Row::new("etcd-client", "one of two endpoints is dead");
        row.server(etcd.version())
            .seen("tcp connect error")
            .source("connect(2), ECONNREFUSED")
            .check(error);
        assert_eq!(error.health(), Health::Failed);
    }
    assert!(!failed.is_empty() && well > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_final() {
    let Some(etcd) = Etcd::start() else { return };
    let mut client = connect([etcd.url()]).await;
    let future = Some(GetOptions::new().with_revision(1_000_000));
    let row = |fault, seen| {
        Row::new("etcd-client", fault)
            .server(etcd.version())
            .seen(seen)
            .source(SOURCE)
    };
    let error = client.get("key", future).await.unwrap_err();
    row("a revision of the future", "future revision").check(&error);
    assert_eq!(error.health(), Health::Well);
    let error = client.lease_revoke(7).await.unwrap_err();
    row("a lease that is not there", "lease not found").check(&error);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_calls_are_retried_and_never_unsent() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let client = connect([etcd.url()]).await;
    put(&client).await.unwrap();
    etcd.lose_quorum();
    let later = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        put(&client).await.unwrap_err()
    };
    let (first, later) = tokio::join!(put(&client), later);
    let row = |fault, seen| {
        Row::new("etcd-client", fault)
            .server(etcd.version())
            .seen(seen)
            .source(SOURCE)
    };
    row("etcd loses its quorum", "request timed out").check(&first.unwrap_err());
    row("etcd has no quorum", "context deadline exceeded").check(&later);
    assert_eq!(later.health(), Health::Failed);
}

#[tokio::test(start_paused = true)]
async fn interrupts_have_a_place() {
    interrupted::each_is_judged::<Error>();
    interrupted::each_guard::<Error>().await;
}
