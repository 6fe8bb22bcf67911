//! Messages of JetStream by their sequence, over kills and silences: every message once.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{self, OrderedConfig, OrderedError, OrderedErrorKind};
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, Context, Message};
use futures_util::future::{TryFutureExt, ready};
use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use persevere::{RetryPolicy, retry, stop, wait, when};
use support::{Cut, Nats, Tally};
use tokio::task::block_in_place;

const MESSAGES: usize = 300;
const EACH: usize = 50;
const MINUTE: Duration = Duration::from_secs(60);

fn options() -> ConnectOptions {
    ConnectOptions::new().reconnect_delay_callback(|_| Duration::from_millis(10))
}

async fn connect(server: &Nats) -> Context {
    jetstream::new(options().connect(server.address()).await.unwrap())
}

async fn create(context: &Context) {
    let log = Config {
        name: "log".into(),
        subjects: vec!["log".into()],
        ..Config::default()
    };
    context.create_stream(log).await.unwrap();
}

/// Publishes a message. One that is stored already is recognized by its id.
#[retry(stop = after_delay(1min), wait = 5ms, when = transient(), attempt_timeout = 500ms)]
async fn publish(context: &Context, number: usize) -> Result<(), PublishError> {
    let message = PublishMessage::build().payload(number.to_string().into());
    let message = message.message_id(number.to_string());
    context.send_publish("log", message).await?.await?;
    Ok(())
}

fn number(message: &Message) -> usize {
    str::from_utf8(&message.payload).unwrap().parse().unwrap()
}

fn sequence(message: &Message) -> u64 {
    message
        .info()
        .expect("a message of a stream")
        .stream_sequence
}

/// Delivers what comes after a message.
fn from(after: u64) -> DeliverPolicy {
    DeliverPolicy::ByStartSequence {
        start_sequence: after + 1,
    }
}

/// The messages after that of a sequence.
fn messages(context: &Context, after: u64) -> impl Stream<Item = Result<Message, OrderedError>> {
    let opened = async move {
        let config = OrderedConfig {
            deliver_policy: from(after),
            // Less is read ahead than what comes between two kills.
            max_batch: 20,
            ..OrderedConfig::default()
        };
        let consumer = context.create_consumer_on_stream(config, "log").await;
        consumer.map_err(other)?.messages().await.map_err(other)
    };
    // A consumer that is made again before its first message begins at the first of all.
    opened
        .try_flatten_stream()
        .try_filter(move |message| ready(sequence(message) > after))
}

fn other(error: impl Into<async_nats::Error>) -> OrderedError {
    OrderedError::with_source(OrderedErrorKind::Other, error)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_read_over_kills_and_silences() {
    let Some(server) = Nats::start() else { return };
    let context = connect(&server).await;
    create(&context).await;
    let producer = tokio::spawn({
        let context = context.clone();
        async move {
            for number in 1..=MESSAGES {
                publish(&context, number).await.unwrap();
            }
        }
    });
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(MINUTE))
        .wait(wait::fixed(Duration::from_millis(5)))
        .when(when::transient());
    let (server, mut opened) = (RefCell::new(server), 0);
    let (mut tally, mut kills, mut silences) = (Tally::new(MESSAGES), 0, 0);
    {
        let open = |after| {
            opened += 1;
            server.borrow().thaw();
            messages(&context, after)
        };
        let messages = policy.run_stream(0, open, sequence);
        let mut messages = pin!(messages.idle_timeout(Duration::from_millis(500)));
        while tally.total() < MESSAGES {
            tally.add(number(&messages.next().await.unwrap().unwrap()));
            if tally.total() % EACH > 0 || tally.total() == MESSAGES {
                continue;
            }
            if kills > silences {
                server.borrow().freeze();
                silences += 1;
            } else {
                block_in_place(|| server.borrow_mut().restart());
                kills += 1;
            }
        }
    }
    producer.await.unwrap();
    assert!(
        opened > kills + silences,
        "the consumer does not go on by itself"
    );
    let over = format!("{kills} kills and {silences} silences");
    tally.once_each("messages of JetStream", &over);
}

