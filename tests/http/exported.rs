//! A set of keys that another package exports.

use std::cell::Cell;

use persevere::retry;
use support::policies::{self, exported};

#[retry(use = exported)]
fn imported(calls: &Cell<u32>) -> Option<()> {
    calls.set(calls.get() + 1);
    None
}

#[retry(use = support::policies::exported, stop = after_attempt(2))]
fn by_its_path(calls: &Cell<u32>) -> Option<()> {
    calls.set(calls.get() + 1);
    None
}

#[test]
fn a_set_of_another_package_names_the_items_of_that_package() {
    let calls = Cell::new(0);
    imported(&calls);
    assert_eq!(calls.replace(0), policies::ATTEMPTS);
    by_its_path(&calls);
    assert_eq!(calls.get(), 2);
}
