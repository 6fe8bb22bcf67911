//! Models of budgets that two or three threads use at once: every interleaving that matters.

use std::sync::Arc;
use std::time::Instant;

use loom::thread;

use super::algorithm::window::Window;
use super::settings::Settings;
use super::state::BudgetState;
use crate::util::local_arc::LocalArc;

/// Panics, since no model reads the time: a ratio is modelled by its window.
fn clock() -> Instant {
    unreachable!("nothing here asks for the time")
}

fn state(settings: Settings) -> LocalArc<BudgetState> {
    LocalArc::new(BudgetState::new(None, settings.validated()))
}

/// Makes one call that fails once; returns whether its retry was granted. The retry starts if it `begins`.
fn call(state: &LocalArc<BudgetState>, begins: bool) -> bool {
    let mut handle = state.open(clock);
    handle.failed();
    let granted = handle.withdraw(false);
    if begins {
        handle.commit();
    }
    granted
}

#[test]
fn the_last_token_goes_to_one() {
    loom::model(|| {
        let state = state(Settings::total(1));
        let other = state.clone();
        let other = thread::spawn(move || call(&other, true));
        let granted = [call(&state, true), other.join().unwrap()];
        assert_eq!(granted.iter().filter(|granted| **granted).count(), 1);
        assert_eq!(state.available(), 0);
        assert_eq!((state.granted(), state.refused()), (1, 1));
    });
}

#[test]
fn a_cancelled_draw_comes_back() {
    loom::model(|| {
        let state = state(Settings::total(1));
        let other = state.clone();
        let other = thread::spawn(move || call(&other, false));
        let granted = call(&state, true);
        other.join().unwrap();
        assert_eq!(state.available(), u64::from(!granted));
        assert_eq!(state.granted(), u64::from(granted));
    });
}

#[test]
fn refunds_and_draws_add_up() {
    loom::model(|| {
        let state = state(Settings::tokens(10));
        let other = state.clone();
        let other = thread::spawn(move || {
            let mut handle = other.open(clock);
            let granted = handle.withdraw(false);
            handle.commit();
            handle.succeeded();
            granted
        });
        let withdrawn = call(&state, true);
        assert!(other.join().unwrap() && withdrawn, "both fit");
        assert_eq!(state.available(), 1);
    });
}

#[test]
fn a_throttle_loses_no_failure_and_no_success() {
    loom::model(|| {
        let state = state(Settings::throttle(6, 1.0));
        let other = state.clone();
        let other = thread::spawn(move || call(&other, true));
        assert!(call(&state, true), "at least 4 of 6 are left");
        state.open(clock).succeeded();
        assert!(other.join().unwrap());
        // 6 − 1 − 1 + 1, and no success was lost to the bound.
        assert_eq!(state.available(), 1);
    });
}

#[test]
fn what_flies_lands() {
    loom::model(|| {
        let state = state(Settings::in_flight(1, 0.0));
        // The atomics of the tally are made on this thread.
        assert_eq!(state.available(), 1);
        let other = state.clone();
        let other = thread::spawn(move || call(&other, false));
        let granted = call(&state, true);
        assert!(other.join().unwrap() || granted, "one fits");
        assert_eq!(state.available(), 1);
    });
}

/// Allows one retry for every call of the window.
fn each_call(calls: u64, retries: u64) -> bool {
    retries < calls
}

#[test]
fn a_window_grants_what_its_calls_allow() {
    loom::model(|| {
        let window = Arc::new(Window::<2>::new(20));
        window.call(0);
        let other = Arc::clone(&window);
        // One is in the next slice already.
        let other = thread::spawn(move || other.withdraw(10, each_call).is_some());
        let granted = [
            window.withdraw(0, each_call).is_some(),
            other.join().unwrap(),
        ];
        assert_eq!(granted.iter().filter(|granted| **granted).count(), 1);
        assert_eq!(window.counts(10), (1, 1));
    });
}

/// Returns a window of two slices of ten nanoseconds with this many calls in the later one.
fn later_calls(calls: u32) -> Arc<Window<2>> {
    let window = Window::new(20);
    for _ in 0..calls {
        window.call(10);
    }
    Arc::new(window)
}

#[test]
fn a_window_forgets_no_draw_when_slices_change() {
    loom::model(|| {
        let window = later_calls(4);
        assert_eq!(window.withdraw(0, each_call), Some(0));
        let other = Arc::clone(&window);
        let other =
            thread::spawn(move || [0, 10].map(|time| other.withdraw(time, each_call).is_some()));
        assert!(window.withdraw(10, each_call).is_some());
        assert_eq!(other.join().unwrap(), [true, true]);
        assert_eq!(window.counts(10), (4, 4));
    });
}

