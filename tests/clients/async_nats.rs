//! `async_nats` against a server that is killed, stopped, full, and without a stream.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use async_nats::client::PublishErrorKind;
use async_nats::connection::State;
use async_nats::jetstream::consumer::pull::{OrderedError, OrderedErrorKind};
use async_nats::jetstream::consumer::{StreamError, StreamErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, RequestErrorKind};
use futures_util::StreamExt;
use persevere::{Health, Interrupt, Transient};
use support::{Nats, Row, free_port};

use crate::{TRANSIENT, UNSENT, three};

type PublishError = jetstream::context::PublishError;

const SOURCE: &str = "async-nats 0.51, client.rs and jetstream/";

/// An answer that does not come.
const PATIENCE: Duration = Duration::from_millis(100);

fn options() -> ConnectOptions {
    ConnectOptions::new()
        .request_timeout(Some(PATIENCE))
        .reconnect_delay_callback(|_| Duration::from_millis(10))
}

async fn connect(server: &Nats) -> Client {
    options().connect(server.address()).await.unwrap()
}

fn within(client: &Client, patience: Duration) -> Context {
    let mut context = jetstream::new(client.clone());
    context.set_timeout(patience);
    context
}

fn hasty(client: &Client) -> Context {
    within(client, PATIENCE)
}

fn patient(client: &Client) -> Context {
    within(client, Duration::from_secs(60))
}

/// A stream of all that is published at the subject of its name.
fn stream(name: &str) -> Config {
    Config {
        name: name.into(),
        subjects: vec![name.into()],
        ..Config::default()
    }
}

async fn publish(context: &Context, subject: &str) -> Result<(), PublishError> {
    let subject = subject.to_owned();
    context.publish(subject, "paid".into()).await?.await?;
    Ok(())
}

/// Returns how much is stored once all has arrived that the client holds back.
async fn stored(client: &Client, subject: &str) -> u32 {
    let context = patient(client);
    publish(&context, subject).await.unwrap();
    let mut stream = context.get_stream(subject).await.unwrap();
    let info = stream.info().await.unwrap();
    u32::try_from(info.state.messages).unwrap() - 1
}

fn row<'a>(server: &Nats, fault: &'a str, seen: &'a str) -> Row<'a> {
    let row = Row::new("async-nats", fault).server(server.version());
    row.seen(seen).source(SOURCE)
}

