#!/usr/bin/env bash
# rdkafka 0.39.0 over librdkafka 2.12.1, and its mock cluster: `flush` succeeds although each message has failed. It waits until
# no message is left, and one that has timed out is not left: `message.timeout.ms` below the time that `flush` may take makes a
# success of a broker that is down. The delivery reports alone tell.
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

use rdkafka::mocking::MockCluster;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::ClientConfig;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for patience in ["1000", "60000"] {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 1, 1).unwrap();
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", cluster.bootstrap_servers()).set("message.timeout.ms", patience);
        let producer: FutureProducer = config.create().unwrap();
        cluster.broker_down(1).unwrap();
        let report = producer.send_result(FutureRecord::<(), str>::to("orders").payload("order 7")).map_err(|(error, _)| error).unwrap();
        println!("message.timeout.ms = {patience}: flush {:?}", producer.flush(Duration::from_secs(5)));
        match tokio::time::timeout(Duration::ZERO, report).await {
            Ok(report) => println!("delivery report: {:?}", report.unwrap().map_err(|(error, _)| error)),
            Err(_) => println!("delivery report: none yet"),
        }
    }
}
RUST
cargo build --quiet
timeout 120 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
message.timeout.ms = 1000: flush Ok(())
delivery report: Err(KafkaError (Message production error: MessageTimedOut (Local: Message timed out)))
message.timeout.ms = 60000: flush Err(KafkaError (Flush error: OperationTimedOut (Local: Timed out)))
delivery report: none yet
EXPECTED
