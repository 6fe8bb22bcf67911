//! A stream of answers from a server that is killed, renews its connections, or falls silent: every number once.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use futures_util::future::TryFutureExt;
use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use greeter::{Greeter, numbers};
use persevere::{RetryPolicy, RetryState, stop, wait, when};
use support::{Grpcio, Tally, Twin};
use tokio::task::block_in_place;
use tonic::transport::Endpoint;
use tonic::{Code, Status};

const LAST: usize = 600;
const EACH: usize = 100;
const MINUTE: Duration = Duration::from_secs(60);

/// The age at which a connection is asked to go away, and the time that it then has.
const AGE: Duration = Duration::from_millis(60);

/// A client that counts the streams it has opened, and the codes by which they broke.
struct Counter {
    greeter: Greeter,
    opened: AtomicU32,
    broken: Mutex<Vec<Code>>,
}

impl Counter {
    /// Its client reads ahead less than what comes between two kills.
    fn new(url: String) -> Self {
        let endpoint = Endpoint::from_shared(url).unwrap();
        let endpoint = endpoint.initial_stream_window_size(1 << 16);
        Counter {
            greeter: Greeter::new(endpoint.connect_lazy()),
            opened: AtomicU32::new(0),
            broken: Mutex::default(),
        }
    }

    /// The numbers after this one.
    fn open(&self, after: usize) -> impl Stream<Item = Result<usize, Status>> {
        let answers = async move {
            let answers = self.greeter.clone().stream(after.to_string()).await?;
            self.opened.fetch_add(1, Relaxed);
            Ok(answers)
        };
        answers
            .try_flatten_stream()
            .map_ok(|text| numbers::number(&text))
    }

    /// Reads all numbers. `halfway` is called after each hundredth, and `opening` when a stream is to be opened.
    async fn count(&self, mut halfway: impl FnMut(), mut opening: impl FnMut()) -> Tally {
        let policy = RetryPolicy::new()
            .stop(stop::after_delay(MINUTE))
            .wait(wait::fixed(Duration::from_millis(5)))
            .when(when::transient())
            .before_sleep(|broken: &RetryState<'_, Result<usize, Status>>| self.note(broken));
        let open = |after| {
            opening();
            self.open(after)
        };
        let numbers = policy.run_stream(0, open, |number| *number);
        let mut numbers = pin!(numbers.idle_timeout(Duration::from_millis(500)));
        let mut tally = Tally::new(LAST);
        while let Some(number) = numbers.next().await {
            tally.add(number.unwrap());
            if tally.total() % EACH == 0 && tally.total() < LAST {
                halfway();
            }
        }
        tally
    }

    fn note(&self, broken: &RetryState<'_, Result<usize, Status>>) {
        let code = broken.err().map(Status::code);
        self.broken.lock().unwrap().extend(code);
    }

    /// Whether a stream broke with this code.
    fn has_met(&self, code: Code) -> bool {
        self.broken.lock().unwrap().contains(&code)
    }

    fn opened(&self) -> u32 {
        self.opened.load(Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed() {
    if let Some(port) = Twin::port_to_serve() {
        return numbers::serve(port, LAST, None).await;
    }
    let mut server = Twin::start("streams::a_server_that_is_killed");
    let counter = Counter::new(server.url());
    let kill = || block_in_place(|| server.restart());
    let tally = counter.count(kill, || {}).await;
    assert!(counter.opened() > 5, "{}", counter.opened());
    // tonic's own, of a connection that ends; its cause is judged.
    assert!(counter.has_met(Code::Unknown));
    tally.once_each("answers of tonic", "5 kills");
}

/// The connection stays, and nothing comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent() {
    if let Some(port) = Twin::port_to_serve() {
        return numbers::serve(port, LAST, None).await;
    }
    let server = Twin::start("streams::a_server_that_falls_silent");
    let counter = Counter::new(server.url());
    let tally = counter.count(|| server.freeze(), || server.thaw()).await;
    assert!(counter.opened() > 5, "{}", counter.opened());
    assert!(counter.has_met(Code::DeadlineExceeded));
    tally.once_each("answers of tonic", "5 silences");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_renews_its_connections() {
    if let Some(port) = Twin::port_to_serve() {
        return numbers::serve(port, LAST, Some(AGE)).await;
    }
    let server = Twin::start("streams::a_server_that_renews_its_connections");
    let counter = Counter::new(server.url());
    let tally = counter.count(|| {}, || {}).await;
    // A number takes a millisecond, and a connection lasts for 120.
    assert!(counter.opened() >= 5, "{}", counter.opened());
    assert!(counter.has_met(Code::Unknown));
    let goaways = format!("{} GOAWAYs", counter.opened() - 1);
    tally.once_each("answers of tonic", &goaways);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grpcio_that_renews_its_connections() {
    let age = AGE.as_millis();
    let options = [
        format!("grpc.max_connection_age_ms={age}"),
        format!("grpc.max_connection_age_grace_ms={age}"),
    ];
    let Some(server) = Grpcio::start(&options.each_ref().map(String::as_str)) else {
        return;
    };
    let counter = Counter::new(server.url());
    let tally = counter.count(|| {}, || {}).await;
    assert!(counter.opened() >= 5, "{}", counter.opened());
    assert!(counter.has_met(Code::Unavailable));
    let goaways = format!("{} GOAWAYs", counter.opened() - 1);
    tally.once_each("answers of grpcio", &goaways);
}
