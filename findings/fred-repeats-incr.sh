#!/usr/bin/env bash
# fred 10.1.0 (seen with Redis 7.0.15): a command whose connection breaks after the server has executed it, and before the reply
# arrives, is sent again over the next connection, whether or not it may be executed twice. One `INCR` adds up to three, and the
# client reports success. `max_command_attempts = 1` turns it off. The connection manager of redis 1.x reports the error instead.
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
fred = { version = "=10.1.0", default-features = false, features = ["i-std"] }
redis = { version = "=1.8.1", features = ["connection-manager", "tokio-comp"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fred::prelude::{Builder, ClientLike, Config, KeysInterface, ReconnectPolicy};
use redis::aio::{ConnectionManager, MultiplexedConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Forwards to the server, and breaks so many connections after the server has answered an INCR, before the reply is passed on.
async fn proxy(server: u16, breaks: u32) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let left = Arc::new(AtomicU32::new(breaks));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(forward(client, server, left.clone()));
        }
    });
    format!("redis://127.0.0.1:{port}")
}

async fn forward(mut client: TcpStream, server: u16, left: Arc<AtomicU32>) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let (mut asked, mut said, mut incr) = ([0; 4096], [0; 4096], false);
    loop {
        let passed = tokio::select! {
            Ok(n @ 1..) = client.read(&mut asked) => {
                incr |= asked[..n].to_ascii_lowercase().windows(4).any(|word| word == b"incr");
                server.write_all(&asked[..n]).await
            }
            Ok(n @ 1..) = server.read(&mut said) => {
                let one_less = |left: u32| left.checked_sub(1);
                if incr && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
                    return;
                }
                incr = false;
                client.write_all(&said[..n]).await
            }
            else => return,
        };
        if passed.is_err() {
            return;
        }
    }
}

async fn stored(direct: &mut MultiplexedConnection) -> i64 {
    redis::cmd("GETDEL").arg("n").query_async(direct).await.unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    let direct = redis::Client::open(format!("redis://127.0.0.1:{server}")).unwrap();
    let direct = &mut direct.get_multiplexed_async_connection().await.unwrap();
    for (breaks, attempts) in [(1, None), (2, None), (9, None), (9, Some(1))] {
        let config = Config::from_url(&proxy(server, breaks).await).unwrap();
        let client = Builder::from_config(config)
            .set_policy(ReconnectPolicy::new_constant(0, 50))
            .with_connection_config(|c| c.max_command_attempts = attempts.unwrap_or(c.max_command_attempts))
            .build()
            .unwrap();
        client.init().await.unwrap();
        let answer: Result<i64, _> = client.incr("n").await;
        let answer = answer.map_or("an error".into(), |n| format!("Ok({n})"));
        let setting = attempts.map_or("default".into(), |n: u32| format!("max_command_attempts = {n}"));
        println!("fred, {setting}, {breaks} connections break: {answer}, n is {}", stored(direct).await);
    }
    let client = redis::Client::open(proxy(server, 1).await).unwrap();
    let mut manager = ConnectionManager::new(client).await.unwrap();
    let answer: Result<i64, _> = redis::cmd("INCR").arg("n").query_async(&mut manager).await;
    let answer = answer.map_or("an error".into(), |n| format!("Ok({n})"));
    println!("redis, connection manager, 1 connections break: {answer}, n is {}", stored(direct).await);
}
RUST
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null & server=$!
cargo build --quiet
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
fred, default, 1 connections break: Ok(2), n is 2
fred, default, 2 connections break: Ok(3), n is 3
fred, default, 9 connections break: an error, n is 3
fred, max_command_attempts = 1, 9 connections break: an error, n is 1
redis, connection manager, 1 connections break: an error, n is 1
EXPECTED
