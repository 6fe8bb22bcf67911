#!/usr/bin/env bash
# redis 1.8.1 and 2.0.0-rc.2 with Redis 7.0.15: a `ConnectionManager` behind an address that follows the primary, as of a proxy or a
# name. After a failover in good order the old primary is a replica and keeps its connections. The manager reconnects only where its
# connection breaks, which READONLY is not: its writes fail for as long as that server runs, while a new connection to the same
# address writes at once.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
command -v redis-server >/dev/null || { echo "skipped: needs redis-server"; exit 0; }
folder=$(mktemp -d)
trap 'kill "${one:-}" "${two:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
redis-1 = { package = "redis", version = "=1.8.1", default-features = false, features = ["connection-manager", "tokio-comp"] }
redis-2 = { package = "redis", version = "=2.0.0-rc.2", default-features = false, features = ["connection-manager", "tokio-comp"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// The primary's port.
static PRIMARY: AtomicU16 = AtomicU16::new(0);

/// An address that leads each new connection to the primary.
async fn proxy() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(("127.0.0.1", PRIMARY.load(Ordering::SeqCst))).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    });
    port
}

macro_rules! through_a_failover {
    ($redis:ident, $version:literal, $one:expr, $two:expr) => {{
        use $redis::aio::ConnectionManager;
        use $redis::{cmd, Client};
        let direct = |port: u16| Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
        let mut one = direct($one).get_multiplexed_async_connection().await.unwrap();
        let mut two = direct($two).get_multiplexed_async_connection().await.unwrap();
        let _: () = cmd("REPLICAOF").arg("NO").arg("ONE").query_async(&mut one).await.unwrap();
        let _: () = cmd("REPLICAOF").arg("127.0.0.1").arg($one).query_async(&mut two).await.unwrap();
        loop {
            let role: String = cmd("INFO").arg("replication").query_async(&mut one).await.unwrap();
            if role.contains("state=online") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        PRIMARY.store($one, Ordering::SeqCst);
        let address = direct(proxy().await);
        let mut manager = ConnectionManager::new(address.clone()).await.unwrap();
        let _: () = cmd("SET").arg("key").arg(1).query_async(&mut manager).await.unwrap();

        let _: () = cmd("FAILOVER").query_async(&mut one).await.unwrap();
        loop {
            let role: String = cmd("INFO").arg("replication").query_async(&mut one).await.unwrap();
            if role.contains("role:slave") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        PRIMARY.store($two, Ordering::SeqCst);
        let mut refused = 0;
        for _ in 0..20 {
            let outcome: Result<(), _> = cmd("SET").arg("key").arg(2).query_async(&mut manager).await;
            refused += u32::from(outcome.is_err_and(|error| error.code() == Some("READONLY")));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut fresh = address.get_multiplexed_async_connection().await.unwrap();
        let fresh: Result<(), _> = cmd("SET").arg("key").arg(3).query_async(&mut fresh).await;
        println!("redis {}: {refused} of 20 writes READONLY; a new connection writes: {}", $version, fresh.is_ok());
    }};
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = |n| std::env::args().nth(n).unwrap().parse().unwrap();
    through_a_failover!(redis_1, "1.8.1", port(1), port(2));
    through_a_failover!(redis_2, "2.0.0-rc.2", port(1), port(2));
}
RUST
port=$((20000 + RANDOM % 20000))
serve() { redis-server --port "$1" --bind 127.0.0.1 --save '' --repl-diskless-sync-delay 0 --dir "$folder" >/dev/null & }
serve "$port"; one=$!
serve $((port + 1)); two=$!
cargo build --quiet
redis-server --version | grep -o 'v=[0-9.]*'
timeout 60 target/debug/finding "$port" $((port + 1)) | tee seen
diff seen - <<'EXPECTED'
redis 1.8.1: 20 of 20 writes READONLY; a new connection writes: true
redis 2.0.0-rc.2: 20 of 20 writes READONLY; a new connection writes: true
EXPECTED
