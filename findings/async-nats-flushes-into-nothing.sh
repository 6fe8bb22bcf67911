#!/usr/bin/env bash
# async-nats 0.51.0 (seen with nats-server 2.9.10): `publish` and `flush` succeed for a server that reads nothing, and what they have
# sent is lost with it, though the client reconnects by itself and delivers what is published later. `flush` hands bytes to the
# operating system, and knows no more; it waits without an end where no server is.
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
async-nats = { version = "=0.51.0", default-features = false }
futures-util = "0.3"
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::{connection::State, Client};
use futures_util::StreamExt;

const PORT: &str = env!("PORT");

fn start() -> Child {
    let mut server = Command::new("nats-server");
    let server = server.args(["--addr", "127.0.0.1", "--port", PORT]).stderr(Stdio::null()).spawn().unwrap();
    while TcpStream::connect(format!("127.0.0.1:{PORT}")).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
    server
}

fn stop(mut server: Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn send(client: &Client, text: &'static str) {
    let published = client.publish("orders", text.into()).await;
    let flushed = tokio::time::timeout(Duration::from_secs(1), client.flush()).await;
    println!("{text}: publish {published:?}, flush {flushed:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = start();
    let address = format!("127.0.0.1:{PORT}");
    let (sender, receiver) = (async_nats::connect(&address).await.unwrap(), async_nats::connect(&address).await.unwrap());
    let mut orders = receiver.subscribe("orders").await.unwrap();
    receiver.flush().await.unwrap();
    Command::new("sh").args(["-c", &format!("kill -s STOP {}", server.id())]).status().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    send(&sender, "to a server that reads nothing").await;
    stop(server);
    while sender.connection_state() == State::Connected || receiver.connection_state() == State::Connected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    send(&sender, "to no server").await;
    let server = start();
    while receiver.connection_state() != State::Connected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Until the subscription is in place again.
    let received = loop {
        sender.publish("orders", "the last".into()).await.unwrap();
        let next = tokio::time::timeout(Duration::from_millis(50), orders.next());
        if let Ok(Some(message)) = next.await {
            break message.payload;
        }
    };
    println!("first received: {}", if received == "to a server that reads nothing" { "the first" } else { "a later one" });
    stop(server);
}
RUST
export PORT=$((20000 + RANDOM % 20000))
cargo build --quiet
nats-server --version
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
to a server that reads nothing: publish Ok(()), flush Ok(Ok(()))
to no server: publish Ok(()), flush Err(Elapsed(()))
first received: a later one
EXPECTED
