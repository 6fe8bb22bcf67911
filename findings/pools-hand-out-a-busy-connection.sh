#!/usr/bin/env bash
# deadpool-postgres 0.14.2 and bb8-postgres 0.9.0 (seen with tokio-postgres 0.7.18 and PostgreSQL 15.18): a query whose future was
# dropped runs on, and its connection goes back to the pool. Every later query of an idle program gets just this connection and
# waits behind it, although the pool may open others: after one slow query, cut after half a second, three quick ones are cut too.
# `RecyclingMethod::Verified` with a short `recycle` time makes deadpool throw such a connection away. A lock of the session stays
# taken in the pool as well.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
for program in initdb postgres pg_ctl pg_isready; do
    command -v "$program" >/dev/null || { echo "skipped: needs postgresql"; exit 0; }
done
folder=$(mktemp -d)
# PostgreSQL refuses to run as root.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap 'as pg_ctl -D "$folder/database/data" stop -m immediate >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src database
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
bb8-postgres = "=0.9.0"
deadpool-postgres = "=0.14.2"
tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
tokio-postgres = "=0.7.18"
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use bb8_postgres::{bb8, PostgresConnectionManager};
use deadpool_postgres::{Client, Config, ManagerConfig, Pool, PoolConfig, RecyclingMethod, Runtime, Timeouts};
use tokio::time::timeout;
use tokio_postgres::NoTls;

const CUT: Duration = Duration::from_millis(500);
const SLOW: &str = "select pg_sleep(5)";

/// Three quick queries after a slow one, each cut after half a second.
macro_rules! cut {
    ($what:literal, $pool:expr) => {{
        let pool = &$pool;
        let query = |query| async move { pool.get().await.unwrap().batch_execute(query).await.unwrap() };
        timeout(CUT, query(SLOW)).await.unwrap_err();
        let mut quick = [""; 3];
        for seen in &mut quick {
            *seen = if timeout(CUT, query("select 1")).await.is_ok() { "ok" } else { "cut" };
        }
        println!("{}: {}", $what, quick.join(", "));
    }};
}

fn deadpool(url: &str, recycling_method: RecyclingMethod, recycle: Option<Duration>) -> Pool {
    let mut config = Config::new();
    config.url = Some(url.into());
    config.manager = Some(ManagerConfig { recycling_method });
    let timeouts = Timeouts { recycle, ..Timeouts::default() };
    config.pool = Some(PoolConfig { timeouts, ..PoolConfig::new(4) });
    config.create_pool(Some(Runtime::Tokio1), NoTls).unwrap()
}

async fn locked(client: &Client) -> bool {
    client.query_one("select pg_try_advisory_lock(7)", &[]).await.unwrap().get(0)
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    cut!("deadpool, as it is", deadpool(&url, RecyclingMethod::Fast, None));
    let hasty = Some(CUT / 2);
    cut!("deadpool, verified, recycled in 250 ms", deadpool(&url, RecyclingMethod::Verified, hasty));
    let manager = PostgresConnectionManager::new_from_stringlike(&url, NoTls).unwrap();
    cut!("bb8, as it is", bb8::Pool::builder().build(manager).await.unwrap());

    let pool = deadpool(&url, RecyclingMethod::Fast, None);
    let attempt = async {
        let client = pool.get().await.unwrap();
        assert!(locked(&client).await);
        std::future::pending::<()>().await;
    };
    timeout(CUT, attempt).await.unwrap_err();
    let (_same, other) = (pool.get().await.unwrap(), pool.get().await.unwrap());
    println!("deadpool, the lock of an attempt that was cut is free: {}", locked(&other).await);
}
RUST
cargo build --quiet
chmod 711 "$folder" && chmod 777 database
port=$((20000 + RANDOM % 20000))
as initdb --username=test --auth=trust --no-sync --no-locale -D "$folder/database/data" >/dev/null
as postgres -D "$folder/database/data" -p "$port" -k "$folder/database" -c listen_addresses=127.0.0.1 >log 2>&1 &
url=postgresql://test@127.0.0.1:$port/postgres
until pg_isready -q -d "$url"; do sleep 0.1; done
timeout 60 target/debug/finding "$url" | tee seen
diff seen - <<'EXPECTED'
deadpool, as it is: cut, cut, cut
deadpool, verified, recycled in 250 ms: ok, ok, ok
bb8, as it is: cut, cut, cut
deadpool, the lock of an attempt that was cut is free: false
EXPECTED
