//! Budgets of retries: each kind, by the numbers of the library that it comes from.
#![cfg(feature = "std")]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{SECOND, millis};
use persevere_core::budget::{BudgetHandle, Settings};
use persevere_core::policy::Budget;
use persevere_core::{InvalidValue, RetryBudget};

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Returns the time of this thread's test.
fn clock() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now) + NOW.get()
}

fn at(time: Duration) {
    NOW.set(time);
}

/// Panics, as a clock for budgets that must not read it.
fn no_clock() -> Instant {
    panic!("the clock was read")
}

/// Begins a retry, and returns whether the budget granted it.
fn retry(handle: &mut BudgetHandle<'_>) -> bool {
    retry_after(handle, false)
}

fn retry_after(handle: &mut BudgetHandle<'_>, timed_out: bool) -> bool {
    handle.failed();
    let granted = handle.withdraw(timed_out);
    handle.commit();
    granted
}

/// Returns the number of retries that a new call gets before it is refused.
fn drain(budget: &RetryBudget, clock: fn() -> Instant) -> u64 {
    let mut handle = budget.open(clock);
    (0..).take_while(|_| retry(&mut handle)).count() as u64
}

mod tokens {
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
}

mod ratio {
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
}

mod throttle {
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
}

mod in_flight {
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
}

#[test]
fn a_total_never_refills() {
    let budget = RetryBudget::total(2);
    let mut handle = budget.open(no_clock);
    assert!(retry_after(&mut handle, true));
    handle.succeeded();
    for _ in 0..10 {
        budget.open(no_clock).succeeded();
    }
    assert_eq!(budget.available(), 1);
    assert_eq!(drain(&budget, no_clock), 1);
    assert_eq!(drain(&RetryBudget::total(0), no_clock), 0);
}

#[test]
fn a_cancelled_call_gives_back_what_it_drew() {
    let kinds = [
        RetryBudget::tokens(50),
        RetryBudget::ratio(0.0, SECOND).reserve(3),
        RetryBudget::throttle(10, 0.5),
        RetryBudget::in_flight(3, 0.0),
        RetryBudget::total(3),
    ];
    for budget in kinds {
        let before = budget.available();
        let mut handle = budget.open(clock);
        assert!(handle.withdraw(true));
        drop(handle);
        assert_eq!(budget.available(), before, "{budget:?}");
        assert_eq!(budget.granted(), 0, "{budget:?}");
    }
}

#[test]
fn a_second_draw_gives_back_the_first() {
    let budget = RetryBudget::total(1);
    let mut handle = budget.open(no_clock);
    assert!(handle.withdraw(false));
    assert!(handle.withdraw(false));
    assert_eq!(budget.granted(), 1);
}

#[test]
fn a_shared_purse_outlives_its_budget() {
    let mut handle = {
        let budget = RetryBudget::total(1);
        budget.shared().open(no_clock)
    };
    assert!(retry(&mut handle));
    assert!(!retry(&mut handle));
}

#[test]
fn a_shared_purse_draws_from_the_same_budget() {
    let budget = RetryBudget::total(2);
    let mut inner = budget.shared().open(no_clock);
    assert!(retry(&mut budget.open(no_clock)));
    assert!(retry(&mut inner));
    assert!(!retry(&mut budget.open(no_clock)));
}

#[test]
fn a_purse_changes_threads() {
    let budget = RetryBudget::total(1);
    let mut handle = budget.open(no_clock);
    assert!(handle.withdraw(false));
    thread::scope(|scope| scope.spawn(move || drop(handle)).join()).unwrap();
    assert_eq!(budget.available(), 1);
}

#[test]
fn every_reference_is_a_budget() {
    fn available(budget: impl Budget) -> u64 {
        budget.budget().available()
    }
    static BUDGET: RetryBudget = RetryBudget::total(7);
    assert_eq!(available(&BUDGET), 7);
    assert_eq!(available(RetryBudget::total(7)), 7);
    assert_eq!(available(Arc::new(RetryBudget::total(7))), 7);
    assert_eq!(available(Rc::new(RetryBudget::total(7))), 7);
    assert_eq!(available(Box::new(Arc::new(RetryBudget::total(7)))), 7);
    assert_eq!(available(&BUDGET as &dyn Budget), 7);
}

#[test]
fn it_tells_in_one_line_how_it_stands() {
    let budget = RetryBudget::total(2);
    assert_eq!(
        budget.to_string(),
        "2 retries available, 0 granted, 0 refused"
    );
    assert!(retry(&mut budget.open(no_clock)));
    assert_eq!(
        budget.to_string(),
        "1 retry available, 1 granted, 0 refused"
    );
    drain(&budget, no_clock);
    assert_eq!(
        budget.to_string(),
        "0 retries available, 2 granted, 1 refused"
    );
}

