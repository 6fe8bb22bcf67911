//! Budgets of retries: each kind, by the numbers of the library that it comes from.

mod in_flight;
mod properties;
mod ratio;
mod throttle;
mod tokens;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::{Budget, BudgetHandle, RetryBudget, Settings};
use crate::invalid::InvalidValue;

const SECOND: Duration = Duration::from_secs(1);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

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
fn a_shared_handle_outlives_its_budget() {
    let mut handle = {
        let budget = RetryBudget::total(1);
        budget.shared().open(no_clock)
    };
    assert!(retry(&mut handle));
    assert!(!retry(&mut handle));
}

#[test]
fn a_shared_handle_draws_from_the_same_budget() {
    let budget = RetryBudget::total(2);
    let mut inner = budget.shared().open(no_clock);
    assert!(retry(&mut budget.open(no_clock)));
    assert!(retry(&mut inner));
    assert!(!retry(&mut budget.open(no_clock)));
}

#[test]
fn a_handle_changes_threads() {
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