async fn notices(client: &Client) {
    while client.connection_state() == State::Connected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Messages that are published while the server is down arrive when it is back, though each attempt has failed.
#[tokio::test]
async fn attempts_that_timed_out_arrive_later() {
    let Some(mut server) = Nats::start() else {
        return;
    };
    let client = connect(&server).await;
    for subject in ["once", "again", "recognized"] {
        let stream = stream(subject);
        patient(&client).create_stream(stream).await.unwrap();
    }
    server.down();
    notices(&client).await;
    let context = hasty(&client);
    let error = three(UNSENT, || publish(&context, "once")).await;
    let _ = three(TRANSIENT, || publish(&context, "again")).await;
    let recognized = async || {
        let message = PublishMessage::build()
            .payload("paid".into())
            .message_id("order 7");
        context.send_publish("recognized", message).await?.await
    };
    let _ = three(TRANSIENT, recognized).await;
    let error = error.unwrap_err();
    server.up();
    let (once, again) = (
        stored(&client, "once").await,
        stored(&client, "again").await,
    );
    row(&server, "publish while the server is down", "TimedOut")
        .processed(once, again)
        .check(&error);
    assert_eq!((once, again), (1, 3));
    assert_eq!(stored(&client, "recognized").await, 1);
    assert_eq!(error.health(), Health::Failed);
}

/// The first attempt is stored, though its acknowledgement does not come in time.
#[tokio::test]
async fn a_silent_server_may_have_stored_it() {
    let Some(server) = Nats::start() else { return };
    let client = connect(&server).await;
    for subject in ["once", "again", "recognized"] {
        let stream = stream(subject);
        patient(&client).create_stream(stream).await.unwrap();
    }
    let context = hasty(&client);
    server.freeze();
    let error = three(UNSENT, || publish(&context, "once")).await;
    let _ = three(TRANSIENT, || publish(&context, "again")).await;
    let get = context.get_stream("once").await.map(drop).unwrap_err();
    server.thaw();
    let (once, again) = (
        stored(&client, "once").await,
        stored(&client, "again").await,
    );
    row(&server, "publish at a server that is stopped", "TimedOut")
        .processed(once, again)
        .check(&error.unwrap_err());
    assert_eq!((once, again), (1, 3));
    row(
        &server,
        "a stream's state from a server that is stopped",
        "TimedOut",
    )
    .check(&get);
    assert_eq!(get.health(), Health::Failed);
}

/// Attempts to publish at a subject: the first fails, and something else mends that.
async fn mended(
    context: &Context,
    subject: &str,
    unsent: bool,
    mend: impl AsyncFn(),
) -> Result<(), PublishError> {
    let attempts = AtomicU32::new(0);
    let attempt = async || {
        if attempts.fetch_add(1, Relaxed) == 1 {
            mend().await;
        }
        publish(context, subject).await
    };
    three(unsent, attempt).await
}

#[tokio::test]
async fn what_jetstream_refuses_for_now_is_unsent() {
    let Some(server) = Nats::start() else { return };
    let client = connect(&server).await;
    let context = patient(&client);
    let error = publish(&context, "later").await.unwrap_err();
    let mut processed = Vec::new();
    for unsent in [UNSENT, TRANSIENT] {
        let create = async || drop(context.create_stream(stream("later")).await.unwrap());
        mended(&context, "later", unsent, create).await.unwrap();
        processed.push(stored(&client, "later").await);
        context.delete_stream("later").await.unwrap();
    }
    row(&server, "no stream for the subject", "StreamNotFound")
        .processed(processed[0], processed[1])
        .check(&error);

    let full = Config {
        max_messages: 1,
        discard: DiscardPolicy::New,
        ..stream("full")
    };
    let full = context.create_stream(full).await.unwrap();
    publish(&context, "full").await.unwrap();
    let error = publish(&context, "full").await.unwrap_err();
    let mut processed = Vec::new();
    for unsent in [UNSENT, TRANSIENT] {
        let purge = async || assert!(full.purge().await.unwrap().success);
        mended(&context, "full", unsent, purge).await.unwrap();
        processed.push(full.get_info().await.unwrap().state.messages as u32);
    }
    row(&server, "the stream is full", "maximum messages exceeded")
        .processed(processed[0], processed[1])
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
    assert!(std::io::Error::other(error).unsent(), "a cause decides");
}

#[tokio::test]
async fn refusals_and_conflicts_are_final() {
    let Some(server) = Nats::start() else { return };
    let client = connect(&server).await;
    let context = patient(&client);
    let small = Config {
        max_message_size: 1,
        ..stream("small")
    };
    context.create_stream(small).await.unwrap();
    let error = publish(&context, "small").await.unwrap_err();
    row(&server, "a message that the stream refuses", "10054").check(&error);
    assert_eq!(error.health(), Health::Well);

    context.create_stream(stream("wanted")).await.unwrap();
    let after = |sequence| PublishMessage::build().expected_last_sequence(sequence);
    let error = context.send_publish("wanted", after(7)).await.unwrap();
    let error = error.await.unwrap_err();
    row(&server, "another was stored before", "WrongLastSequence").check(&error);
    assert_eq!(error.health(), Health::Well);

    let error = context.get_stream("nowhere").await.map(drop).unwrap_err();
    row(&server, "no such stream", "10059").check(&error);
    let large = vec![0; 2 << 20].into();
    let error = client.publish("small", large).await.unwrap_err();
    row(
        &server,
        "a message that the server refuses",
        "MaxPayloadExceeded",
    )
    .check(&error);
}

#[tokio::test]
async fn values_are_judged_by_what_they_are_published_by() {
    let Some(server) = Nats::start() else { return };
    let client = connect(&server).await;
    let bucket = Config {
        name: "KV_stock".into(),
        subjects: vec!["$KV.stock.>".into()],
        max_messages_per_subject: 1,
        allow_direct: true,
        allow_rollup: true,
        ..Config::default()
    };
    patient(&client).create_stream(bucket).await.unwrap();
    let stock = hasty(&client).get_key_value("stock").await.unwrap();
    let revision = stock.put("tea", "1".into()).await.unwrap();
    let error = stock
        .update("tea", "2".into(), revision + 7)
        .await
        .unwrap_err();
    row(&server, "a value that was changed", "WrongLastRevision").check(&error);
    assert_eq!(error.health(), Health::Well);
    let error = stock.create("tea", "2".into()).await.unwrap_err();
    row(&server, "a key that exists", "AlreadyExists").check(&error);
    server.freeze();
    let error = stock.put("tea", "3".into()).await.unwrap_err();
    row(
        &server,
        "a value is put at a server that is stopped",
        "TimedOut",
    )
    .check(&error);
    let error = stock.entry("tea").await.unwrap_err();
    row(
        &server,
        "a value is read from a server that is stopped",
        "TimedOut",
    )
    .check(&error);
}

#[tokio::test]
async fn requests_without_an_answer() {
    let Some(server) = Nats::start_with(&[]) else {
        return;
    };
    let client = connect(&server).await;
    let error = client.request("nobody", "".into()).await.unwrap_err();
    row(&server, "nobody answers at the subject", "NoResponders").check(&error);
    let error = hasty(&client)
        .get_stream("any")
        .await
        .map(drop)
        .unwrap_err();
    row(&server, "a server without JetStream", "NoResponders").check(&error);

    let mut heard = client.subscribe("silent").await.unwrap();
    let ask = async || client.request("silent", "".into()).await.map(drop);
    let _ = three(UNSENT, ask).await;
    let _ = three(TRANSIENT, ask).await;
    client.publish("silent", "the last".into()).await.unwrap();
    let mut processed = 0;
    while heard.next().await.unwrap().payload != "the last" {
        processed += 1;
    }
    let error = ask().await.unwrap_err();
    row(&server, "the one who answers is silent", "TimedOut")
        .processed(1, processed - 1)
        .check(&error);
    assert_eq!(processed, 4);

    let closed = client.clone();
    client.drain().await.unwrap();
    let error = loop {
        // The client's task ends in its own time.
        tokio::task::yield_now().await;
        if let Err(error) = closed.publish("silent", "".into()).await {
            break error;
        }
    };
    row(&server, "the client is drained", "channel closed").check(&error);
    assert_eq!(error.health(), Health::Unknown);
    let error = closed.request("silent", "".into()).await.unwrap_err();
    assert!(!error.verdict().is_retry());
    let error = publish(&patient(&closed), "silent").await.unwrap_err();
    assert!(!error.verdict().is_retry());
    let error = closed.flush().await.unwrap_err();
    assert!(!error.verdict().is_retry());
}

#[tokio::test]
async fn connections_that_are_refused() {
    let refused = options().connect(format!("127.0.0.1:{}", free_port()));
    let error = refused.await.map(drop).unwrap_err();
    let row = Row::new("async-nats", "the connection is refused");
    row.seen("refused")
        .source("connect(2), ECONNREFUSED")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
    let error = options()
        .connect("nowhere.invalid")
        .await
        .map(drop)
        .unwrap_err();
    let row = Row::new("async-nats", "the name does not resolve");
    let source = "getaddrinfo(3), EAI_AGAIN and EAI_NONAME";
    row.seen("lookup").source(source).check(&error);
    let Some(server) = Nats::start_with(&["--user", "shop", "--pass", "secret"]) else {
        return;
    };
    let guess = options().user_and_password("shop".into(), "guess".into());
    let error = guess.connect(server.address()).await.map(drop).unwrap_err();
    let row = Row::new("async-nats", "wrong password").server(server.version());
    row.seen("AuthorizationViolation")
        .source(SOURCE)
        .check(&error);
    assert_eq!(error.health(), Health::Well);
}

#[test]
fn interrupts_have_a_place() {
    let open = Interrupt::CircuitOpen { retry_after: None };
    fn check<E: From<Interrupt> + Transient + StdError>(open: Interrupt) {
        let error = E::from(open);
        assert!(error.verdict().is_retry() && error.unsent(), "{error}");
        assert_eq!(error.health(), Health::Unknown, "{error}");
    }
    check::<PublishError>(open);
    check::<jetstream::kv::UpdateError>(open);
    check::<jetstream::consumer::StreamError>(open);
    check::<jetstream::consumer::pull::OrderedError>(open);
    check::<async_nats::ConnectError>(open);
    check::<async_nats::RequestError>(open);
    check::<async_nats::PublishError>(open);
    let own = async_nats::PublishError::from(PublishErrorKind::Send);
    assert!(!own.verdict().is_retry() && own.health() == Health::Unknown);
    let held = PublishError::from(jetstream::context::PublishErrorKind::MaxAckPending);
    assert!(held.unsent() && held.health() == Health::Unknown);
    let missed = OrderedError::from(OrderedErrorKind::MissingHeartbeat);
    assert!(missed.verdict().is_retry() && !missed.unsent() && missed.health() == Health::Failed);
    let late = StreamError::from(StreamErrorKind::TimedOut);
    assert!(
        OrderedError::with_source(OrderedErrorKind::Other, late)
            .verdict()
            .is_retry()
    );
    let other = async_nats::RequestError::from(RequestErrorKind::Other);
    assert_eq!(other.health(), Health::Unknown);
}
