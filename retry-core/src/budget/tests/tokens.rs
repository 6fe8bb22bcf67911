//! Tokens, which retries take and successes give back.

use super::*;

fn spend_all(budget: &RetryBudget) {
    drain(budget, no_clock);
}

#[test]
fn a_retry_costs_5_and_one_after_a_timeout_10() {
    let budget = RetryBudget::tokens(500);
    assert_eq!(budget.available(), 100);
    let mut handle = budget.open(no_clock);
    assert!(retry(&mut handle));
    assert_eq!(budget.available(), 99);
    assert!(retry_after(&mut handle, true));
    assert_eq!(budget.available(), 97);
}

#[test]
fn an_empty_bucket_refuses() {
    let budget = RetryBudget::tokens(12);
    let mut handle = budget.open(no_clock);
    assert!(retry(&mut handle));
    assert!(!retry_after(&mut handle, true), "7 are left");
    assert!(retry(&mut handle));
    assert!(!retry(&mut handle), "2 are left");
    assert_eq!((budget.granted(), budget.refused()), (2, 2));
}

#[test]
fn a_success_at_first_adds_1() {
    let budget = RetryBudget::tokens(10);
    spend_all(&budget);
    for call in 1..=10 {
        budget.open(no_clock).succeeded();
        assert_eq!(budget.available(), call / 5, "after call {call}");
    }
}

#[test]
fn a_success_at_a_retry_gets_back_what_that_cost() {
    let budget = RetryBudget::tokens(100);
    let mut handle = budget.open(no_clock);
    assert!(retry(&mut handle));
    assert!(retry_after(&mut handle, true));
    assert_eq!(budget.available(), 17);
    handle.succeeded();
    assert_eq!(budget.available(), 19, "the 10 of the last one");
}

#[test]
fn the_capacity_is_never_exceeded() {
    let budget = RetryBudget::tokens(10).costs(1, 1);
    assert!(retry(&mut budget.open(no_clock)));
    for _ in 0..5 {
        budget.open(no_clock).succeeded();
    }
    assert_eq!(budget.available(), 10);
}

#[test]
fn a_copy_is_paid_at_once_and_not_refunded() {
    let budget = RetryBudget::tokens(10);
    let mut handle = budget.open(no_clock);
    assert!(handle.start_copy() && handle.start_copy());
    assert!(!handle.start_copy());
    handle.succeeded();
    drop(handle);
    assert_eq!(drain(&budget, no_clock), 0, "1 is left");
    assert_eq!((budget.granted(), budget.refused()), (2, 2));
}
