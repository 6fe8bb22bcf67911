//! Every interleaving of a few calls, as far as loom's bounds reach.

#[cfg(feature = "redis-fleet")]
mod fleet;
mod orders;

use std::sync::LazyLock;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use crate::breaker::circuit_breaker::CircuitBreaker;
use crate::breaker::metrics::in_flight::CallStart;
use crate::breaker::permit::Permit;
use crate::breaker::settings::window::Window;
use crate::breaker::settings::window::{count, time};
use crate::breaker::state::State;
use crate::time::ticks::ticks;
use crate::util::sync::atomic::Ordering;

static START: LazyLock<Instant> = LazyLock::new(|| {
    let start = Instant::now();
    ticks(start);
    start
});

fn early() -> Instant {
    *START + Duration::from_secs(1)
}

/// Returns a time past the open time of [`shared`], if it began early.
fn late() -> Instant {
    *START + Duration::from_secs(20)
}

fn later() -> Instant {
    *START + Duration::from_secs(40)
}

fn shared(breaker: CircuitBreaker) -> Arc<CircuitBreaker> {
    let breaker = breaker.open_for(Duration::from_secs(10));
    // loom's atomics are made on this thread.
    let order = Ordering::Relaxed;
    let _ = (breaker.parts(), breaker.credit.load(order));
    let _ = (breaker.newest.load(order), breaker.probing.load(order));
    let _ = (breaker.load().state(), breaker.counts());
    Arc::new(breaker)
}

fn opened(breaker: CircuitBreaker) -> Arc<CircuitBreaker> {
    let breaker = shared(breaker.consecutive(1));
    breaker.enter(early).unwrap().failure();
    assert_eq!(breaker.load().state(), State::Open);
    breaker
}

/// Runs `call` on this many threads and returns their results.
fn together<T: 'static>(
    threads: usize,
    breaker: &Arc<CircuitBreaker>,
    call: fn(&CircuitBreaker) -> T,
) -> Vec<T> {
    let run = || {
        let breaker = Arc::clone(breaker);
        thread::spawn(move || call(&breaker))
    };
    let others: Vec<_> = (1..threads).map(|_| run()).collect();
    let mut results = vec![call(breaker)];
    results.extend(others.into_iter().map(|other| other.join().unwrap()));
    results
}

/// Takes a permit for good, for a call that never ends.
fn take(breaker: &CircuitBreaker, clock: fn() -> Instant) -> bool {
    breaker.enter(clock).map(std::mem::forget).is_ok()
}

#[test]
fn permits_are_never_exceeded_and_half_open_begins_once() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2));
        let taken = together(3, &breaker, |breaker| take(breaker, late));
        assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 2);
        assert_eq!(breaker.counts().half_opened, 1);
        assert!(!take(&breaker, late));
    });
}

#[test]
fn no_permit_is_leaked() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2));
        together(2, &breaker, |breaker| drop(breaker.enter(late)));
        assert_eq!(breaker.load().state(), State::HalfOpen);
        assert!(take(&breaker, late));
        assert!(take(&breaker, late));
        assert!(!take(&breaker, late));
    });
}

#[test]
fn failing_probes_reopen_once() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2).successes(2));
        together(2, &breaker, |breaker| {
            let _ = breaker.enter(late).map(Permit::failure);
        });
        assert_eq!(breaker.load().state(), State::Open);
        assert_eq!(breaker.counts().opened, 2);
        assert_eq!(breaker.load().streak(), 2);
        // The new open time has been written, by either thread.
        assert!(!breaker.load().end_pending());
        assert!(!take(&breaker, late));
        assert!(take(&breaker, later));
    });
}

#[test]
fn a_row_of_failures_opens_once() {
    loom::model(|| {
        let breaker = shared(CircuitBreaker::new("b").consecutive(2));
        together(3, &breaker, |breaker| {
            let _ = breaker.enter(early).map(Permit::failure);
        });
        assert_eq!(breaker.counts().opened, 1);
        assert_eq!(breaker.load().state(), State::Open);
        assert!(!take(&breaker, early));
        assert!(take(&breaker, late));
    });
}

