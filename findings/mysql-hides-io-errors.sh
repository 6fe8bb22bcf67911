#!/usr/bin/env bash
# mysql 28.0.4 (seen with MariaDB 10.11.19): a connection that is refused is a `DriverError`, and one whose server was killed is a
# `CodecError`. Neither is an `IoError`, and none of its errors shows a cause: `source()` is `None`, as the crate implements the
# deprecated `cause()` alone. Whoever looks for an `io::Error` along the causes finds none.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
PATH=$PATH:/usr/sbin
for program in mariadbd mariadb-install-db; do
    command -v "$program" >/dev/null || { echo "skipped: needs mariadb-server"; exit 0; }
done
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
mysql = { version = "=28.0.4", default-features = false, features = ["minimal-rust"] }
TOML
cat >src/main.rs <<'RUST'
use std::error::Error as _;
use std::process::Command;

use mysql::prelude::Queryable;
use mysql::{Conn, Error};

fn show(what: &str, error: Error) {
    let kind = match &error {
        Error::IoError(_) => "IoError",
        Error::CodecError(_) => "CodecError",
        Error::DriverError(_) => "DriverError",
        _ => "another",
    };
    println!("{what}: {kind}, a cause: {}", error.source().is_some());
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (port, server) = (args.next().unwrap(), args.next().unwrap());
    let url = format!("mysql://root@127.0.0.1:{port}/mysql");
    let mut connection = loop {
        match Conn::new(url.as_str()) {
            Ok(connection) => break connection,
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(100)),
        }
    };
    connection.query_drop("do 1").unwrap();
    Command::new("kill").args(["-9", &server]).status().unwrap();
    while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {}
    show("the server was killed", connection.query_drop("do 1").unwrap_err());
    show("nobody listens", Conn::new(url.as_str()).err().unwrap());
}
RUST
cargo build --quiet
places=(--datadir="$folder/data" --tmpdir="$folder" --user="$(id -un)")
mariadb-install-db --no-defaults "${places[@]}" --skip-test-db --auth-root-authentication-method=normal >/dev/null 2>&1
port=$((20000 + RANDOM % 20000))
mariadbd --no-defaults "${places[@]}" --bind-address=127.0.0.1 --port="$port" --socket="$folder/socket" >"$folder/log" 2>&1 &
server=$!
timeout 60 target/debug/finding "$port" "$server" | tee seen
diff seen - <<'EXPECTED'
the server was killed: CodecError, a cause: false
nobody listens: DriverError, a cause: false
EXPECTED
