#!/usr/bin/env bash
# redis 1.8.1 (seen with Redis 7.0.15): a client for clusters whose password is wrong reports a dropped connection. The kind is `Io`,
# `is_connection_dropped()` is true, and `retry_method()` says `Reconnect`; only the text names the password. The client for one
# server reports `AuthenticationFailed`.
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
redis = { version = "=1.8.1", features = ["cluster-async", "tokio-comp"] }
tokio = { version = "1", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use redis::cluster::ClusterClient;
use redis::{Client, RedisError};

fn show(what: &str, error: RedisError) {
    let dropped = error.is_connection_dropped();
    println!("{what}: {:?}, dropped: {dropped}, {:?}", error.kind(), error.retry_method());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::args().nth(1).unwrap();
    let url = format!("redis://:wrong@127.0.0.1:{port}");
    let one = Client::open(url.as_str()).unwrap();
    show("one server", one.get_multiplexed_async_connection().await.err().unwrap());
    let cluster = ClusterClient::new(vec![url]).unwrap();
    show("a cluster, async", cluster.get_async_connection().await.err().unwrap());
    show("a cluster, blocking", cluster.get_connection().err().unwrap());
}
RUST
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --requirepass right --cluster-enabled yes --dir "$folder" >/dev/null & server=$!
cargo build --quiet
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
one server: AuthenticationFailed, dropped: false, Reconnect
a cluster, async: Io, dropped: true, Reconnect
a cluster, blocking: Io, dropped: true, Reconnect
EXPECTED
