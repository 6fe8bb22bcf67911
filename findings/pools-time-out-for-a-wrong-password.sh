#!/usr/bin/env bash
# bb8 0.9.1 and r2d2 0.8.10 (seen with redis 1.8.1 and Redis 7.0.15): a wrong password is a time-out. Both pools try to connect until
# `connection_timeout` is over, 30 s by default, with a login that can never pass; bb8 says `TimedOut` then, without a cause, as it
# does where all connections are taken. r2d2 keeps the text of the error alone. The client by itself says it at once.
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
bb8 = "=0.9.1"
r2d2 = "=0.8.10"
redis = { version = "=1.8.1", features = ["bb8", "r2d2", "tokio-comp"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::error::Error;
use std::time::{Duration, Instant};

use redis::Client;

const PATIENCE: Duration = Duration::from_secs(2);

fn show(what: &str, start: Instant, error: impl Error) {
    let cause = error.source().map_or("no cause".into(), |cause| cause.to_string());
    println!("{what} after {:.0} s: {error}; {cause}", start.elapsed().as_secs_f64());
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).unwrap();
    let client = |password: &str| Client::open(format!("redis://:{password}@127.0.0.1:{port}")).unwrap();
    let start = Instant::now();
    show("redis", start, client("wrong").get_multiplexed_async_connection().await.err().unwrap());

    let pool = bb8::Pool::builder().connection_timeout(PATIENCE).build(client("wrong")).await.unwrap();
    let start = Instant::now();
    show("bb8, a wrong password", start, pool.get().await.err().unwrap());
    let pool = bb8::Pool::builder().connection_timeout(PATIENCE).max_size(1).build(client("right")).await.unwrap();
    let taken = pool.get().await.unwrap();
    let start = Instant::now();
    show("bb8, all are taken", start, pool.get().await.err().unwrap());
    drop(taken);

    let start = Instant::now();
    let pool = r2d2::Pool::builder().connection_timeout(PATIENCE).error_handler(Box::new(r2d2::NopErrorHandler));
    show("r2d2, a wrong password", start, tokio::task::block_in_place(|| pool.build(client("wrong")).err().unwrap()));
}
RUST
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --requirepass right --dir "$folder" >/dev/null & server=$!
cargo build --quiet
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
redis after 0 s: Password authentication failed - AuthenticationFailed; no cause
bb8, a wrong password after 2 s: Timed out in bb8; no cause
bb8, all are taken after 2 s: Timed out in bb8; no cause
r2d2, a wrong password after 2 s: timed out waiting for connection: Password authentication failed - AuthenticationFailed; no cause
EXPECTED
