//! Circuit breakers shared by threads: permits are exact, and counts add up.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::clock;
use persevere_core::CircuitBreaker;
use persevere_core::breaker::{State, Transition, count, time};

/// A clock for all threads of a test, one per test.
static NANOS: [AtomicU64; 6] = [const { AtomicU64::new(0) }; 6];

fn now<const TEST: usize>() -> Instant {
    clock::start() + Duration::from_nanos(NANOS[TEST].load(Ordering::Relaxed))
}

fn pass<const TEST: usize>(time: Duration) {
    NANOS[TEST].fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
}

#[test]
fn of_fifty_calls_at_once_four_probes_go_through() {
    for _ in 0..50 {
        let breaker = CircuitBreaker::new("b")
            .consecutive(1)
            .open_for(Duration::from_secs(3600))
            .probes(4);
        breaker.enter(now::<0>).unwrap().failure();
        pass::<0>(Duration::from_secs(3600));
        let (start, asked) = (Barrier::new(50), Barrier::new(50));
        let ask = || {
            start.wait();
            let permit = breaker.enter(now::<0>);
            asked.wait();
            permit.is_ok()
        };
        let admitted = thread::scope(|scope| {
            let threads: Vec<_> = (0..50).map(|_| scope.spawn(ask)).collect();
            let admitted = threads.into_iter().map(|thread| thread.join().unwrap());
            admitted.filter(|admitted| *admitted).count()
        });
        assert_eq!(admitted, 4);
        assert_eq!(breaker.counts().half_opened, 1);
        assert_eq!(breaker.counts().refused, 46);
        // The permits were dropped, so that four are available again.
        let again: Vec<_> = (0..4).map(|_| breaker.enter(now::<0>).unwrap()).collect();
        assert!(breaker.enter(now::<0>).is_err());
        drop(again);
    }
}

#[test]
fn what_two_threads_count_adds_up() {
    const CALLS: u64 = 20_000;
    let breaker = CircuitBreaker::new("b")
        .consecutive(2)
        .open_for(Duration::from_micros(10))
        .probes(2);
    let run = |seed: u64| {
        let (mut refused, mut failed, mut ignored) = (0, 0, 0);
        for call in 0..CALLS {
            pass::<1>(Duration::from_nanos(100));
            let Ok(permit) = breaker.enter(now::<1>) else {
                refused += 1;
                continue;
            };
            match (call * 7 + seed) % 11 {
                0..5 => {
                    failed += 1;
                    permit.failure();
                }
                5 => {
                    ignored += 1;
                    drop(permit);
                }
                _ => permit.success(),
            }
        }
        [refused, failed, ignored]
    };
    let [one, two] = thread::scope(|scope| {
        let other = scope.spawn(|| run(3));
        [run(0), other.join().unwrap()]
    });
    let counts = breaker.counts();
    let counted = [counts.refused, counts.failures, counts.ignored];
    assert_eq!(counted, [one[0] + two[0], one[1] + two[1], one[2] + two[2]]);
    // Open, half-open, then one of both: no transition was made twice, and none was lost.
    // As its calls have left it: at that time no open time is over.
    let state = breaker.state_at(clock::start);
    let open = u64::from(state == State::Open);
    let half_open = u64::from(state == State::HalfOpen);
    assert_eq!(counts.opened, counts.half_opened + open);
    assert!(counts.closed + half_open <= counts.half_opened);
    assert!(counts.opened > 1);
}

#[test]
fn no_call_of_two_threads_is_lost_in_a_window() {
    const CALLS: u64 = 20_000;
    let breakers = [count(1_000_000), time(Duration::from_secs(1_000_000))]
        .map(|window| CircuitBreaker::new("b").failure_rate(1.0, window));
    for breaker in &breakers {
        breaker.enter(now::<2>).unwrap().success();
        let run = || {
            for call in 0..CALLS {
                let permit = breaker.enter(now::<2>).unwrap();
                if call % 5 == 0 {
                    permit.failure();
                } else {
                    permit.success();
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(run);
            run();
        });
        let share = breaker.recent_at(now::<2>).failed.unwrap();
        assert_eq!((share.calls, share.bad), (2 * CALLS + 1, 2 * CALLS / 5));
    }
}

#[test]
fn no_refusal_of_threads_is_lost() {
    const CALLS: u64 = 20_000;
    const THREADS: u64 = 12;
    let breaker = CircuitBreaker::new("b");
    breaker.force_open();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..CALLS).for_each(|_| assert!(breaker.try_enter().is_err())));
        }
    });
    assert_eq!(breaker.counts().refused, THREADS * CALLS);
}

#[test]
fn a_call_may_end_on_another_thread_than_it_began() {
    let breaker =
        CircuitBreaker::new("b").slow_calls(Duration::from_secs(1_000_000), 1.0, count(1_000_000));
    let hanging = || breaker.recent_at(now::<3>).slow.unwrap().bad;
    let mut permits: Vec<_> = (0..60).map(|_| breaker.enter(now::<3>).unwrap()).collect();
    thread::scope(|scope| {
        let others: Vec<_> = permits.drain(..20).collect();
        scope.spawn(move || drop(others));
        // More threads than could have counters of their own.
        for _ in 0..60 {
            let enter = || mem::forget(breaker.enter(now::<3>).unwrap());
            scope.spawn(enter);
        }
    });
    pass::<3>(Duration::from_secs(1_250_000));
    assert_eq!(hanging(), 40 + 60);
    thread::scope(|scope| {
        scope.spawn(move || drop(permits));
    });
    assert_eq!(hanging(), 60);
}