#[test]
fn one_success_and_one_failure_decide_once() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(2).successes(1));
        let [one, two] = [breaker.enter(late).unwrap(), breaker.enter(late).unwrap()];
        std::mem::forget((one, two));
        // The same two permits, ended on two threads.
        let entered = breaker.entered(breaker.load());
        let breaker = Arc::clone(&breaker);
        let other = Arc::clone(&breaker);
        let failure = thread::spawn(move || {
            let start = CallStart::NEVER;
            Permit::new(&other, late, entered, start).failure();
        });
        Permit::new(&breaker, late, entered, CallStart::NEVER).success();
        failure.join().unwrap();
        assert_eq!(breaker.load().state(), State::Closed);
        assert_eq!((breaker.counts().opened, breaker.counts().closed), (1, 1));
    });
}

#[test]
fn lost_permits_are_given_once_more_and_not_twice() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b").probes(1));
        assert!(take(&breaker, late));
        let taken = together(3, &breaker, |breaker| take(breaker, later));
        assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 1);
    });
}

#[test]
fn a_lost_probe_that_succeeds_closes_it_and_one_that_is_dropped_frees_no_place() {
    for succeeds in [true, false] {
        loom::model(move || {
            let breaker = opened(CircuitBreaker::new("b").probes(1));
            let lost = breaker.enter(late).unwrap();
            let (entered, start) = (lost.entered(), CallStart::NEVER);
            std::mem::forget(lost);
            let other = Arc::clone(&breaker);
            let ends = thread::spawn(move || {
                let lost = Permit::new(&other, later, entered, start);
                match succeeds {
                    true => lost.success(),
                    false => drop(lost),
                }
            });
            let second = take(&breaker, later);
            ends.join().unwrap();
            if succeeds {
                assert_eq!(breaker.load().state(), State::Closed);
            } else {
                assert!(second);
                assert!(!take(&breaker, later));
            }
        });
    }
}

#[test]
fn a_transition_and_a_reset_leave_one_state() {
    loom::model(|| {
        let breaker = shared(CircuitBreaker::new("b").consecutive(1));
        let other = Arc::clone(&breaker);
        let reset = thread::spawn(move || other.reset());
        let _ = breaker.enter(early).map(Permit::failure);
        reset.join().unwrap();
        match breaker.load().state() {
            State::Closed => assert!(take(&breaker, early)),
            state => {
                assert_eq!(state, State::Open);
                assert!(!take(&breaker, early));
                assert!(take(&breaker, late));
            }
        }
    });
}

/// The changes that the listener of a model received; its threads are one to the operating system.
static TOLD: std::sync::Mutex<Vec<(State, State)>> = std::sync::Mutex::new(Vec::new());

fn hear(transition: &crate::breaker::Transition) {
    TOLD.lock().unwrap().push((transition.from, transition.to));
}

#[test]
fn a_listener_hears_every_change_in_its_order() {
    loom::model(|| {
        TOLD.lock().unwrap().clear();
        let breaker = shared(CircuitBreaker::new("b").consecutive(1).listener(hear));
        let other = Arc::clone(&breaker);
        let turns = thread::spawn(move || {
            other.reset();
            other.force_open();
        });
        let _ = breaker.enter(early).map(Permit::failure);
        turns.join().unwrap();
        let mut state = State::Closed;
        for (from, to) in TOLD.lock().unwrap().iter() {
            assert_eq!(*from, state);
            state = *to;
        }
        assert_eq!(breaker.load().state(), state);
    });
}

/// Returns a breaker with a rate, whose window is made on this thread.
fn rated(breaker: CircuitBreaker) -> Arc<CircuitBreaker> {
    let breaker = shared(breaker);
    breaker.enter(early).unwrap().success();
    let _ = breaker.recent_at(early);
    breaker
}

