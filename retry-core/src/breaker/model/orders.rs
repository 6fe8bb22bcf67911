//! Orders of an operator, and breakers that count only, while calls are under way.

use super::*;

/// The reasons for which the breaker of a model would have opened; its threads are one to the operating system.
static WOULD_OPEN: std::sync::Mutex<Vec<&str>> = std::sync::Mutex::new(Vec::new());

fn hear(told: &crate::breaker::Transition) {
    assert!(told.would_open());
    WOULD_OPEN.lock().unwrap().push(told.reason.label());
}

#[test]
fn one_that_counts_only_tells_once_and_lets_all_through() {
    loom::model(|| {
        WOULD_OPEN.lock().unwrap().clear();
        let breaker = CircuitBreaker::new("b").consecutive(2).metrics_only();
        let breaker = shared(breaker.listener(hear));
        together(3, &breaker, |breaker| {
            breaker.enter(early).expect("let through").failure();
        });
        assert_eq!(*WOULD_OPEN.lock().unwrap(), ["failures_in_a_row"]);
        assert_eq!(breaker.counts().would_have_opened, 1);
        // The time for which it would be open has been written, by either thread.
        assert!(!breaker.load().end_pending());
    });
}

#[test]
fn an_order_to_open_for_a_time_has_its_own_end() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let other = Arc::clone(&breaker);
        let order = thread::spawn(move || {
            other.force_open_at(Duration::from_secs(30), early);
        });
        // A probe of before the order, or a refusal by it.
        let before = take(&breaker, late);
        order.join().unwrap();
        assert_eq!(breaker.load().state(), State::ForcedOpen);
        assert!(!breaker.load().end_pending());
        assert!(!take(&breaker, late));
        assert!(take(&breaker, later));
        assert!(!take(&breaker, later));
        assert_eq!(breaker.counts().half_opened, 1 + u64::from(before));
    });
}

#[test]
fn of_two_orders_the_last_one_has_its_end() {
    loom::model(|| {
        let breaker = shared(CircuitBreaker::new("b"));
        let other = Arc::clone(&breaker);
        let order = thread::spawn(move || {
            other.force_open_at(Duration::from_secs(10), early);
        });
        breaker.force_open_at(Duration::from_secs(30), early);
        order.join().unwrap();
        // One of both, whole.
        let left = breaker.refuses_for(early).unwrap();
        assert!([10, 30].contains(&left.as_secs()), "{left:?}");
        assert!(take(&breaker, later));
    });
}

#[test]
fn half_open_by_hand_gives_no_more_than_the_permits() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2));
        let other = Arc::clone(&breaker);
        let order = thread::spawn(move || other.half_open_at(early));
        let taken = together(2, &breaker, |breaker| take(breaker, early));
        order.join().unwrap();
        let taken = taken.into_iter().filter(|taken| *taken).count();
        let rest = (0..3).filter(|_| take(&breaker, early)).count();
        assert_eq!(taken + rest, 2);
        assert_eq!(breaker.counts().half_opened, 1);
    });
}

#[test]
fn those_who_watch_never_see_a_state_between_two() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let other = Arc::clone(&breaker);
        let probe = thread::spawn(move || {
            other.enter(late).expect("the probe").failure();
        });
        // Its open time is over, until the probe opens it for another one.
        let seen = breaker.state_at(late);
        probe.join().unwrap();
        assert!([State::HalfOpen, State::Open].contains(&seen));
        assert_eq!(breaker.state_at(late), State::Open);
        assert_eq!(breaker.counts().opened, 2);
    });
}

#[test]
fn a_restore_and_a_failure_leave_whole_counts() {
    for window in WINDOWS {
        loom::model(move || {
            let breaker = of_failures(window);
            let mut saved = breaker.snapshot_at(early);
            saved.failed = saved.failed.map(|mut counts| {
                (counts.calls, counts.bad) = (1, 0);
                counts
            });
            let other = Arc::clone(&breaker);
            let fails = thread::spawn(move || {
                let _ = other.enter(early).map(Permit::failure);
            });
            breaker.restore_at(&saved, early);
            fails.join().unwrap();
            let counts = breaker.recent_at(early).failed.unwrap();
            assert!(
                [(1, 0), (2, 1)].contains(&(counts.calls, counts.bad)),
                "{counts:?}"
            );
        });
    }
}