#[test]
fn a_listener_is_left_with_the_state_that_the_breaker_is_in() {
    const ROUNDS: u32 = 3_000;
    static HEARD: Mutex<State> = Mutex::new(State::Closed);
    fn hear(transition: &Transition) {
        let mut heard = HEARD.lock().unwrap();
        assert_eq!(*heard, transition.from, "in order");
        *heard = transition.to;
    }
    let breaker = CircuitBreaker::new("b").consecutive(1).listener(hear);
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                barrier.wait();
                let _ = breaker.try_enter().map(|permit| permit.failure());
                barrier.wait();
            }
        });
        for _ in 0..ROUNDS {
            breaker.reset();
            barrier.wait();
            while breaker.state() == State::Closed {
                std::hint::spin_loop();
            }
            breaker.reset();
            barrier.wait();
            assert_eq!(*HEARD.lock().unwrap(), breaker.state());
        }
    });
}

#[test]
fn two_failures_at_once_open_it() {
    const ROUNDS: u64 = 4_000;
    let hour = Duration::from_secs(3600);
    let rated = |window| {
        CircuitBreaker::new("b")
            .failure_rate(1.0, window)
            .minimum(2)
    };
    let breakers = [
        (rated(count(2)), true),
        (rated(time(hour)), false),
        (CircuitBreaker::new("b").failures_within(2, hour), false),
    ];
    for (breaker, has_room_for_two) in breakers {
        let (go, done) = (AtomicU64::new(0), AtomicU64::new(0));
        let wait_for = |number: &AtomicU64, round| {
            while number.load(Ordering::Acquire) != round {
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    wait_for(&go, 2 * round);
                    let permit = breaker.try_enter().unwrap();
                    go.store(2 * round + 1, Ordering::Release);
                    permit.failure();
                    done.store(round, Ordering::Release);
                }
            });
            for round in 1..=ROUNDS {
                breaker.reset();
                if has_room_for_two {
                    // This success leaves the window once both threads have failed.
                    breaker.try_enter().unwrap().success();
                }
                let permit = breaker.try_enter().unwrap();
                go.store(2 * round, Ordering::Release);
                wait_for(&go, 2 * round + 1);
                permit.failure();
                wait_for(&done, round);
                assert_eq!(breaker.state(), State::Open);
            }
        });
    }
}

#[test]
fn while_an_operator_gives_orders_each_change_follows_from_the_one_before() {
    const CALLS: u64 = 20_000;
    static HEARD: Mutex<(State, u64)> = Mutex::new((State::Closed, 0));
    fn hear(told: &Transition) {
        let (state, would_open) = &mut *HEARD.lock().unwrap();
        assert_eq!(*state, told.from, "in order");
        assert!(told.from != told.to || told.would_open());
        assert!(!told.would_open() || told.reason.label() == "failures_in_a_row");
        (*state, *would_open) = (told.to, *would_open + u64::from(told.would_open()));
    }
    let breaker = CircuitBreaker::new("b")
        .consecutive(2)
        .open_times(&[Duration::from_micros(5), Duration::from_micros(20)])
        .listener(hear);
    let operator = || {
        for order in 0..CALLS {
            pass::<4>(Duration::from_nanos(100));
            match order % 7 {
                0 => breaker.force_metrics_only(),
                2 => breaker.force_open_at(Duration::from_micros(2), now::<4>),
                4 => breaker.half_open_at(now::<4>),
                6 => breaker.reset(),
                _ => assert_ne!(breaker.state_at(now::<4>), State::Disabled),
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(operator);
        for call in 0..CALLS {
            pass::<4>(Duration::from_nanos(100));
            match breaker.enter(now::<4>) {
                Ok(permit) if call % 9 == 0 => permit.success(),
                Ok(permit) => permit.failure(),
                Err(_) => {}
            }
        }
    });
    // Nothing refuses for good, and nothing is left half-done.
    pass::<4>(Duration::from_secs(1));
    assert!(breaker.enter(now::<4>).is_ok());
    let (state, would_open) = *HEARD.lock().unwrap();
    assert_eq!(state, breaker.state_at(clock::start));
    assert_eq!(would_open, breaker.counts().would_have_opened);
}

#[test]
fn no_failure_of_two_threads_is_lost_in_a_period() {
    const CALLS: u64 = 20_000;
    let breaker =
        CircuitBreaker::new("b").failures_within(u32::MAX, Duration::from_secs(1_000_000));
    let run = || (0..CALLS).for_each(|_| breaker.enter(now::<5>).unwrap().failure());
    thread::scope(|scope| {
        scope.spawn(run);
        run();
    });
    assert_eq!(breaker.recent_at(now::<5>).in_period, Some(2 * CALLS));
}
