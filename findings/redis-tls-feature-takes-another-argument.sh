#!/usr/bin/env bash
# redis 1.8.1: `SentinelClient::build` takes the name of the primary as `String`, and with the feature `tls-rustls` as
# `impl AsRef<str>`. So a program that writes `name.into()` compiles until any crate of its build turns TLS on: then the type of
# `into` is unknown (E0283).
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
[features]
tls = ["redis/tls-rustls"]
[dependencies]
redis = { version = "=1.8.1", default-features = false, features = ["sentinel"] }
TOML
cat >src/main.rs <<'RUST'
use redis::sentinel::{SentinelClient, SentinelServerType};

fn main() {
    let name: &str = "primary";
    let sentinels = vec!["redis://127.0.0.1:26379"];
    let client = SentinelClient::build(sentinels, name.into(), None, SentinelServerType::Master);
    println!("{}", client.is_ok());
}
RUST
{
    for features in "" tls; do
        if cargo check --quiet --features "$features" 2>errors; then
            echo "features '$features': it compiles"
        else
            echo "features '$features': $(grep -o '^error\[E[0-9]*\]: .*' errors | head -n 1)"
        fi
    done
} | tee seen
diff seen - <<'EXPECTED'
features '': it compiles
features 'tls': error[E0283]: type annotations needed
EXPECTED
