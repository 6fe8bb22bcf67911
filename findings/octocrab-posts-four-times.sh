#!/usr/bin/env bash
# octocrab 0.54.9, default retry configuration (`RetryConfig::Simple(3)`): a request that is answered by 5xx or 429 is sent again three
# times at once, whatever its method, and `Retry-After` is not read. One `issues().create()` behind a gateway that answers 502 after
# the server has created the issue creates four; one that is asked to come back in a minute sends four requests into the limit.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
octocrab = { version = "=0.54.9", default-features = false, features = ["default-client", "jwt-rust-crypto", "retry", "rustls", "rustls-ring", "timeout"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

static POSTS: AtomicU32 = AtomicU32::new(0);

async fn server(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, status));
        }
    });
    format!("http://{address}")
}

/// Counts each POST, whole once its JSON body is, and answers it with the status.
async fn answer(mut socket: TcpStream, status: &str) {
    let (mut seen, mut chunk) = (String::new(), [0; 4096]);
    while let Ok(n @ 1..) = socket.read(&mut chunk).await {
        seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
        if seen.ends_with('}') {
            POSTS.fetch_add(u32::from(seen.starts_with("POST ")), Ordering::SeqCst);
            seen.clear();
            let head = "retry-after: 60\r\ncontent-type: application/json\r\ncontent-length: 14";
            let answer = format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{{\"message\":\"\"}}");
            if socket.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for (status, retries) in [("502 Bad Gateway", true), ("429 Too Many Requests", true), ("502 Bad Gateway", false)] {
        let mut builder = Octocrab::builder().base_uri(server(status).await).unwrap();
        if !retries {
            builder = builder.add_retry_config(RetryConfig::None);
        }
        let api = builder.build().unwrap();
        let began = Instant::now();
        let outcome = api.issues("owner", "repository").create("once").send().await;
        let pause = if began.elapsed() < Duration::from_secs(30) { "no pause" } else { "a pause" };
        let posts = POSTS.swap(0, Ordering::SeqCst);
        let config = if retries { "default" } else { "RetryConfig::None" };
        println!("{config}, {status}, Retry-After 60: {posts} POST, {pause}, {}", if outcome.is_err() { "an error" } else { "ok" });
    }
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
default, 502 Bad Gateway, Retry-After 60: 4 POST, no pause, an error
default, 429 Too Many Requests, Retry-After 60: 4 POST, no pause, an error
RetryConfig::None, 502 Bad Gateway, Retry-After 60: 1 POST, no pause, an error
EXPECTED
