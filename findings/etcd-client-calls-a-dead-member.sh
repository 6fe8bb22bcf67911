#!/usr/bin/env bash
# etcd-client 0.21.1 with etcd 3.4.23: of two endpoints one is dead. The balanced channel does not leave it out: while the one that
# runs answers, about every other call fails at once with UNAVAILABLE, "tcp connect error", and `Client::connect` says nothing of it.
# The error of the client has no source: a walk along causes finds neither the status nor the `io::Error`.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
command -v etcd >/dev/null || { echo "skipped: needs etcd-server"; exit 0; }
command -v protoc >/dev/null || { echo "skipped: needs protobuf-compiler"; exit 0; }
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
etcd-client = "=0.21.1"
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::error::Error as _;
use std::net::TcpListener;

use etcd_client::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let alive = std::env::args().nth(1).unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for endpoints in [vec![alive.clone()], vec![alive, format!("http://{nobody}")]] {
        let mut client = Client::connect(&endpoints, None).await.unwrap();
        let (mut failed, mut sources) = (0, 0);
        for _ in 0..100 {
            if let Err(error) = client.put("key", "value", None).await {
                assert!(matches!(&error, Error::GRpcStatus(status) if status.message() == "tcp connect error"), "{error:?}");
                failed += 1;
                sources += u32::from(error.source().is_some());
            }
        }
        let share = match failed {
            0 => "none",
            20..=80 => "some half",
            _ => "another share",
        };
        println!("{} endpoints: {share} of 100 calls fail, {sources} errors with a source", endpoints.len());
    }
}
RUST
port=$((20000 + RANDOM % 20000))
etcd --data-dir data --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
    --listen-peer-urls "http://127.0.0.1:$((port + 1))" >/dev/null 2>&1 & server=$!
cargo build --quiet
etcd --version | head -n 1
timeout 60 target/debug/finding "http://127.0.0.1:$port" | tee seen
diff seen - <<'EXPECTED'
1 endpoints: none of 100 calls fail, 0 errors with a source
2 endpoints: some half of 100 calls fail, 0 errors with a source
EXPECTED
