#!/usr/bin/env bash
# aws-sdk-sts 1.124.0 (aws-smithy-runtime 1.16), default retries: their token bucket is not the client's but the process's. A new
# client for each call does not refill it, and a server that fails takes the third attempt from a client that calls another server.
# It never takes the second: calls one after another, all of which fail, send two requests each, without an end.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
aws-credential-types = { version = "=1.3.1", features = ["hardcoded-credentials"] }
aws-sdk-sts = { version = "=1.124.0", default-features = false, features = ["rt-tokio"] }
aws-smithy-http-client = { version = "=1.5.2", default-features = false, features = ["default-client"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::{AsyncSleep, BehaviorVersion, Region, SharedAsyncSleep, Sleep};
use aws_sdk_sts::{Client, Config};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Pauses that take no time.
#[derive(Debug)]
struct NoPause;

impl AsyncSleep for NoPause {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(tokio::task::yield_now())
    }
}

fn client(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(NoPause));
    Client::from_conf(config.build())
}

/// Counts the requests of a server that answers each by 503, and lets each connection end.
async fn server(requests: &'static AtomicU32) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (mut seen, mut chunk) = (String::new(), [0; 4096]);
            while !seen.contains("\r\n\r\n") {
                let n = socket.read(&mut chunk).await.unwrap();
                seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
            }
            requests.fetch_add(1, Ordering::SeqCst);
            let _ = socket.write_all(b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
    });
    url
}

/// The number of requests of one call by a client of its own.
async fn requests(url: &str, requests: &AtomicU32) -> u32 {
    client(url).get_caller_identity().send().await.unwrap_err();
    requests.swap(0, Ordering::SeqCst)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    static COUNTS: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
    let (one, other) = (server(&COUNTS[0]).await, server(&COUNTS[1]).await);
    let mut all = Vec::new();
    for _ in 0..200 {
        all.push(requests(&one, &COUNTS[0]).await);
    }
    for count in all.chunk_by(|a, b| a == b) {
        println!("one server, a new client for each call: {} calls of {} requests", count.len(), count[0]);
    }
    println!("a first call of another client to another server: {}", requests(&other, &COUNTS[1]).await);
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
one server, a new client for each call: 49 calls of 3 requests
one server, a new client for each call: 151 calls of 2 requests
a first call of another client to another server: 2
EXPECTED
