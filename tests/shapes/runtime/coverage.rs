//! The lines of a body count when coverage is measured.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The lines of `covered.rs` that are regions of the coverage that rustc would measure: MIR lists
/// them, without the tools that read a profile.
fn regions() -> BTreeSet<usize> {
    let mir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("covered.mir");
    let built = Command::new(env!("CARGO"))
        .args([
            "rustc",
            "--quiet",
            "--package",
            "shapes-runtime",
            "--test",
            "covered",
            "--",
        ])
        .args(["-C", "instrument-coverage", "--emit"])
        .arg(format!("mir={}", mir.display()))
        .status()
        .expect("cargo runs");
    assert!(built.success());
    let mir = std::fs::read_to_string(mir).expect("rustc has written it");
    mir.lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("coverage Code")?
                .split_once("covered.rs:")
        })
        .filter_map(|(_, at)| at.split(':').next()?.parse().ok())
        .collect()
}

#[test]
fn every_line_of_a_body_is_counted() {
    let marked = include_str!("covered.rs").lines().zip(1..);
    let marked = marked
        .filter(|(text, _)| text.ends_with("// covered"))
        .map(|(_, line)| line);
    let (marked, regions) = (marked.collect::<BTreeSet<usize>>(), regions());
    let missing: Vec<_> = marked.difference(&regions).collect();
    assert!(
        marked.len() > 10 && missing.is_empty(),
        "no region for lines {missing:?}"
    );
}
