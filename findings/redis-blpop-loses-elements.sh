#!/usr/bin/env bash
# redis 1.8.1 (seen with Redis 7.0.15): an async connection gives up on every reply after 500 ms, `BLPOP` included, although the
# server goes on waiting for it. The next element that is pushed goes to the reply that nobody reads, and is lost: one for each
# `BLPOP` that "timed out". A caller's own time-out that drops the future does the same. A time-out of the command itself, below
# that of the client, loses nothing.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
command -v redis-server >/dev/null || { echo "skipped: needs redis-server"; exit 0; }
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
redis = { version = "=1.8.1", features = ["tokio-comp"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisResult};

type Popped = RedisResult<Option<(String, String)>>;

/// Pushes five elements, and says how many are there afterwards.
async fn push(producer: &mut MultiplexedConnection) -> usize {
    let _: usize = producer.rpush("queue", vec![1, 2, 3, 4, 5]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let left: Vec<String> = producer.lrange("queue", 0, -1).await.unwrap();
    let _: usize = producer.del("queue").await.unwrap();
    left.len()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::args().nth(1).unwrap();
    let client = Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    let mut producer = client.get_multiplexed_async_connection().await.unwrap();

    let mut consumer = client.get_multiplexed_async_connection().await.unwrap();
    for _ in 0..3 {
        let popped: Popped = consumer.blpop("queue", 0.0).await;
        println!("blpop without an end: {}", popped.unwrap_err());
    }
    println!("5 pushed, {} left", push(&mut producer).await);

    let patient = AsyncConnectionConfig::new().set_response_timeout(None);
    let mut consumer = client.get_multiplexed_async_connection_with_config(&patient).await.unwrap();
    let popped = consumer.blpop::<_, (String, String)>("queue", 0.0);
    let cut = tokio::time::timeout(Duration::from_millis(100), popped).await;
    println!("blpop, cut by the caller: {}", cut.unwrap_err());
    println!("5 pushed, {} left", push(&mut producer).await);

    let mut consumer = client.get_multiplexed_async_connection().await.unwrap();
    let popped: Popped = consumer.blpop("queue", 0.2).await;
    println!("blpop for 0.2 s: {:?}", popped.unwrap());
    println!("5 pushed, {} left", push(&mut producer).await);
}
RUST
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null & server=$!
cargo build --quiet
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
blpop without an end: timed out
blpop without an end: timed out
blpop without an end: timed out
5 pushed, 2 left
blpop, cut by the caller: deadline has elapsed
5 pushed, 4 left
blpop for 0.2 s: None
5 pushed, 5 left
EXPECTED
