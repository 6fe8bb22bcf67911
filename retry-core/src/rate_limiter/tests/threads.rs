//! A limiter that threads share.

use std::sync::Barrier;
use std::sync::atomic::AtomicU64;
use std::thread;

use super::*;

/// A nanosecond is a call: threads read the clock and take permits, or wait for them in the line.
#[test]
fn two_threads_take_no_more_than_the_burst_and_the_rate() {
    const CALLS: u64 = 200_000;
    let interval = 7;
    let limiter = RateLimiter::new("threads")
        .rate(1, Duration::from_nanos(interval))
        .burst(5);
    let (clock, start) = (AtomicU64::new(0), Barrier::new(2));
    let run = |waits: bool| {
        start.wait();
        let mut taken = Vec::new();
        let mut ticket = limiter.ticket();
        for _ in 0..CALLS {
            let now = clock.fetch_add(1, Ordering::Relaxed);
            let time = at(0) + Duration::from_nanos(now);
            match ticket.ask(time, None, waits) {
                Turn::Pass if ticket.take(time) => taken.push(now),
                _ => {}
            }
        }
        taken
    };
    let mut taken = thread::scope(|scope| {
        let threads = [scope.spawn(|| run(true)), scope.spawn(|| run(false))];
        threads.map(|thread| thread.join().unwrap()).concat()
    });
    assert_eq!(limiter.counts().taken, taken.len() as u64);
    assert_eq!(limiter.waiting(), 0);
    taken.sort_unstable();
    for span in 1..=50 {
        for window in taken.windows(span) {
            let time = window[span - 1] - window[0];
            assert!(span as u64 <= 5 + time / interval, "{window:?}");
        }
    }
}

#[test]
fn threads_that_join_and_leave_lose_no_call() {
    let limiter = RateLimiter::new("threads")
        .rate(1_000_000, SECOND)
        .max_wait(Duration::from_secs(600));
    thread::scope(|scope| {
        for thread in 0..4 {
            let limiter = &limiter;
            scope.spawn(move || {
                for call in 0..500 {
                    if (call + thread) % 3 == 0 {
                        let mut ticket = limiter.ticket();
                        ticket.ask(Instant::now(), None, true);
                    }
                    limiter.acquire_blocking().unwrap();
                }
            });
        }
    });
    assert_eq!(limiter.counts().taken, 2000);
    assert_eq!((limiter.counts().refused, limiter.waiting()), (0, 0));
    assert!(!limiter.state().word.load().is_marked());
}
