//! Retries as a share of the calls in a window.

use super::*;

const WINDOW: Duration = Duration::from_secs(10);

/// Returns a budget of a test that begins at 0.
fn ratio(ratio: f64, window: Duration) -> RetryBudget {
    at(Duration::ZERO);
    RetryBudget::ratio(ratio, window)
}

fn calls(budget: &RetryBudget, calls: u32) {
    for _ in 0..calls {
        drop(budget.open(clock));
    }
}

#[test]
fn one_retry_for_five_calls() {
    let budget = ratio(0.2, WINDOW).reserve(0);
    calls(&budget, 4);
    assert_eq!(budget.available(), 0);
    calls(&budget, 1);
    assert_eq!(budget.available(), 1);
    calls(&budget, 99);
    assert_eq!(drain(&budget, clock), 21, "it makes 105 calls");
}

#[test]
fn the_reserve_comes_on_top() {
    let budget = ratio(0.2, WINDOW);
    calls(&budget, 49);
    assert_eq!(drain(&budget, clock), 110);
}

#[test]
fn no_ratio_still_permits_the_reserve() {
    let budget = ratio(0.0, WINDOW).reserve(3);
    calls(&budget, 1000);
    assert_eq!(drain(&budget, clock), 30);
}

#[test]
fn neither_permits_nothing() {
    let budget = ratio(0.0, WINDOW).reserve(0);
    calls(&budget, 1000);
    assert_eq!(drain(&budget, clock), 0);
}

#[test]
fn calls_leave_the_window() {
    let budget = ratio(0.5, WINDOW).reserve(0);
    calls(&budget, 10);
    at(millis(500));
    calls(&budget, 10);
    at(SECOND);
    calls(&budget, 10);
    at(millis(9_999));
    assert_eq!(budget.available(), 15);
    at(WINDOW);
    assert_eq!(budget.available(), 5, "the first tenth is gone");
    at(millis(11_000));
    assert_eq!(budget.available(), 0);
}

#[test]
fn retries_leave_the_window() {
    let budget = ratio(0.0, SECOND).reserve(5);
    assert_eq!(drain(&budget, clock), 5);
    at(millis(999));
    assert_eq!(drain(&budget, clock), 0);
    at(SECOND);
    assert_eq!(drain(&budget, clock), 5);
}

/// A window begins within a slice: a retry that was granted late in the slice is still in the window.
#[test]
fn retries_do_not_leave_before_they_are_too_old() {
    let budget = ratio(0.0, SECOND).reserve(5);
    budget.open(clock);
    at(millis(90));
    assert_eq!(drain(&budget, clock), 5);
    at(millis(1_089));
    assert_eq!(drain(&budget, clock), 0, "10 within a second");
    at(millis(1_090));
    assert_eq!(drain(&budget, clock), 5);
}

#[test]
fn retries_outlive_the_calls_that_allowed_them() {
    let budget = ratio(1.0, WINDOW).reserve(0);
    calls(&budget, 3);
    at(9 * SECOND);
    assert_eq!(drain(&budget, clock), 4);
    at(11 * SECOND);
    calls(&budget, 3);
    // 1 call of second 9 and 3 of the current second, against 4 retries.
    assert_eq!(budget.available(), 0);
    calls(&budget, 1);
    assert_eq!(budget.available(), 1);
    at(19 * SECOND);
    assert_eq!(budget.available(), 4, "the retries are gone");
}

#[test]
fn what_is_given_back_leaves_with_its_draw() {
    let budget = ratio(0.0, SECOND).reserve(5);
    let mut cancelled = budget.open(clock);
    assert!(cancelled.withdraw(false));
    at(millis(900));
    assert_eq!(drain(&budget, clock), 4);
    drop(cancelled);
    assert_eq!(budget.available(), 1);
    at(SECOND);
    assert_eq!(
        budget.available(),
        1,
        "the draw is gone, and so is its return"
    );
}

#[test]
fn a_return_after_the_window_changes_nothing() {
    let budget = ratio(0.0, SECOND).reserve(5);
    let mut cancelled = budget.open(clock);
    assert!(cancelled.withdraw(false));
    at(millis(1500));
    assert_eq!(drain(&budget, clock), 5);
    drop(cancelled);
    assert_eq!(budget.available(), 0);
}

#[test]
fn a_clock_that_jumps_ahead_forgets_everything() {
    let budget = ratio(1.0, WINDOW).reserve(1);
    calls(&budget, 10);
    at(Duration::from_secs(60 * 60 * 24 * 365 * 20));
    assert_eq!(budget.available(), 10);
    assert_eq!(drain(&budget, clock), 11);
}

#[test]
fn a_part_of_a_second_counts_in_the_reserve() {
    let budget = ratio(0.0, millis(1500)).reserve(3);
    assert_eq!(budget.available(), 4, "4.5");
}
