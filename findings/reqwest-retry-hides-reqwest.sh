#!/usr/bin/env bash
# reqwest-middleware 0.5.2 with reqwest-retry 0.9.1: once the middleware is there, no error of reqwest reaches the caller as one. Each
# is an `Error::Middleware`, of which `is_connect()`, `is_timeout()` and `url()` know nothing, also if it was not repeated. A `POST`
# whose connection breaks after the server has read it is sent four times with three retries, and one that is answered by 503 with
# `Retry-After: 60` four times within a second. A body that is a stream is refused before anything is sent.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
reqwest = { version = "0.13", default-features = false }
reqwest-middleware = { version = "=0.5.2", default-features = false }
reqwest-retry = { version = "=0.9.1", default-features = false }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Body, Client};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::{policies::ExponentialBackoff, RetryTransientMiddleware};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

static POSTS: AtomicU32 = AtomicU32::new(0);

/// Reads each POST, counts it, and answers so.
async fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut seen = String::new();
            let mut chunk = [0; 4096];
            while !seen.ends_with("pay") {
                let Ok(n @ 1..) = socket.read(&mut chunk).await else { break };
                seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
            }
            POSTS.fetch_add(u32::from(seen.starts_with("POST ")), Ordering::SeqCst);
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

fn client(retries: u32) -> ClientWithMiddleware {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(10))
        .build_with_max_retries(retries);
    let client = Client::builder().no_proxy().build().unwrap();
    ClientBuilder::new(client).with(RetryTransientMiddleware::new_with_policy(policy)).build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    let plain = Client::builder().no_proxy().build().unwrap().post(&nobody).send().await.unwrap_err();
    println!("reqwest, refused: is_connect {}, url {}", plain.is_connect(), plain.url().is_some());
    for retries in [0, 3] {
        let error = client(retries).post(&nobody).send().await.unwrap_err();
        println!("{retries} retries, refused: is_connect {}, url {}", error.is_connect(), error.url().is_some());
    }
    let busy = "HTTP/1.1 503 \r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    for (fault, answer) in [("closed without a response", ""), ("503, Retry-After 60", busy)] {
        let url = server(answer).await;
        let began = Instant::now();
        let _ = client(3).post(&url).body("pay").send().await;
        let pause = if began.elapsed() < Duration::from_secs(30) { "no pause" } else { "a pause" };
        println!("{fault}: {} POST, {pause}", POSTS.swap(0, Ordering::SeqCst));
    }
    let stream = client(3).post(server(busy).await).body(Body::wrap(String::from("pay")));
    println!("a stream: {}", stream.send().await.unwrap_err());
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
reqwest, refused: is_connect true, url true
0 retries, refused: is_connect false, url false
3 retries, refused: is_connect false, url false
closed without a response: 4 POST, no pause
503, Retry-After 60: 4 POST, no pause
a stream: Request object is not cloneable. Are you passing a streaming body?
EXPECTED
