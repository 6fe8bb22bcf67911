//! `lapin` against a broker that refuses, is full, is silent, and is killed.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPError, AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use lapin::{Error, ErrorKind, ExchangeKind};
use persevere::{Health, Interrupt, RetryPolicy, Transient, stop, wait, when};
use support::{Cut, RabbitMq, Row, free_port};

use crate::{TRANSIENT, UNSENT, three};

const SOURCE: &str = "RabbitMQ's guide, publisher confirms";
const AMQP: &str = "AMQP 0-9-1, 1.2: reply codes";

async fn connect(address: &str) -> Result<Connection, Error> {
    let address = format!("amqp://{address}");
    Connection::connect(&address, ConnectionProperties::default()).await
}

async fn connect_to(port: u16) -> Result<Connection, Error> {
    connect(&format!("127.0.0.1:{port}/%2f")).await
}

/// Opens a channel whose publishes are confirmed.
async fn open(connection: &Connection) -> Result<Channel, Error> {
    let channel = connection.create_channel().await?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    Ok(channel)
}

async fn publish(channel: &Channel, exchange: &str, queue: &str) -> Result<Confirmation, Error> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let (exchange, queue, message) = (exchange.into(), queue.into(), BasicProperties::default());
    let publish = channel.basic_publish(exchange, queue, options, b"paid", message);
    publish.await?.await
}

async fn declare(
    channel: &Channel,
    queue: &str,
    options: QueueDeclareOptions,
) -> Result<u32, Error> {
    let declare = channel.queue_declare(queue.into(), options, FieldTable::default());
    Ok(declare.await?.message_count())
}

/// Declares a queue of one message, which refuses others.
async fn declare_small(channel: &Channel, queue: &str) {
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
    let refuse = AMQPValue::LongString("reject-publish".into());
    arguments.insert("x-overflow".into(), refuse);
    let declare = channel.queue_declare(queue.into(), QueueDeclareOptions::default(), arguments);
    declare.await.unwrap();
}

/// Returns how many messages a queue has, and takes them away.
async fn emptied(channel: &Channel, queue: &str) -> u32 {
    let purge = channel.queue_purge(queue.into(), Default::default());
    purge.await.unwrap()
}

fn row<'a>(broker: &RabbitMq, fault: &'a str, seen: &'a str) -> Row<'a> {
    let row = Row::new("lapin", fault).server(broker.version());
    row.seen(seen).source(AMQP)
}

/// One broker for all of it, since it takes long to start.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_refuses_is_silent_and_goes_away() {
    let Some(mut broker) = tokio::task::block_in_place(RabbitMq::start) else {
        return;
    };
    let connection = connect_to(broker.port()).await.unwrap();
    let channel = open(&connection).await.unwrap();
    declare(&channel, "orders", QueueDeclareOptions::default())
        .await
        .unwrap();
    refusals(&broker, &connection).await;
    returned(&channel).await;
    full(&channel).await;
    lost(&broker, &channel).await;
    silent(&broker, &connection, &channel).await;

    broker.freeze();
    let (order, options) = (BasicProperties::default(), BasicPublishOptions::default());
    let publish_unconfirmed =
        channel.basic_publish("".into(), "orders".into(), options, b"", order);
    let confirmation = publish_unconfirmed.await.unwrap();
    let name = broker.version();
    broker.down();
    let error = confirmation.await.unwrap_err();
    let row = |fault, seen| Row::new("lapin", fault).server(name.clone()).seen(seen);
    let source = "RFC 9293, 3.5.2 and 3.6";
    row("killed before it confirms", "IOError")
        .source(source)
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
    let error = publish(&channel, "", "orders").await.unwrap_err();
    let lapin = "lapin 4.12, channel_status.rs";
    row("a channel of a lost connection", "InvalidChannelState")
        .source(lapin)
        .check(&error);
    let error = open(&connection).await.map(drop).unwrap_err();
    let lapin = "lapin 4.12, connection_status.rs";
    row("a lost connection", "InvalidConnectionState")
        .source(lapin)
        .check(&error);
    assert_eq!(error.health(), Health::Unknown);
}

