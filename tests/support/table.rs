//! `docs/src/failures.md` as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use support::{Table, writes};

/// A row without its test would never be checked again. Tests compose the names of faults, so that the search
/// is for their words.
#[test]
fn every_row_is_made_by_a_test() {
    let sources: Vec<_> = sources(&root().join("tests")).collect();
    for (client, fault) in Table::read().rows() {
        let words = || fault.split(|c: char| !c.is_alphabetic());
        let is_made = |source: &String| words().all(|word| source.contains(word));
        assert!(
            sources.iter().any(is_made),
            "docs/src/failures.md, {client}: no test has the words of the fault {fault:?}; remove the row if its test is gone"
        );
    }
}

/// Compares the document with the written form, versions aside: clients and their rows are sorted.
#[test]
fn the_table_is_in_order() {
    let numberless = |text: &str| text.replace(|c: char| c.is_ascii_digit() || c == '.', "");
    let table = Table::read();
    if writes() {
        return Table::change(|_| {});
    }
    assert!(
        numberless(&table.text()) == numberless(&Table::document()),
        "docs/src/failures.md is not in order: FAILURES=write cargo test -p persevere-test-support"
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the texts of the tests in a directory.
fn sources(directory: &Path) -> Box<dyn Iterator<Item = String>> {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    Box::new(entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            return sources(&path);
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let text = is_rust.then(|| fs::read_to_string(&path).expect("a source"));
        Box::new(text.into_iter())
    }))
}
