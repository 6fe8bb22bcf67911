//! etcd without a quorum: its own time for a call ends, though the caller has set none.

use std::time::Duration;

use greeter::{Greeter, channel};
use persevere::Transient;
use persevere::tower::GrpcStatusLayer;
use support::{Etcd, Row};
use tonic::{Request, Status};
use tower::Layer;

/// `PutRequest { key: "a", value: "b" }`
fn put() -> String {
    "\n\u{1}a\u{12}\u{1}b".to_owned()
}

const PUT: &str = "/etcdserverpb.KV/Put";
const LATE: &str = "etcd, EtcdServer.processInternalRaftRequestOnce";

/// Two members, of which one is killed. Version 3.4 says of its own time what is `DEADLINE_EXCEEDED` from 3.5 on.
#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_that_is_lost() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let bare = Greeter::new(channel(etcd.url()));
    let layered = Greeter::new(GrpcStatusLayer::new().layer(channel(etcd.url())));
    let well = bare.clone().call(PUT, put()).await;
    assert!(well.is_ok_and(|answer| !answer.is_empty()));
    etcd.lose_quorum();

    let mut first = bare.clone();
    let first = tokio::spawn(async move { first.call(PUT, put()).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut bare, mut own, mut callers) = (bare, layered.clone(), layered);
    let mut in_time = Request::new(put());
    in_time.set_timeout(Duration::from_secs(60));
    let (bare, own, callers) = tokio::join!(
        bare.call(PUT, put()),
        own.call(PUT, put()),
        callers.call(PUT, in_time)
    );
    let row = |fault, seen| {
        Row::new("tonic", fault)
            .server(etcd.version())
            .seen(seen)
            .source(LATE)
    };
    let first: Status = first.await.unwrap().unwrap_err();
    row("etcd loses its quorum", "request timed out").check(&first);
    let late = "context deadline exceeded";
    row("etcd has no quorum", late).check(&bare.unwrap_err());
    let own = own.unwrap_err();
    row("etcd has no quorum, by GrpcStatusLayer", late).check(&own);
    assert!(own.verdict().is_retry() && !own.unsent());
    let callers = callers.unwrap_err();
    row(
        "etcd has no quorum, with a deadline, by GrpcStatusLayer",
        late,
    )
    .check(&callers);
}