async fn refusals(broker: &RabbitMq, connection: &Connection) {
    let port = broker.port();
    let guess = format!("guest:guess@127.0.0.1:{port}/%2f");
    let error = connect(&guess).await.map(drop).unwrap_err();
    row(broker, "wrong password", "ACCESS_REFUSED").check(&error);
    assert_eq!(error.health(), Health::Well);
    let error = connect(&format!("127.0.0.1:{port}/nowhere"))
        .await
        .map(drop)
        .unwrap_err();
    row(broker, "no such virtual host", "NOT_ALLOWED").check(&error);

    let channel = open(connection).await.unwrap();
    let error = publish(&channel, "nowhere", "orders").await.unwrap_err();
    row(broker, "no such exchange", "NOT_FOUND").check(&error);
    let error = publish(&channel, "", "orders").await.unwrap_err();
    row(
        broker,
        "a channel that the broker has closed",
        "InvalidChannelState",
    )
    .check(&error);

    let (mut durable, mut exclusive) = (
        QueueDeclareOptions::default(),
        QueueDeclareOptions::default(),
    );
    (durable.durable, exclusive.exclusive) = (true, true);
    let channel = open(connection).await.unwrap();
    let error = declare(&channel, "orders", durable).await.unwrap_err();
    row(broker, "a queue that differs", "PRECONDITION_FAILED").check(&error);
    let other = connect_to(port).await.unwrap();
    declare(&open(&other).await.unwrap(), "own", exclusive)
        .await
        .unwrap();
    let channel = open(connection).await.unwrap();
    let error = declare(&channel, "own", exclusive).await.unwrap_err();
    row(
        broker,
        "a queue that another connection holds",
        "RESOURCE_LOCKED",
    )
    .check(&error);
    assert_eq!(error.health(), Health::Well);
}

/// A message that no queue has taken is acknowledged.
async fn returned(channel: &Channel) {
    let confirmation = publish(channel, "", "nowhere").await.unwrap();
    assert!(matches!(&confirmation, Confirmation::Ack(Some(it)) if it.reply_code == 312));
    assert!(confirmation.is_ack());
}

/// A full queue refuses by a result, and another queue has the message nevertheless.
async fn full(channel: &Channel) {
    declare_small(channel, "small").await;
    let first = publish(channel, "", "small").await.unwrap();
    assert!(first.is_ack());
    let attempts = AtomicU32::new(0);
    let attempt = async || {
        if attempts.fetch_add(1, Relaxed) == 1 {
            emptied(channel, "small").await;
        }
        publish(channel, "", "small").await
    };
    let confirmation = three(TRANSIENT, &attempt).await.unwrap();
    assert!(confirmation.is_nack(), "no error, no other attempt");
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_attempt(3));
    let nacked = when::transient() | when::ok(|it: &Confirmation| it.is_nack());
    let confirmation = policy.when(nacked).run_async(&attempt).await.unwrap();
    assert!(confirmation.is_ack());

    let (fanout, nothing) = (ExchangeKind::Fanout, FieldTable::default());
    let exchange = channel.exchange_declare("both".into(), fanout, Default::default(), nothing);
    exchange.await.unwrap();
    for queue in ["orders", "small"] {
        let nothing = FieldTable::default();
        let bind = channel.queue_bind(
            queue.into(),
            "both".into(),
            "".into(),
            Default::default(),
            nothing,
        );
        bind.await.unwrap();
    }
    let attempt = || publish(channel, "both", "");
    let confirmation = policy.when(nacked).run_async(attempt).await.unwrap();
    assert!(confirmation.is_nack());
    assert_eq!(emptied(channel, "orders").await, 3);
}