fn of_failures(window: Window) -> Arc<CircuitBreaker> {
    rated(
        CircuitBreaker::new("b")
            .failure_rate(0.6, window)
            .minimum(2),
    )
}

const WINDOWS: [Window; 2] = [count(2), time(Duration::from_secs(100))];

/// Two thirds have failed, with the good call before.
#[test]
fn of_two_failures_at_once_one_sees_both() {
    for window in WINDOWS {
        loom::model(move || {
            let breaker = of_failures(window);
            let [one, two] = [breaker.enter(early).unwrap(), breaker.enter(early).unwrap()];
            let (entered, start) = (one.entered(), CallStart::NEVER);
            std::mem::forget((one, two));
            let other = Arc::clone(&breaker);
            let fails = thread::spawn(move || {
                Permit::new(&other, early, entered, start).failure();
            });
            Permit::new(&breaker, early, entered, start).failure();
            fails.join().unwrap();
            assert_eq!(breaker.load().state(), State::Open);
        });
    }
}

#[test]
fn of_two_failures_in_a_period_at_once_one_sees_both() {
    loom::model(|| {
        let period = Duration::from_secs(100);
        let breaker = rated(CircuitBreaker::new("b").failures_within(2, period));
        together(2, &breaker, |breaker| {
            let _ = breaker.enter(early).map(Permit::failure);
        });
        assert_eq!(breaker.state_at(early), State::Open);
        assert_eq!(breaker.counts().opened, 1);
    });
}

#[test]
fn what_comes_late_neither_counts_nor_erases_in_the_next_stay() {
    for window in WINDOWS {
        loom::model(move || {
            let breaker = of_failures(window);
            let late = breaker.enter(early).unwrap();
            let (entered, start) = (late.entered(), CallStart::NEVER);
            std::mem::forget(late);
            let other = Arc::clone(&breaker);
            let fails = thread::spawn(move || {
                Permit::new(&other, early, entered, start).failure();
            });
            breaker.reset();
            breaker.enter(early).unwrap().failure();
            fails.join().unwrap();
            let share = breaker.recent_at(early).failed.unwrap();
            assert_eq!((share.calls, share.bad), (1, 1));
        });
    }
}

#[test]
fn no_call_that_ended_is_under_way() {
    loom::model(|| {
        let breaker = CircuitBreaker::new("b");
        let breaker = rated(breaker.slow_calls(Duration::from_secs(1), 1.0, count(100)));
        let held = breaker.enter(early).unwrap();
        let (entered, start) = (held.entered(), held.start());
        std::mem::forget(held);
        let other = Arc::clone(&breaker);
        let ends = thread::spawn(move || {
            Permit::new(&other, early, entered, start).success();
        });
        breaker.reset();
        breaker.enter(early).unwrap().success();
        ends.join().unwrap();
        let share = breaker.recent_at(late).slow.unwrap();
        assert_eq!(share.bad, 0);
    });
}

#[test]
fn who_waits_is_woken_by_what_lets_it_through() {
    loom::model(|| {
        let breaker = opened(CircuitBreaker::new("b"));
        let other = Arc::clone(&breaker);
        let resets = thread::spawn(move || other.reset());
        let bell = std::sync::Arc::new(Bell::default());
        let waker = Waker::from(std::sync::Arc::clone(&bell));
        let mut waiting = breaker.listen();
        let waits =
            !breaker.lets_through() && waiting.poll(&mut Context::from_waker(&waker)).is_pending();
        resets.join().unwrap();
        assert!(!waits || bell.0.load(std::sync::atomic::Ordering::Relaxed));
        assert!(!waits || waiting.poll(&mut Context::from_waker(&waker)).is_ready());
    });
}

#[derive(Default)]
struct Bell(std::sync::atomic::AtomicBool);

impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
