//! The throttle of gRPC.

use super::*;

#[test]
fn no_retry_at_half_of_the_maximum() {
    let budget = RetryBudget::throttle(10, 0.1);
    assert_eq!(budget.available(), 4);
    assert_eq!(drain(&budget, no_clock), 4, "the fifth failure leaves 5");
    assert_eq!(budget.refused(), 1);
}

#[test]
fn an_odd_maximum_has_a_half_too() {
    let budget = RetryBudget::throttle(3, 0.1);
    assert_eq!(drain(&budget, no_clock), 1, "1 of 3 is below 1.5");
}

#[test]
fn successes_raise_it_by_the_ratio() {
    let budget = RetryBudget::throttle(10, 0.1);
    drain(&budget, no_clock);
    for _ in 0..10 {
        assert_eq!(budget.available(), 0);
        budget.open(no_clock).succeeded();
    }
    // At 6.0, one more failure leaves 5.
    assert_eq!(budget.available(), 0);
    budget.open(no_clock).succeeded();
    assert_eq!(budget.available(), 1);
}

#[test]
fn failures_without_retries_count() {
    let budget = RetryBudget::throttle(10, 1.0);
    for _ in 0..20 {
        budget.open(no_clock).failed();
    }
    assert!(!budget.open(no_clock).withdraw(false));
    for _ in 0..5 {
        budget.open(no_clock).succeeded();
    }
    assert!(!budget.open(no_clock).withdraw(false), "5 of 10, from 0");
    budget.open(no_clock).succeeded();
    assert!(budget.open(no_clock).withdraw(false));
}

#[test]
fn decimals_after_the_third_are_ignored() {
    // 0.546, as gRPC reads 0.5466: 1000 successes pay for 546.
    let budget = RetryBudget::throttle(1200, 0.5466);
    for _ in 0..1200 {
        budget.open(no_clock).failed();
    }
    for _ in 0..1000 {
        budget.open(no_clock).succeeded();
    }
    for _ in 0..54 {
        budget.open(no_clock).failed();
    }
    // 546 − 54 = 492. Another 198 successes make 600.108.
    for _ in 0..197 {
        budget.open(no_clock).succeeded();
    }
    assert!(!budget.open(no_clock).withdraw(false));
    budget.open(no_clock).succeeded();
    assert!(budget.open(no_clock).withdraw(false));
}

#[test]
fn it_never_passes_its_maximum() {
    let budget = RetryBudget::throttle(4, 1.0);
    for _ in 0..9 {
        budget.open(no_clock).succeeded();
    }
    assert_eq!(drain(&budget, no_clock), 1);
}
