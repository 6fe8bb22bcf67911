//! A server on Python's grpcio that renews its connections, and allows few streams on each: what its handler has begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use greeter::{Greeter, channel};
use persevere::{Transient, retry};
use support::Grpcio;
use tonic::Status;
use tonic::transport::Channel;

const OPTIONS: [&str; 2] = [
    "grpc.max_concurrent_streams=10",
    "grpc.max_connection_age_ms=40",
];

/// Many calls at a time, each of a name of its own.
async fn calls<F>(
    server: &Grpcio,
    call: impl Fn(Channel, String) -> F,
) -> Vec<Result<String, Status>>
where
    F: Future<Output = Result<String, Status>> + Send + 'static,
{
    let mut outcomes = Vec::new();
    let channel = channel(server.url());
    for round in 0..12 {
        let calls = (0..100).map(|number| {
            let name = format!("{round}-{number}");
            tokio::spawn(call(channel.clone(), name))
        });
        for call in Vec::from_iter(calls) {
            outcomes.push(call.await.unwrap());
        }
    }
    outcomes
}

fn begun(server: &Grpcio) -> Vec<usize> {
    let names = (0..12).flat_map(|round| (0..100).map(move |number| format!("{round}-{number}")));
    names.map(|name| server.handled(&name)).collect()
}

/// A call that fails as unsent was not begun, and each call under `unsent()` is begun at most once.
#[tokio::test(flavor = "multi_thread")]
async fn no_call_is_processed_twice_under_unsent() {
    #[retry(stop = after_attempt(50), wait = 5ms, when = unsent())]
    async fn charge(channel: &Channel, name: &str) -> Result<String, Status> {
        let mut greeter = Greeter::new(channel.clone());
        greeter.hello(name.to_owned()).await
    }

    let Some(server) = Grpcio::start(&OPTIONS) else {
        return;
    };
    let outcomes = calls(&server, |channel, name| async move {
        charge(&channel, &name).await
    });
    let outcomes = outcomes.await;
    // The last lines of its handler may still be on their way.
    let succeeded = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    while begun(&server).iter().sum::<usize>() < succeeded {
        tokio::task::yield_now().await;
    }
    assert!(begun(&server).iter().all(|&times| times <= 1));
    for failed in outcomes.into_iter().filter_map(Result::err) {
        assert!(
            failed.verdict().is_retry() && !failed.unsent(),
            "{failed:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_succeeds_under_transient() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);

    #[retry(stop = after_attempt(200), wait = 5ms, when = transient())]
    async fn hello(channel: &Channel, name: &str) -> Result<String, Status> {
        ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        let mut greeter = Greeter::new(channel.clone());
        greeter.hello(name.to_owned()).await
    }

    let Some(server) = Grpcio::start(&OPTIONS) else {
        return;
    };
    let server = Arc::new(server);
    let outcomes = calls(&server, |channel, name| async move {
        hello(&channel, &name).await
    });
    for outcome in outcomes.await {
        outcome.unwrap();
    }
    assert!(
        ATTEMPTS.load(Ordering::Relaxed) > 1200,
        "nothing was rotated"
    );
}