#[test]
fn a_window_grants_no_more_when_slices_change() {
    loom::model(|| {
        let window = later_calls(2);
        assert_eq!(window.withdraw(0, each_call), Some(0));
        let other = Arc::clone(&window);
        let other = thread::spawn(move || other.withdraw(10, each_call).is_some());
        let granted = [
            window.withdraw(10, each_call).is_some(),
            other.join().unwrap(),
        ];
        assert_eq!(granted.iter().filter(|granted| **granted).count(), 1);
    });
}

#[test]
fn a_draw_by_an_older_clock_counts_in_the_latest_slice() {
    loom::model(|| {
        let window = later_calls(2);
        let other = Arc::clone(&window);
        let other = thread::spawn(move || other.withdraw(10, each_call).is_some());
        assert!(window.withdraw(0, each_call).is_some());
        assert!(other.join().unwrap());
        assert_eq!(window.counts(10), (2, 2));
    });
}

#[test]
fn a_window_takes_back_what_was_not_spent() {
    loom::model(|| {
        let window = Arc::new(Window::<2>::new(20));
        window.call(0);
        let withdrawn = window.withdraw(0, each_call).expect("there was a call");
        let other = Arc::clone(&window);
        let other = thread::spawn(move || other.refund(withdrawn));
        let granted = window.withdraw(10, each_call).is_some();
        other.join().unwrap();
        assert_eq!(window.counts(10), (1, u64::from(granted)));
    });
}

#[test]
fn no_call_of_a_window_is_lost() {
    loom::model(|| {
        let window = Arc::new(Window::<2>::new(20));
        let other = Arc::clone(&window);
        let other = thread::spawn(move || other.call(10));
        window.call(10);
        other.join().unwrap();
        assert_eq!(window.counts(10), (2, 0));
        assert_eq!(window.counts(30), (0, 0));
    });
}

/// Allows only one retry in a window.
fn one_in_all(_: u64, retries: u64) -> bool {
    retries < 1
}

/// The window of the later withdrawal begins within the slice of the earlier one.
#[test]
fn a_window_holds_what_was_granted_late_in_its_first_slice() {
    loom::model(|| {
        let window = Arc::new(Window::<2>::new(20));
        let other = Arc::clone(&window);
        let other = thread::spawn(move || other.withdraw(9, one_in_all).is_some());
        let granted = [
            window.withdraw(20, one_in_all).is_some(),
            other.join().unwrap(),
        ];
        assert_eq!(granted.iter().filter(|granted| **granted).count(), 1);
        assert!(window.withdraw(28, one_in_all).is_none());
    });
}

/// Changes the capacity of a bucket to a share of it.
fn set_share(state: &BudgetState, tokens: u64) -> u64 {
    state.tokens().expect("a bucket").set_share(tokens)
}

fn one_each(capacity: u32) -> LocalArc<BudgetState> {
    state(Settings::tokens(capacity).costs(1, 1))
}

#[test]
fn a_bucket_that_shrinks_is_never_above_its_bound() {
    loom::model(|| {
        let state = one_each(12);
        let other = state.clone();
        let other = thread::spawn(move || {
            // They may see the lower count beside the former bound.
            other.open(clock).succeeded();
            other.open(clock).succeeded();
        });
        let held = [set_share(&state, 8), set_share(&state, 6)];
        other.join().unwrap();
        assert_eq!(held, [8, 6]);
        assert!(state.available() <= 6, "{}", state.available());
    });
}

#[test]
fn what_a_bucket_gives_back_is_full() {
    loom::model(|| {
        let state = one_each(12);
        let spent = (0..8).filter(|_| call(&state, true)).count() as u64;
        let other = state.clone();
        let other = thread::spawn(move || [(); 2].map(|()| call(&other, true)));
        let held = set_share(&state, 9);
        let spent_then = other
            .join()
            .unwrap()
            .map(u64::from)
            .into_iter()
            .sum::<u64>();
        // What is held is what is there and what was spent: nothing that was spent was given back.
        assert_eq!(held, state.available() + spent + spent_then);
        assert!((9..=12).contains(&held));
    });
}

#[test]
fn a_bucket_that_grows_has_no_more_than_came_with_it() {
    loom::model(|| {
        let state = one_each(12);
        assert_eq!(set_share(&state, 4), 4);
        assert!(call(&state, true));
        let other = state.clone();
        let other = thread::spawn(move || {
            other.open(clock).succeeded();
            call(&other, true)
        });
        assert_eq!(set_share(&state, 6), 6);
        assert!(other.join().unwrap());
        // 4 − 1 + 2 − 1, and a success of which the bound may have had nothing left.
        assert!((4..=5).contains(&state.available()));
    });
}
