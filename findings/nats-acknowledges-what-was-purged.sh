#!/usr/bin/env bash
# nats-server 2.9.10 (seen by async-nats 0.51.0): the ids of messages outlive the messages. A message that is published again after
# its stream was purged, or after it was deleted, is acknowledged with the sequence of the one that is gone, and nothing is stored;
# nor does a condition on the last sequence fail that no longer holds. Only `duplicate` in the acknowledgement tells.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
command -v nats-server >/dev/null || { echo "skipped: needs nats-server"; exit 0; }
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
async-nats = { version = "=0.51.0", default-features = false, features = ["jetstream"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use async_nats::jetstream::{self, message::PublishMessage, stream::{Config, Stream}, Context};

async fn publish(context: &Context, stream: &Stream, id: &str) {
    let message = PublishMessage::build().payload("paid".into()).message_id(id).expected_last_sequence(0);
    let answer = match context.send_publish("orders", message).await.unwrap().await {
        Ok(it) => format!("Ok, sequence {}, duplicate {}", it.sequence, it.duplicate),
        Err(error) => error.to_string(),
    };
    let state = stream.get_info().await.unwrap().state;
    println!("publish {id} if nothing was published: {answer}; messages {}, last sequence {}", state.messages, state.last_sequence);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = async_nats::connect(format!("127.0.0.1:{}", env!("PORT"))).await.unwrap();
    let context = jetstream::new(client);
    let config = Config { name: "orders".into(), subjects: vec!["orders".into()], ..Config::default() };
    let stream = context.create_stream(config).await.unwrap();
    publish(&context, &stream, "a").await;
    println!("purged: {}", stream.purge().await.unwrap().purged);
    publish(&context, &stream, "a").await;
    publish(&context, &stream, "b").await;
}
RUST
export PORT=$((20000 + RANDOM % 20000))
nats-server --addr 127.0.0.1 --port "$PORT" --jetstream --store_dir store 2>/dev/null & server=$!
cargo build --quiet
until (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 0.1; done
nats-server --version
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
publish a if nothing was published: Ok, sequence 1, duplicate false; messages 1, last sequence 1
purged: 1
publish a if nothing was published: Ok, sequence 1, duplicate true; messages 0, last sequence 1
publish b if nothing was published: wrong last sequence: wrong last sequence: 1 (code 400, error code 10071); messages 0, last sequence 1
EXPECTED
