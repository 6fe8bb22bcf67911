#!/usr/bin/env bash
# async-nats 0.51.0 (seen with nats-server 2.9.10): an ordered consumer lives in the server's memory. After the server was started
# again it is silent for more than a minute, though the connection is back and messages are stored: its first error comes after
# 15 s, and it is made again after 80 s. One that had given a message goes on after it. One that was to begin at a sequence, and had
# not given any, forgets where, and gives all messages of the stream. A consumer that is not ordered goes on at once.
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
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::DeliverPolicy::ByStartSequence;
use async_nats::jetstream::consumer::pull::{Config, OrderedConfig};
use async_nats::jetstream::{self, Context, Message, stream};
use async_nats::{ConnectOptions, connection::State};
use futures_util::{Stream, StreamExt};

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
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn publish(context: &Context) {
    context.publish("log", "".into()).await.unwrap().await.unwrap();
}

/// The sequences of the next messages, the number of errors before them, and whether they took more than a minute.
async fn next<E>(mut messages: impl Stream<Item = Result<Message, E>> + Unpin, count: usize) -> String {
    let (start, mut sequences, mut errors) = (Instant::now(), Vec::new(), 0);
    while sequences.len() < count {
        match messages.next().await.unwrap() {
            Ok(message) => sequences.push(message.info().unwrap().stream_sequence),
            Err(_) => errors += 1,
        }
    }
    let late = start.elapsed() > Duration::from_secs(60);
    format!("{sequences:?}, errors: {errors}, after more than a minute: {late}")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = Server::start();
    let options = ConnectOptions::new().reconnect_delay_callback(|_| Duration::from_millis(20));
    let client = options.connect(format!("127.0.0.1:{PORT}")).await.unwrap();
    let context = jetstream::new(client);
    let config = stream::Config { name: "log".into(), subjects: vec!["log".into()], ..Default::default() };
    context.create_stream(config).await.unwrap();
    for _ in 0..3 {
        publish(&context).await;
    }
    let ordered = async |start_sequence| {
        let config = OrderedConfig { deliver_policy: ByStartSequence { start_sequence }, ..Default::default() };
        let consumer = context.create_consumer_on_stream(config, "log").await.unwrap();
        consumer.messages().await.unwrap()
    };
    let config = Config { deliver_policy: ByStartSequence { start_sequence: 4 }, ..Default::default() };
    let consumer = context.create_consumer_on_stream(config, "log").await.unwrap();
    let (mut plain, mut begun, mut quiet) = (consumer.messages().await.unwrap(), ordered(3).await, ordered(4).await);
    begun.next().await.unwrap().unwrap();
    let nothing = tokio::time::timeout(Duration::from_millis(500), async { tokio::join!(plain.next(), quiet.next()) });
    assert!(nothing.await.is_err());

    drop(server);
    while context.client().connection_state() == State::Connected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let _server = Server::start();
    publish(&context).await;
    let (plain, begun, quiet) = tokio::join!(next(plain, 1), next(begun, 1), next(quiet, 4));
    println!("not ordered, from 4: {plain}");
    println!("ordered, after 3: {begun}");
    println!("ordered, from 4: {quiet}");
}
RUST
export PORT=$((20000 + RANDOM % 20000))
cargo build --quiet
nats-server --version
timeout 200 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
not ordered, from 4: [4], errors: 0, after more than a minute: false
ordered, after 3: [4], errors: 1, after more than a minute: true
ordered, from 4: [1, 2, 3, 4], errors: 1, after more than a minute: true
EXPECTED
