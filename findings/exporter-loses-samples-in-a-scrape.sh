#!/usr/bin/env bash
# metrics-exporter-prometheus loses samples of a histogram that threads record while it is scraped: a scrape empties the
# histogram, and a sample that is just being written goes with what is thrown away. Counters of the same threads are exact,
# and so is a histogram that is read only afterwards. A rate by the histogram's `_count` is therefore a little low.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
metrics = "=0.24.6"
metrics-exporter-prometheus = { version = "=0.18.3", default-features = false }
metrics-util = { version = "=0.20.4", default-features = false }
TOML
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use metrics_exporter_prometheus::PrometheusBuilder;

const SAMPLES: u64 = 400_000;

/// The counter and the histogram's count, read once all threads have ended.
fn counts(scrapes: bool) -> (u64, u64) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let done = AtomicBool::new(false);
    metrics::with_local_recorder(&recorder, || {
        metrics::counter!("calls").absolute(0);
    });
    thread::scope(|scope| {
        let record = || {
            metrics::with_local_recorder(&recorder, || {
                for _ in 0..SAMPLES / 4 {
                    metrics::counter!("calls").increment(1);
                    metrics::histogram!("seconds").record(1.0);
                }
            })
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(record)).collect();
        if scrapes {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    handle.render();
                }
            });
        }
        for thread in threads {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    let text = handle.render();
    let read = |name| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    (read("calls "), read("seconds_count "))
}

fn main() {
    let quiet = counts(false);
    // A run may lose none: the threads have to meet.
    let scraped = (0..20).map(|_| counts(true)).min_by_key(|counts| counts.1).unwrap();
    println!("read afterwards: {} calls, {} samples", quiet.0, quiet.1);
    println!("scraped meanwhile: {} calls, at least one sample lost: {}", scraped.0, scraped.1 < SAMPLES);
    assert_eq!(quiet, (SAMPLES, SAMPLES));
    assert!(scraped.0 == SAMPLES && scraped.1 < SAMPLES, "no sample is lost any more");
}
RUST
echo "metrics-exporter-prometheus 0.18.3, metrics-util 0.20.4"
cargo run --quiet --release
