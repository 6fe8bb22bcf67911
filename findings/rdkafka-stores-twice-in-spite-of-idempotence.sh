#!/usr/bin/env bash
# rdkafka 0.39.0 over librdkafka 2.12.1, and its mock cluster: with `enable.idempotence` a message that failed by `MessageTimedOut`, and
# is produced once more, is stored twice. The sequence numbers recognize the repetitions that librdkafka makes by itself; a message
# that the program hands over again gets a new one. `MessageTimedOut` does not say that the message was not stored.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
for program in cc c++ make; do command -v "$program" >/dev/null || { echo "skipped: needs $program"; exit 0; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
rdkafka = { version = "=0.39.0", default-features = false, features = ["tokio"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::ClientConfig;

async fn send(producer: &FutureProducer) -> String {
    let record = FutureRecord::<(), str>::to("orders").payload("order 7");
    match producer.send(record, Duration::ZERO).await {
        Ok(delivery) => format!("stored at {}", delivery.offset),
        Err((error, _)) => error.to_string(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("orders", 1, 1).unwrap();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", cluster.bootstrap_servers()).set("group.id", "finding");
    let consumer: BaseConsumer = config.create().unwrap();
    let stored = || consumer.fetch_watermarks("orders", 0, Duration::from_secs(20)).unwrap().1;
    config.set("enable.idempotence", "true").set("message.timeout.ms", "3000").set("linger.ms", "0");
    let producer: FutureProducer = config.create().unwrap();
    println!("at first: {}, {} stored", send(&producer).await, stored());
    cluster.broker_round_trip_time(1, Duration::from_secs(6)).unwrap();
    println!("while the broker is slow: {}", send(&producer).await);
    cluster.broker_round_trip_time(1, Duration::ZERO).unwrap();
    println!("{} stored", stored());
    tokio::time::sleep(Duration::from_secs(6)).await;
    println!("once more: {}, {} stored", send(&producer).await, stored());
}
RUST
cargo build --quiet
timeout 120 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
at first: stored at 0, 1 stored
while the broker is slow: Message production error: MessageTimedOut (Local: Message timed out)
2 stored
once more: stored at 2, 3 stored
EXPECTED