#[test]
fn each_mistake_is_reported() {
    use InvalidValue::{BudgetCapacity, BudgetCost, BudgetKind, BudgetRatio, BudgetWindow};
    let tokens = || Settings::tokens(10);
    let mistakes = [
        (Settings::tokens(0), BudgetCapacity(0)),
        (Settings::tokens(9), BudgetCapacity(9)),
        (tokens().costs(0, 1), BudgetCost(0)),
        (tokens().costs(1, 0), BudgetCost(0)),
        (tokens().costs(11, 1), BudgetCost(11)),
        (tokens().costs(1, 11), BudgetCost(11)),
        (Settings::total(10).costs(1, 1), BudgetKind),
        (Settings::throttle(10, 0.1).costs(1, 1), BudgetKind),
        (tokens().reserve(1), BudgetKind),
        (
            Settings::tokens(9).costs(0, 1).reserve(1),
            BudgetCapacity(9),
        ),
        (Settings::throttle(0, 0.1), BudgetCapacity(0)),
        (Settings::throttle(10, 0.0), BudgetRatio(0.0)),
        (Settings::throttle(10, 0.0009), BudgetRatio(0.0009)),
        (Settings::throttle(10, 1.001), BudgetRatio(1.001)),
        (Settings::ratio(-0.1, SECOND), BudgetRatio(-0.1)),
        (Settings::ratio(20.0, SECOND), BudgetRatio(20.0)),
        (
            Settings::ratio(f64::INFINITY, SECOND),
            BudgetRatio(f64::INFINITY),
        ),
        (
            Settings::ratio(0.2, Duration::ZERO),
            BudgetWindow(Duration::ZERO),
        ),
        (Settings::ratio(0.2, millis(999)), BudgetWindow(millis(999))),
        (
            Settings::ratio(0.2, millis(60_001)),
            BudgetWindow(millis(60_001)),
        ),
        (
            Settings::ratio(0.2, Duration::MAX),
            BudgetWindow(Duration::MAX),
        ),
        (Settings::in_flight(3, 1.5), BudgetRatio(1.5)),
    ];
    for (settings, mistake) in mistakes {
        assert_eq!(settings.build().unwrap_err(), mistake);
    }
    for settings in [
        Settings::ratio(f64::NAN, SECOND),
        Settings::throttle(10, f64::NAN),
        Settings::in_flight(3, f64::NAN),
    ] {
        let mistake = settings.build().unwrap_err();
        assert!(matches!(mistake, BudgetRatio(ratio) if ratio.is_nan()));
    }
}

#[test]
fn the_ends_of_each_range_are_accepted() {
    for settings in [
        Settings::tokens(10).costs(1, 10),
        Settings::tokens(u32::MAX).costs(u32::MAX, 1),
        Settings::ratio(0.0, SECOND),
        Settings::ratio(1.0, 60 * SECOND).reserve(u32::MAX),
        Settings::throttle(u32::MAX, 1.0),
        Settings::throttle(1, 0.001),
        Settings::in_flight(u32::MAX, 1.0),
        Settings::in_flight(0, 0.0),
    ] {
        let budget = settings.build().unwrap();
        let mut handle = budget.open(clock);
        handle.failed();
        let _ = handle.withdraw(true);
        handle.commit();
        handle.succeeded();
    }
}

/// The changes of two threads to a budget add up, if one call in three is cancelled before its retry begins,
/// and one succeeds at it.
#[test]
fn two_threads_add_up() {
    const CALLS: u64 = 20_000;
    let kinds = [
        (RetryBudget::total(5_000), 5_000, false),
        (RetryBudget::tokens(30_000).costs(3, 3), 10_000, true),
        // 0.2 of the 40 001 calls, and 120. No time passes.
        (
            RetryBudget::ratio(0.2, 60 * SECOND).reserve(2),
            8_120,
            false,
        ),
    ];
    for (budget, left_to_fail, refunds) in kinds {
        let (begun, succeeded, refused) = <(AtomicU64, AtomicU64, AtomicU64)>::default();
        let start = Barrier::new(2);
        let work = || {
            start.wait();
            for call in 0..CALLS {
                let mut handle = budget.open(clock);
                handle.failed();
                if !handle.withdraw(false) {
                    refused.fetch_add(1, Ordering::Relaxed);
                } else if call % 3 > 0 {
                    handle.commit();
                    begun.fetch_add(1, Ordering::Relaxed);
                    if call % 3 == 2 {
                        handle.succeeded();
                        succeeded.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(work);
            scope.spawn(work);
        });
        let begun = begun.into_inner() + drain(&budget, clock);
        let refunded = if refunds { succeeded.into_inner() } else { 0 };
        assert_eq!(begun - refunded, left_to_fail, "{budget}");
        assert_eq!(budget.granted(), begun, "{budget}");
        assert_eq!(budget.refused(), refused.into_inner() + 1, "{budget}");
        assert_eq!(budget.available(), 0, "{budget}");
    }
}