/// The server has given what the connection loses.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut() {
    let Some(server) = Nats::start() else { return };
    let (context, proxy) = (connect(&server).await, Cut::listen());
    create(&context).await;
    for number in 1..=MESSAGES {
        publish(&context, number).await.unwrap();
    }
    let address = format!("127.0.0.1:{}", proxy.port());
    let left = proxy.forward(server.port(), b"CONSUMER.MSG.NEXT");
    left.store(3, Relaxed);
    let context = jetstream::new(options().connect(address).await.unwrap());
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(MINUTE))
        .wait(wait::fixed(Duration::from_millis(5)))
        .when(when::transient());
    let messages = policy.run_stream(0, |after| messages(&context, after), sequence);
    let messages = messages.idle_timeout(Duration::from_millis(500));
    let mut tally = Tally::new(MESSAGES);
    let mut messages = pin!(messages.take(MESSAGES));
    while let Some(message) = messages.next().await {
        tally.add(number(&message.unwrap()));
    }
    assert_eq!(left.load(Relaxed), 0);
    tally.once_each("messages of JetStream", "3 cuts");
}

/// Deletes the consumer of the stream once it waits for messages, as a server does that is started again.
async fn delete_consumer(context: &Context) {
    let log = context.get_stream("log").await.unwrap();
    loop {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let consumers: Vec<_> = log.consumers().try_collect().await.unwrap();
        if let Some(waiting) = consumers.iter().find(|consumer| consumer.num_waiting > 0) {
            log.delete_consumer(&waiting.name).await.unwrap();
            return;
        }
    }
}

/// An ordered consumer that is made again before its first message forgets where it was to begin.
#[tokio::test]
async fn an_ordered_consumer_begins_again_at_the_first_of_all() {
    let Some(server) = Nats::start() else { return };
    let context = connect(&server).await;
    create(&context).await;
    for number in 1..=3 {
        publish(&context, number).await.unwrap();
    }
    let config = OrderedConfig {
        deliver_policy: from(3),
        ..OrderedConfig::default()
    };
    let consumer = context.create_consumer_on_stream(config, "log").await;
    let mut bare = consumer.unwrap().messages().await.unwrap();
    let (first, ()) = tokio::join!(bare.next(), delete_consumer(&context));
    assert_eq!(sequence(&first.unwrap().unwrap()), 1);
    drop(bare);

    let policy = RetryPolicy::new().when(when::transient());
    let mut ours = pin!(policy.run_stream(3, |after| messages(&context, after), sequence));
    let publish = async {
        delete_consumer(&context).await;
        publish(&context, 4).await.unwrap();
    };
    let (first, ()) = tokio::join!(ours.next(), publish);
    assert_eq!(sequence(&first.unwrap().unwrap()), 4);
}

/// A message that is not acknowledged comes again after its successors: the last sequence is no cursor then.
#[tokio::test]
async fn what_is_not_acknowledged_comes_after_its_successors() {
    let Some(server) = Nats::start() else { return };
    let context = connect(&server).await;
    create(&context).await;
    for number in 1..=5 {
        publish(&context, number).await.unwrap();
    }
    let config = pull::Config {
        ack_wait: Duration::from_secs(1),
        ..pull::Config::default()
    };
    let consumer = context.create_consumer_on_stream(config, "log").await;
    let mut messages = consumer.unwrap().messages().await.unwrap();
    for number in 1..=5 {
        let message = messages.next().await.unwrap().unwrap();
        assert_eq!(sequence(&message), number);
        if number > 2 {
            message.double_ack().await.unwrap();
        }
    }
    publish(&context, 6).await.unwrap();
    let mut again = Vec::new();
    for _ in 0..3 {
        let message = messages.next().await.unwrap().unwrap();
        again.push((sequence(&message), message.info().unwrap().delivered));
        message.double_ack().await.unwrap();
    }
    again.sort_unstable();
    assert_eq!(again, [(1, 2), (2, 2), (6, 1)]);
}
