#!/usr/bin/env bash
# sqlx 0.9.0 (seen with its SQLite 3.51.3): connections of one shared cache, such as those of a pool to `sqlite::memory:`, wait for
# each other without an end. Neither `busy_timeout` nor a time-out of SQLite's ends it; the caller's own time-out cuts the future,
# and the statement runs nevertheless when the lock is free. On a file the same statement fails after `busy_timeout`.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{query, query_scalar};
use tokio::time::timeout;

/// A transaction that writes, and beside it a write over another connection of the pool.
async fn write_beside_a_writer(what: &str, url: &str) {
    let options: SqliteConnectOptions = url.parse().unwrap();
    let options = options.busy_timeout(Duration::from_millis(100));
    let pool = SqlitePoolOptions::new().max_connections(2).min_connections(2);
    let pool = pool.connect_with(options.create_if_missing(true)).await.unwrap();
    query("create table t (n)").execute(&pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    query("insert into t values (1)").execute(&mut *transaction).await.unwrap();
    let write = query("insert into t values (2)").execute(&pool);
    let write = match timeout(Duration::from_secs(3), write).await {
        Ok(Ok(_)) => "written".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer for 3 s".to_owned(),
    };
    transaction.rollback().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let rows = query_scalar("select count(*) from t").fetch_one(&pool);
    let rows: i64 = timeout(Duration::from_secs(3), rows).await.unwrap().unwrap();
    println!("{what}: {write}; rows after the rollback of the other: {rows}");
}

#[tokio::main]
async fn main() {
    write_beside_a_writer("file", "sqlite:database").await;
    write_beside_a_writer("sqlite::memory:", "sqlite::memory:").await;
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
file: error returned from database: (code: 5) database is locked; rows after the rollback of the other: 0
sqlite::memory:: no answer for 3 s; rows after the rollback of the other: 1
EXPECTED
