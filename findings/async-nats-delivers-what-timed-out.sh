#!/usr/bin/env bash
# async-nats 0.51.0 (seen with nats-server 2.9.10): a JetStream publish that failed by "timed out" while the server was down is stored
# once it is back, as is each repetition. What was already written when the connection broke is never sent again. So the same error
# stands for "arrives later" and for "is lost". With one `message_id` the stream keeps one of the repetitions.
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
edition = "2021"
[dependencies]
async-nats = { version = "=0.51.0", default-features = false, features = ["jetstream"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::{self, message::PublishMessage, stream::Config, Context};
use async_nats::{connection::State, Client, ConnectOptions};

const PORT: &str = env!("PORT");

fn start() -> Child {
    let mut server = Command::new("nats-server");
    server.args(["--addr", "127.0.0.1", "--port", PORT, "--jetstream", "--store_dir", "store"]);
    let server = server.stderr(Stdio::null()).spawn().unwrap();
    while TcpStream::connect(format!("127.0.0.1:{PORT}")).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
    server
}

fn stop(mut server: Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn publish(context: &Context, subject: &str, id: Option<&str>) -> String {
    let mut message = PublishMessage::build().payload("paid".into());
    if let Some(id) = id {
        message = message.message_id(id);
    }
    match context.send_publish(subject.to_string(), message).await.unwrap().await {
        Ok(_) => "acknowledged".into(),
        Err(error) => error.to_string(),
    }
}

async fn stored(context: &Context, subject: &str) -> u64 {
    // It comes after all that the client has kept.
    assert_eq!(publish(context, subject, None).await, "acknowledged");
    context.get_stream(subject).await.unwrap().get_info().await.unwrap().state.messages - 1
}

async fn noticed(client: &Client) {
    while client.connection_state() == State::Connected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut server = start();
    let client = ConnectOptions::new().connect(format!("127.0.0.1:{PORT}")).await.unwrap();
    let (mut hasty, mut patient) = (jetstream::new(client.clone()), jetstream::new(client.clone()));
    hasty.set_timeout(Duration::from_millis(200));
    patient.set_timeout(Duration::from_secs(20));
    for name in ["down", "id", "flight"] {
        let config = Config { name: name.into(), subjects: vec![name.into()], ..Config::default() };
        patient.create_stream(config).await.unwrap();
    }
    stop(server);
    noticed(&client).await;
    for _ in 0..3 {
        println!("published while the server is down: {}", publish(&hasty, "down", None).await);
    }
    for _ in 0..3 {
        publish(&hasty, "id", Some("order 7")).await;
    }
    server = start();
    println!("stored: {}, with one id: {}", stored(&patient, "down").await, stored(&patient, "id").await);

    Command::new("sh").args(["-c", &format!("kill -s STOP {}", server.id())]).status().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    println!("written, then the server is killed: {}", publish(&hasty, "flight", None).await);
    stop(server);
    noticed(&client).await;
    server = start();
    println!("stored: {}", stored(&patient, "flight").await);
    stop(server);
}
RUST
export PORT=$((20000 + RANDOM % 20000))
cargo build --quiet
nats-server --version
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
published while the server is down: timed out: didn't receive ack in time
published while the server is down: timed out: didn't receive ack in time
published while the server is down: timed out: didn't receive ack in time
stored: 3, with one id: 1
written, then the server is killed: timed out: didn't receive ack in time
stored: 0
EXPECTED
