#!/usr/bin/env bash
# nats-server 2.9.10 (seen with async-nats 0.51.0): a consumer's state is written a while after it changes, even if the server confirms
# the change. Of five messages that are acknowledged by `double_ack`, one after the other, all but the first are forgotten by a kill
# (SIGKILL) just after: the consumer gives the second again, as for the first time. A second later they are kept. What was published
# and acknowledged to its publisher is kept.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
command -v nats-server >/dev/null || { echo "skipped: needs nats-server"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"
[dependencies]
async-nats = { version = "=0.51.0", default-features = false, features = ["jetstream"] }
futures-util = { version = "0.3", default-features = false }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, Message, stream};
use futures_util::StreamExt;

const PORT: &str = env!("PORT");

/// A server, which is killed on drop.
struct Server(Child);

impl Server {
    fn start() -> Self {
        let mut server = Command::new("nats-server");
        server.args(["--addr", "127.0.0.1", "--port", PORT, "--jetstream", "--store_dir", "store"]);
        let server = Server(server.stderr(Stdio::null()).spawn().unwrap());
        while TcpStream::connect(format!("127.0.0.1:{PORT}")).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    async fn connect(&self) -> Context {
        jetstream::new(async_nats::connect(format!("127.0.0.1:{PORT}")).await.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn next(worker: &PullConsumer) -> Message {
    let mut messages = worker.fetch().max_messages(1).messages().await.unwrap();
    messages.next().await.unwrap().unwrap()
}

/// Acknowledges five messages of ten, waits, kills the server, and starts it again. Returns the sequence of the message that comes
/// then, how often it was given, and how many messages are there.
async fn next_after(name: &str, wait: Duration) -> (u64, i64, u64) {
    let server = Server::start();
    let context = server.connect().await;
    let config = stream::Config { name: name.into(), subjects: vec![name.into()], ..Default::default() };
    context.create_stream(config).await.unwrap();
    for _ in 0..10 {
        context.publish(name.to_owned(), "".into()).await.unwrap().await.unwrap();
    }
    let config = pull::Config { durable_name: Some("worker".into()), ..Default::default() };
    let worker = context.create_consumer_on_stream(config, name).await.unwrap();
    for sequence in 1..=5 {
        let message = next(&worker).await;
        assert_eq!(message.info().unwrap().stream_sequence, sequence);
        // The server confirms it.
        message.double_ack().await.unwrap();
    }
    tokio::time::sleep(wait).await;
    drop(server);
    let server = Server::start();
    let context = server.connect().await;
    let worker = context.get_consumer_from_stream("worker", name).await.unwrap();
    let message = next(&worker).await;
    let info = message.info().unwrap();
    let stored = context.get_stream(name).await.unwrap().get_info().await.unwrap().state.messages;
    (info.stream_sequence, info.delivered, stored)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut forgotten = 0;
    for round in 0..5 {
        let (sequence, given, stored) = next_after(&format!("at_once_{round}"), Duration::ZERO).await;
        forgotten += u32::from(sequence < 6 && given == 1 && stored == 10);
    }
    println!("killed at once, an acknowledged message is given as for the first time: {forgotten} of 5");
    let later = next_after("later", Duration::from_secs(2)).await;
    println!("killed later: message, given, stored: {later:?}");
}
RUST
export PORT=$((20000 + RANDOM % 20000))
cargo build --quiet
nats-server --version
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
killed at once, an acknowledged message is given as for the first time: 5 of 5
killed later: message, given, stored: (6, 1, 10)
EXPECTED
