//! Budgets: figures that are the same in every run, against `budget.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::contender::METRICS;
use crate::ours::{ATTRIBUTE, RUN, SHARED};
use crate::project::crates;
use crate::{allocation, breakers, bulkheads, fleet, instructions, limiters, shared, streams};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/budget.txt");
const HEAD: &str = "\
# What `persevere` may cost: `-- check` fails where a figure is above its line here, instructions by
# more than 3 %. After a change that is worth its price, or with another compiler: `-- bless`.
";

/// Compares, tells every figure, and says whether all of them hold.
pub fn check() -> bool {
    let budget = read();
    let mut holds = true;
    for (name, value) in measured() {
        let margin = if name.starts_with("instructions") {
            1.03
        } else {
            1.0
        };
        let verdict = match budget.get(&name) {
            None => "FAILED: not in budget.txt".to_owned(),
            Some(limit) if value > limit * margin => format!("FAILED: more than {limit}"),
            Some(limit) if value < limit / margin => format!("ok, less than {limit}: bless it"),
            Some(_) => "ok".to_owned(),
        };
        holds &= !verdict.starts_with("FAILED");
        println!("{name} = {value}  {verdict}");
    }
    holds
}

/// Writes the budget anew.
pub fn bless() {
    let mut lines = HEAD.to_owned();
    for (name, value) in measured() {
        lines += &format!("{name} = {value}\n");
    }
    fs::write(FILE, lines).expect("budget.txt is writable");
}

fn read() -> BTreeMap<String, f64> {
    let text = fs::read_to_string(FILE).expect("budget.txt");
    let lines = text.lines().filter_map(|line| line.split_once(" = "));
    lines
        .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
        .collect()
}

fn measured() -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    let valgrind = instructions::has_valgrind();
    if !valgrind {
        println!("{}", instructions::MISSING);
    }
    for contender in [ATTRIBUTE, RUN, SHARED] {
        let name = contender.name;
        for metric in &METRICS {
            let Some(calls) = (metric.calls)(&contender) else {
                continue;
            };
            // A runtime's own work is not the same in every run.
            if valgrind && !metric.runtime {
                let count = instructions::count(&contender, metric).expect("a measured situation");
                figures.push((format!("instructions, {name}, {}", metric.key), count));
            }
            let count = allocation::count(calls);
            figures.push((format!("allocations, {name}, {}", metric.key), count));
        }
        for (callee, size) in [("small", contender.small), ("large", contender.large)] {
            let size = size.expect("a future")() as f64;
            figures.push((format!("bytes, {name}, future of a {callee} callee"), size));
        }
    }
    figures.extend(breakers::figures());
    figures.extend(bulkheads::figures());
    figures.extend(limiters::figures());
    figures.extend(streams::figures());
    figures.extend(shared::figures());
    figures.extend(fleet::figures());
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for (what, features) in [
        ("blocking", "std"),
        ("tokio", "tokio"),
        ("default", "default"),
    ] {
        let args = ["--package=persevere", "--no-default-features", "--features"];
        let count = crates(root, &[&args[..], &[features]].concat());
        figures.push((format!("crates, {what}"), count as f64));
    }
    figures
}
