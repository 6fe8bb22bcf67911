#!/usr/bin/env bash
# redis 1.8.1 and Redis 7.0.15: a client without its password is told `NOAUTH` for a command of ten words at most. For a longer
# one the server reports a protocol error and closes the connection, so that the client says something else: of no code, and
# not that a password is missing.
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
redis = { version = "=1.8.1", default-features = false }
TOML
cat >src/main.rs <<'RUST'
use redis::{Client, RedisResult, Value};

fn main() {
    let port = std::env::args().nth(1).unwrap();
    for words in [9, 10, 11] {
        let client = Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
        let mut connection = client.get_connection().unwrap();
        let keys = vec!["key"; words - 1];
        let answer: RedisResult<Value> = redis::cmd("MGET").arg(keys).query(&mut connection);
        let error = answer.unwrap_err();
        println!("{words} words: {:?}, {:?}", error.kind(), error.code());
        println!("  {error}");
        let answer: RedisResult<Value> = redis::cmd("PING").query(&mut connection);
        println!("  afterwards: {:?}", answer.unwrap_err().kind());
    }
}
RUST
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" --requirepass secret >/dev/null & server=$!
cargo build --quiet
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
9 words: Extension, Some("NOAUTH")
  "NOAUTH": Authentication required.
  afterwards: Extension
10 words: Extension, Some("NOAUTH")
  "NOAUTH": Authentication required.
  afterwards: Extension
11 words: Server(ResponseError), Some("ERR")
  ResponseError: Protocol error: unauthenticated multibulk length
  afterwards: Io
EXPECTED
