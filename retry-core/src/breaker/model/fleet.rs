//! Orders of a fleet while calls are under way.

use super::*;

fn at(clock: fn() -> Instant) -> u64 {
    ticks(clock())
}

/// Runs an order of a fleet on a thread of its own.
fn orders(
    breaker: &Arc<CircuitBreaker>,
    order: impl FnOnce(&CircuitBreaker) + 'static,
) -> thread::JoinHandle<()> {
    let breaker = Arc::clone(breaker);
    thread::spawn(move || order(&breaker))
}

#[test]
fn a_release_gives_no_more_than_the_permits() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2));
        let stay = breaker.stay(at(early));
        let released = orders(&breaker, move |breaker| breaker.release(stay, at(early)));
        let taken = together(2, &breaker, |breaker| {
            (0..2).filter(|_| take(breaker, early)).count()
        });
        released.join().unwrap();
        let taken: usize = taken.into_iter().sum();
        let rest = (0..3).filter(|_| take(&breaker, early)).count();
        assert_eq!(taken + rest, 2);
        assert_eq!(breaker.counts().half_opened, 1);
    });
}

#[test]
fn a_late_order_moves_the_end_of_no_other_stay() {
    fn middle() -> Instant {
        *START + Duration::from_secs(5)
    }
    let orders_of: [fn(&CircuitBreaker, crate::breaker::Stay); 3] = [
        |breaker, stay| breaker.postpone(stay, at(later), at(early)),
        |breaker, stay| breaker.release(stay, at(early)),
        |breaker, stay| {
            breaker.close_by_fleet(stay, at(early));
        },
    ];
    for order in orders_of {
        loom::model(move || {
            let breaker = opened(CircuitBreaker::new("b"));
            let stay = breaker.stay(at(early));
            let late = orders(&breaker, move |breaker| order(breaker, stay));
            breaker.reset();
            breaker.enter(middle).unwrap().failure();
            late.join().unwrap();
            assert_eq!(breaker.load().state(), State::Open);
            let left = breaker.stay(at(middle)).left;
            assert_eq!(left, 10_000_000_000);
        });
    }
}

#[test]
fn a_postponement_and_a_probe_leave_the_permits_of_one_half_open_stay() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let stay = breaker.stay(at(early));
        let order = orders(&breaker, move |breaker| {
            breaker.postpone(stay, at(later), at(late))
        });
        let taken = together(2, &breaker, |breaker| take(breaker, late));
        order.join().unwrap();
        let taken = taken.into_iter().filter(|taken| *taken).count();
        match breaker.load().state() {
            State::HalfOpen => assert_eq!(taken, 1),
            _ => assert_eq!(taken, 0),
        }
        assert!(!take(&breaker, late));
    });
}

#[test]
fn an_order_to_open_and_a_failure_open_once() {
    loom::model(|| {
        let breaker = shared(CircuitBreaker::new("b").consecutive(1));
        let stay = breaker.stay(at(early));
        let order = orders(&breaker, move |breaker| {
            breaker.open_by_fleet(stay, at(later), at(early));
        });
        let _ = breaker.enter(early).map(Permit::failure);
        order.join().unwrap();
        assert_eq!(breaker.counts().opened, 1);
        assert!(!breaker.load().end_pending());
        assert!(!take(&breaker, early));
        assert!(take(&breaker, late));
    });
}

#[test]
fn an_order_to_close_and_a_failing_probe_leave_one_state() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let probe = breaker.enter(late).unwrap();
        let (entered, start) = (probe.entered(), CallStart::NEVER);
        std::mem::forget(probe);
        let stay = breaker.stay(at(late));
        let order = orders(&breaker, move |breaker| {
            breaker.close_by_fleet(stay, at(late));
        });
        Permit::new(&breaker, late, entered, start).failure();
        order.join().unwrap();
        let counts = breaker.counts();
        match breaker.load().state() {
            State::Closed => assert_eq!((counts.opened, counts.closed), (1, 1)),
            state => {
                assert_eq!(state, State::Open);
                assert_eq!((counts.opened, counts.closed), (2, 0));
                assert!(!take(&breaker, late));
            }
        }
    });
}

#[test]
fn a_call_that_waits_is_woken_by_a_release() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let stay = breaker.stay(at(early));
        let bell = std::sync::Arc::new(Bell::default());
        let waker = Waker::from(std::sync::Arc::clone(&bell));
        let mut waiting = breaker.listen();
        let order = orders(&breaker, move |breaker| breaker.release(stay, at(early)));
        let waits = waiting.poll(&mut Context::from_waker(&waker)).is_pending();
        order.join().unwrap();
        assert!(!waits || bell.0.load(std::sync::atomic::Ordering::Relaxed));
        assert!(take(&breaker, early));
    });
}
