#!/usr/bin/env bash
# object_store 0.14.2 with a store of S3: a `PutMode::Create` whose connection is closed after the server has stored the object, and
# before its response, is sent again, as "not sent". The server refuses the second with 412, and the caller hears `AlreadyExists` of
# the object that it has made itself. A `Retry-After` of a minute is not read: three retries come within a second.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
object_store = { version = "=0.14.2", default-features = false, features = ["aws-base", "reqwest", "ring"] }
reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{BackoffConfig, Error, ObjectStore, PutMode, RetryConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

static PUTS: AtomicU32 = AtomicU32::new(0);

/// Stores an object once: the first PUT that is to create it. It answers so; a later one gets 412.
async fn server(first: &'static str, then: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut seen = String::new();
            let mut chunk = [0; 4096];
            while !seen.ends_with("data") {
                let Ok(n @ 1..) = socket.read(&mut chunk).await else { break };
                seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
            }
            assert!(seen.starts_with("PUT ") && seen.contains("if-none-match: *"), "{seen}");
            let answer = if PUTS.fetch_add(1, Ordering::SeqCst) == 0 { first } else { then };
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

fn store(url: &str, max_retries: usize) -> AmazonS3 {
    let quickly = Duration::from_millis(10);
    AmazonS3Builder::new()
        .with_endpoint(url)
        .with_allow_http(true)
        .with_bucket_name("bucket")
        .with_region("us-east-1")
        .with_access_key_id("key")
        .with_secret_access_key("secret")
        .with_retry(RetryConfig {
            backoff: BackoffConfig { init_backoff: quickly, max_backoff: quickly * 2, base: 2. },
            max_retries,
            ..RetryConfig::default()
        })
        .build()
        .unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    println!("retries by default: {}", RetryConfig::default().max_retries);
    let exists = "HTTP/1.1 412 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let path = Path::from("object");
    for retries in [10, 0] {
        let store = store(&server("", exists).await, retries);
        let error = store.put_opts(&path, "data".into(), PutMode::Create.into()).await.unwrap_err();
        let exists = matches!(error, Error::AlreadyExists { .. });
        println!("{retries} retries, closed after the PUT: {} PUT, AlreadyExists {exists}", PUTS.swap(0, Ordering::SeqCst));
    }
    let busy = "HTTP/1.1 503 \r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let store = store(&server(busy, busy).await, 3);
    let began = Instant::now();
    store.put_opts(&path, "data".into(), PutMode::Create.into()).await.unwrap_err();
    let pause = if began.elapsed() < Duration::from_secs(30) { "no pause" } else { "a pause" };
    println!("3 retries, 503, Retry-After 60: {} PUT, {pause}", PUTS.swap(0, Ordering::SeqCst));
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
retries by default: 10
10 retries, closed after the PUT: 2 PUT, AlreadyExists true
0 retries, closed after the PUT: 1 PUT, AlreadyExists false
3 retries, 503, Retry-After 60: 4 PUT, no pause
EXPECTED
