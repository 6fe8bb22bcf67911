//! Instructions a call, counted by callgrind: the same number in every run.

use std::env;
use std::process::Command;

use crate::contender::{Calls, Contender, METRICS, Metric};

/// The message in place of a missing table, on a line of its own.
pub const MISSING: &str = "skipped: needs valgrind";

const ROUNDS: u64 = 1000;

/// The events that callgrind collects.
#[inline(never)]
fn collected(calls: Calls, rounds: u64) {
    calls(rounds);
    // Not a tail call: callgrind stops collecting where this function returns.
    std::hint::black_box(());
}

/// Under callgrind: one contender in one situation.
pub fn run(contender: &Contender, metric: &str) {
    let metric = METRICS.iter().find(|m| m.key == metric).expect("a metric");
    run_calls((metric.calls)(contender).expect("a measured situation"), 8);
}

/// Under callgrind: calls that come after `first` others, which make whatever is made on first use.
pub fn run_calls(calls: Calls, first: u64) {
    calls(first);
    collected(calls, ROUNDS);
}

pub fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// Instructions a call, to one decimal; `None` where the contender has no such call.
pub fn count(contender: &Contender, metric: &Metric) -> Option<f64> {
    (metric.calls)(contender)?;
    Some(count_in(["call", contender.name, metric.key]))
}

/// Instructions a call in a process of its own with these arguments, to one decimal.
pub fn count_in<const N: usize>(args: [&str; N]) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*instructions*collected*")
        .arg(env::current_exe().expect("this program"))
        .args(args)
        .output()
        .expect("valgrind runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :"));
    let (_, number) = collected.unwrap_or_else(|| panic!("callgrind said:\n{said}"));
    let total: f64 = number.trim().parse().expect("a number of instructions");
    (total / ROUNDS as f64 * 10.0).round() / 10.0
}
