//! Retries in flight.

use super::*;

#[test]
fn the_minimum_is_granted_whatever_the_calls() {
    let budget = RetryBudget::in_flight(3, 0.0);
    let mut calls: Vec<_> = (0..10).map(|_| budget.open(no_clock)).collect();
    let granted: Vec<_> = calls.iter_mut().map(retry).collect();
    assert_eq!(granted[..5], [true, true, true, false, false]);
}

#[test]
fn more_than_the_ratio_in_flight_refuse() {
    let budget = RetryBudget::in_flight(1, 0.2);
    let mut calls: Vec<_> = (0..10).map(|_| budget.open(no_clock)).collect();
    assert_eq!(budget.available(), 3);
    let granted = calls.iter_mut().map(retry).filter(|granted| *granted);
    assert_eq!(granted.count(), 3, "2 of 12 are not more than 0.2");
    calls.truncate(4);
    assert_eq!(budget.available(), 0);
}

/// Vectors of failsafe-go: executions are calls and retries.
#[test]
fn retries_count_among_the_executions() {
    let budget = RetryBudget::in_flight(1, 0.5);
    let mut call = budget.open(no_clock);
    assert!(call.start_copy() && call.start_copy(), "1 of 2 is not more");
    assert!(!call.start_copy(), "2 of 3 are");
    let budget = RetryBudget::in_flight(2, 0.5);
    let mut call = budget.open(no_clock);
    assert!(call.start_copy() && call.start_copy() && !call.start_copy());
    let budget = RetryBudget::in_flight(0, 1.0);
    let mut call = budget.open(no_clock);
    assert!((0..999).all(|_| call.start_copy()), "no more than all");
}

#[test]
fn a_retry_lands_with_the_next_or_with_its_call() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let (mut first, mut second) = (budget.open(no_clock), budget.open(no_clock));
    assert!(retry(&mut first));
    assert!(!retry(&mut second));
    assert!(retry(&mut first), "its own one has failed");
    drop(first);
    assert!(retry(&mut second));
}

#[test]
fn copies_fly_until_the_next_retry() {
    let budget = RetryBudget::in_flight(2, 0.0);
    let mut handle = budget.open(no_clock);
    assert!(handle.start_copy() && handle.start_copy());
    assert!(!handle.start_copy());
    assert!(retry(&mut handle));
    assert_eq!(budget.available(), 1);
    drop(handle);
    assert_eq!(budget.available(), 2);
}

/// Busy threads count apart.
#[test]
fn a_call_ends_on_another_thread_than_it_began_on() {
    let budget = RetryBudget::in_flight(0, 0.5);
    for _ in 0..4 {
        let calls: Vec<_> = (0..1000).map(|_| budget.open(no_clock)).collect();
        assert_eq!(budget.available(), 1001);
        thread::scope(|scope| scope.spawn(|| drop(calls)).join().unwrap());
        assert_eq!(budget.available(), 1);
    }
}
