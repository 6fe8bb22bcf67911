#!/usr/bin/env bash
# tower 0.5.3, tokio 1.54.1, futures-util 0.3.34: limits of 50 ms around a body that reads for half a second from a channel
# that always holds another message.
#
# Such a body uses up tokio's cooperative budget at each poll. A tokio `Sleep` that is polled after it needs that budget as
# well, and stays pending. `tokio::time::timeout` polls its timer outside of the budget then; `tower::timeout::Timeout` does not,
# and neither does a hand-written select that polls the body first. Their limit passes unseen, and the outcome is `Ok`.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
tokio = { version = "=1.54.1", features = ["rt", "time", "sync", "macros"] }
tower = { version = "=0.5.3", features = ["timeout", "util"] }
futures-util = { version = "=0.3.34", default-features = false, features = ["std"] }
TOML
cat >src/main.rs <<'RUST'
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use tower::{BoxError, Service, ServiceExt};

const LIMIT: Duration = Duration::from_millis(50);
const WORK: Duration = Duration::from_millis(500);

async fn download() -> Result<&'static str, BoxError> {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    (0..1000).for_each(|n| send.send(n).unwrap());
    let end = Instant::now() + WORK;
    while let Some(n) = receive.recv().await {
        if Instant::now() > end {
            return Ok("ended by itself");
        }
        send.send(n)?;
    }
    unreachable!()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let tokio = tokio::time::timeout(LIMIT, download()).await;
    println!("tokio::time::timeout: {}", tokio.map_or("cut", |done| done.unwrap()));

    let mut service = tower::timeout::Timeout::new(tower::service_fn(|()| download()), LIMIT);
    let tower = service.ready().await.unwrap().call(()).await;
    println!("tower::timeout::Timeout: {}", tower.unwrap_or("cut"));

    let fair = tokio::select! {
        done = download() => done.unwrap(),
        () = tokio::time::sleep(LIMIT) => "cut",
    };
    println!("tokio::select!: {fair}");

    let biased = tokio::select! {
        biased;
        done = download() => done.unwrap(),
        () = tokio::time::sleep(LIMIT) => "cut",
    };
    println!("tokio::select!, biased, body first: {biased}");

    let selected = match select(pin!(download()), pin!(tokio::time::sleep(LIMIT))).await {
        Either::Left((done, _)) => done.unwrap(),
        Either::Right(_) => "cut",
    };
    println!("futures_util::future::select, body first: {selected}");
}
RUST
cargo run --quiet | tee seen
diff seen - <<'EXPECTED'
tokio::time::timeout: cut
tower::timeout::Timeout: ended by itself
tokio::select!: cut
tokio::select!, biased, body first: ended by itself
futures_util::future::select, body first: ended by itself
EXPECTED
