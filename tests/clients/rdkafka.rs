//! `rdkafka` against librdkafka's mock cluster, whose broker refuses, is slow, and goes away.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use persevere::{Health, Transient};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{DefaultProducerContext, FutureProducer, FutureRecord, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{ClientConfig, util::get_rdkafka_version};
use support::{Row, free_port};

use crate::{TRANSIENT, UNSENT, three};

type Cluster = MockCluster<'static, DefaultProducerContext>;

const PROTOCOL: &str = "Kafka's protocol guide, error codes";
const LIBRDKAFKA: &str = "librdkafka's introduction, message reliability";
/// The shortest that librdkafka keeps to.
const SHORT: (&str, &str) = ("message.timeout.ms", "1000");
const ENOUGH: (&str, &str) = ("message.timeout.ms", "60000");

fn cluster(topics: &[&str]) -> Cluster {
    let cluster = MockCluster::new(1).unwrap();
    for topic in topics {
        cluster.create_topic(topic, 1, 1).unwrap();
    }
    cluster
}

fn producer(brokers: &str, settings: &[(&str, &str)]) -> FutureProducer {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("linger.ms", "0");
    for (key, value) in settings {
        config.set(*key, *value);
    }
    config.create().unwrap()
}

fn record(topic: &str) -> FutureRecord<'_, (), str> {
    FutureRecord::to(topic).payload("paid")
}

async fn send(producer: &FutureProducer, topic: &str) -> Result<(), KafkaError> {
    let sent = producer.send(record(topic), Duration::ZERO).await;
    sent.map(drop).map_err(|(error, _)| error)
}

/// Lets the next requests to produce fail.
fn fail(cluster: &Cluster, error: RDKafkaRespErr) {
    cluster.clear_request_errors(RDKafkaApiKey::Produce);
    cluster.request_errors(RDKafkaApiKey::Produce, &[error]);
}

fn consumer(brokers: &str) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("group.id", "test");
    config.create().unwrap()
}

fn row<'a>(fault: &'a str, seen: &'a str) -> Row<'a> {
    let server = format!("mock cluster of librdkafka {}", get_rdkafka_version().1);
    Row::new("rdkafka", fault).server(server).seen(seen)
}

#[tokio::test]
async fn codes_of_the_broker() {
    use RDKafkaRespErr::*;
    let cluster = cluster(&["once", "replicas", "large", "forbidden"]);
    let brokers = cluster.bootstrap_servers();
    fail(&cluster, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
    send(&producer(&brokers, &[ENOUGH]), "once").await.unwrap();
    for (fault, topic, code, seen, health) in [
        (
            "too few replicas, without librdkafka's own attempts",
            "replicas",
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            "NotEnoughReplicas",
            Health::Failed,
        ),
        (
            "a message that is too large",
            "large",
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
            "MessageSizeTooLarge",
            Health::Well,
        ),
        (
            "a topic that is forbidden",
            "forbidden",
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            "TopicAuthorizationFailed",
            Health::Well,
        ),
    ] {
        fail(&cluster, code);
        let once = producer(&brokers, &[ENOUGH, ("message.send.max.retries", "0")]);
        let error = send(&once, topic).await.unwrap_err();
        row(fault, seen).source(PROTOCOL).check(&error);
        assert_eq!(error.health(), health, "{fault}");
    }
}

/// A message that timed out in flight is stored, and so are its repetitions, though the producers are idempotent.
#[tokio::test]
async fn a_message_that_timed_out_may_be_stored() {
    let topics = ["once", "again"];
    let cluster = cluster(&topics);
    let brokers = cluster.bootstrap_servers();
    let idempotent = [
        ("message.timeout.ms", "2000"),
        ("enable.idempotence", "true"),
    ];
    // A producer sends no second message before the first is answered.
    let producers: Vec<_> = (0..4).map(|_| producer(&brokers, &idempotent)).collect();
    for (at, one) in producers.iter().enumerate() {
        let warm_up = || send(one, topics[at.min(1)]);
        three(TRANSIENT, warm_up).await.unwrap();
    }
    let stored = |topic| {
        let marks = consumer(&brokers).fetch_watermarks(topic, 0, Duration::from_secs(60));
        u32::try_from(marks.unwrap().1).unwrap()
    };
    let before = topics.map(stored);
    cluster
        .broker_round_trip_time(1, Duration::from_secs(60))
        .unwrap();
    let at = AtomicUsize::new(0);
    let attempt = async |topic| send(&producers[at.fetch_add(1, Relaxed)], topic).await;
    let error = three(UNSENT, || attempt("once")).await.unwrap_err();
    let _ = three(TRANSIENT, || attempt("again")).await;
    cluster.broker_round_trip_time(1, Duration::ZERO).unwrap();
    let (once, again) = (stored("once") - before[0], stored("again") - before[1]);
    row("a broker that answers too late", "MessageTimedOut")
        .source(LIBRDKAFKA)
        .processed(once, again)
        .check(&error);
    assert_eq!((once, again), (1, 3));
}

#[tokio::test]
async fn a_fatal_error_wants_a_new_producer() {
    let cluster = cluster(&["orders"]);
    let idempotent = [ENOUGH, ("enable.idempotence", "true")];
    let one = producer(&cluster.bootstrap_servers(), &idempotent);
    send(&one, "orders").await.unwrap();
    fail(
        &cluster,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
    );
    let error = send(&one, "orders").await.unwrap_err();
    row("a sequence with a gap", "OutOfOrderSequenceNumber")
        .source(PROTOCOL)
        .check(&error);
    let error = send(&one, "orders").await.unwrap_err();
    row("a producer after a fatal error", "Fatal")
        .source(LIBRDKAFKA)
        .check(&error);
    assert_eq!(error.health(), Health::Unknown);
    let other = producer(&cluster.bootstrap_servers(), &idempotent);
    send(&other, "orders").await.unwrap();
}

#[tokio::test]
async fn a_full_queue_is_unsent_and_a_flush_says_nothing() {
    let cluster = cluster(&["orders"]);
    let one_message = [SHORT, ("queue.buffering.max.messages", "1")];
    let one = producer(&cluster.bootstrap_servers(), &one_message);
    cluster.broker_down(1).unwrap();
    let queued = one
        .send_result(record("orders"))
        .map_err(|(error, _)| error)
        .unwrap();
    let error = send(&one, "orders").await.unwrap_err();
    row("the producer's queue is full", "QueueFull")
        .source(LIBRDKAFKA)
        .check(&error);
    assert_eq!(error.health(), Health::Unknown);
    one.flush(Duration::from_secs(60)).unwrap();
    let error = queued.await.unwrap().unwrap_err().0;
    row("the broker is down", "MessageTimedOut")
        .source(LIBRDKAFKA)
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
    let queued = one
        .send_result(record("orders"))
        .map_err(|(error, _)| error)
        .unwrap();
    drop(one);
    let error = queued.await.unwrap().unwrap_err().0;
    row("the producer is dropped", "PurgeQueue")
        .source(LIBRDKAFKA)
        .check(&error);
    let nobody = consumer(&format!("127.0.0.1:{}", free_port()));
    let error = nobody
        .fetch_metadata(None, Duration::from_millis(100))
        .map(drop)
        .unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
}