/// A connection breaks after the broker has the message, before it confirms it.
async fn lost(broker: &RabbitMq, channel: &Channel) {
    let proxy = Cut::listen();
    let port = proxy.port();
    let left = proxy.forward(broker.port(), b"paid");
    let attempt = async || {
        let connection = connect_to(port).await?;
        publish(&open(&connection).await?, "", "orders").await
    };
    left.store(1, Relaxed);
    let error = three(UNSENT, &attempt).await.unwrap_err();
    let once = emptied(channel, "orders").await;
    left.store(1, Relaxed);
    three(TRANSIENT, &attempt).await.unwrap();
    let again = emptied(channel, "orders").await;
    row(
        broker,
        "the connection breaks before the confirmation",
        "IOError",
    )
    .processed(once, again)
    .source(SOURCE)
    .check(&error);
    assert_eq!((once, again), (1, 2));
}

/// Nothing but the caller's own limit ends an attempt at a broker that is silent.
async fn silent(broker: &RabbitMq, connection: &Connection, channel: &Channel) {
    let hasty = [
        open(connection).await.unwrap(),
        open(connection).await.unwrap(),
    ];
    broker.freeze();
    for (channel, unsent) in hasty.iter().zip([UNSENT, TRANSIENT]) {
        let attempt = async || {
            let publish = publish(channel, "", "orders");
            let limit = Duration::from_millis(50);
            let confirmed = tokio::time::timeout(limit, publish).await;
            confirmed.unwrap_or_else(|elapsed| Err(io::Error::from(elapsed).into()))
        };
        three(unsent, attempt).await.unwrap_err();
    }
    broker.thaw();
    for channel in hasty {
        channel.wait_for_confirms().await.unwrap();
    }
    assert_eq!(emptied(channel, "orders").await, 4, "one, and three");
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let error = connect_to(free_port()).await.map(drop).unwrap_err();
    let row = Row::new("lapin", "the connection is refused");
    row.seen("refused")
        .source("connect(2), ECONNREFUSED")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
    let error = connect("nowhere.invalid/%2f").await.map(drop).unwrap_err();
    let row = Row::new("lapin", "the name does not resolve");
    let source = "getaddrinfo(3), EAI_AGAIN and EAI_NONAME";
    row.seen("lookup").source(source).check(&error);
}

#[test]
fn answers_that_are_hard_to_provoke() {
    let answer =
        |kind, text: &str| Error::from(ErrorKind::ProtocolError(AMQPError::new(kind, text.into())));
    let row = |fault, seen| {
        Row::new("lapin", fault)
            .server("constructed")
            .seen(seen)
            .source(AMQP)
    };
    let forced = AMQPErrorKind::Hard(AMQPHardError::CONNECTIONFORCED);
    let error = answer(
        forced,
        "broker forced connection closure with reason 'shutdown'",
    );
    row("the broker shuts down", "CONNECTION-FORCED").check(&error);
    assert_eq!(error.health(), Health::Failed);
    let limit = "NOT_ALLOWED - access to vhost '/' refused for user 'shop': connection limit (1) is reached";
    let error = answer(AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED), limit);
    row("too many connections", "connection limit").check(&error);
    let away = "NOT_FOUND - home node 'a@b' of durable queue 'orders' in vhost '/' is down or inaccessible";
    let error = answer(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND), away);
    row("the node of the queue is down", "home node").check(&error);
    assert_eq!(error.health(), Health::Failed);
    let error = Error::from(ErrorKind::ChannelsLimitReached);
    assert!(error.verdict().is_retry() && error.unsent());
    assert_eq!(error.health(), Health::Unknown);
}

#[test]
fn interrupts_have_a_place() {
    let error = Error::from(Interrupt::CircuitOpen { retry_after: None });
    assert!(error.verdict().is_retry() && error.unsent());
    assert_eq!(error.health(), Health::Unknown);
}
