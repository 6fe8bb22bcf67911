//! Threads that wait for permits, on a virtual clock.

use std::time::Duration;

use persevere_core::RateLimiter;
use persevere_core::rate_limiter::SECOND;
use persevere_core::testing::{Scope, VirtualClock};

#[test]
fn a_thread_waits_for_its_permit() {
    let (clock, limiter) = (
        VirtualClock::new(),
        RateLimiter::new("ten").rate(10, SECOND).burst(3),
    );
    let waits = Scope::new().clock(&clock).run(|| {
        [(); 5].map(|()| {
            limiter.acquire_blocking().unwrap();
            clock.elapsed().as_millis()
        })
    });
    assert_eq!(waits, [0, 0, 0, 100, 200]);
    assert_eq!(limiter.counts().waiting_time, Duration::from_millis(200));
}

#[test]
fn a_wait_that_is_too_long_is_refused_before_it() {
    let (clock, limiter) = (
        VirtualClock::new(),
        RateLimiter::new("rare").rate(1, 61 * SECOND),
    );
    Scope::new().clock(&clock).run(|| {
        limiter.acquire_blocking().unwrap();
        let refused = limiter.acquire_blocking().unwrap_err();
        assert_eq!(refused.retry_after, 61 * SECOND);
        clock.advance(SECOND);
        limiter.acquire_blocking().unwrap();
    });
    assert_eq!(clock.elapsed(), 61 * SECOND);
}
