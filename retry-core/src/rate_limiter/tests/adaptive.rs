//! Limiters that learn their rate.

use super::*;

/// Makes calls at a rate for ten seconds, all of which succeed.
fn calls(limiter: &RateLimiter, from: u64, a_second: u64) {
    for call in 0..10 * a_second {
        limiter.succeeded(|| at(from + call * 1000 / a_second));
    }
}

#[test]
fn before_a_throttle_nothing_is_limited() {
    let limiter = RateLimiter::new("table").adaptive();
    calls(&limiter, 0, 20);
    assert!((0..1000).all(|_| limiter.try_take(at(10_000))));
}

#[test]
fn a_throttle_lowers_the_rate_and_successes_raise_it() {
    let limiter = RateLimiter::new("table").adaptive();
    calls(&limiter, 0, 20);
    assert!(limiter.try_take(at(10_000)));
    limiter.throttled(at(10_000));
    assert!(limiter.try_take(at(10_000)));
    // 0.7 · 20 a second, of which the throttled one is measured too.
    let wait = wait_of(&limiter, 10_000);
    assert!((65..72).contains(&wait), "{wait}");
    calls(&limiter, 10_001, 14);
    assert!(limiter.try_take(at(20_000)));
    let wait = wait_of(&limiter, 20_000);
    assert!(
        (30..40).contains(&wait),
        "at most twice what is sent, {wait}"
    );
}

#[test]
fn the_rate_that_is_given_is_the_most() {
    let limiter = ten_a_second(1).adaptive();
    assert!(limiter.try_take(at(0)));
    assert_eq!(wait_of(&limiter, 0), 100);
    limiter.throttled(at(0));
    assert_eq!(
        wait_of(&limiter, 0),
        100,
        "the next permit was promised already"
    );
    assert!(limiter.try_take(at(100)));
    assert_eq!(
        wait_of(&limiter, 100),
        2000,
        "nothing was measured: the floor"
    );
    calls(&limiter, 0, 50);
    assert!(limiter.try_take(at(10_000)));
    assert_eq!(wait_of(&limiter, 10_000), 100);
}

#[test]
fn a_change_of_the_rate_gives_no_burst_and_ends_no_hold() {
    let limiter = ten_a_second(50).adaptive();
    calls(&limiter, 0, 10);
    assert_eq!((0..60).filter(|_| limiter.try_take(at(10_000))).count(), 50);
    limiter.throttled(at(10_000));
    assert_eq!(wait_of(&limiter, 10_000), 100);
    limiter.hold_at(at(10_000), millis(5000));
    limiter.throttled(at(10_001));
    assert_eq!(wait_of(&limiter, 10_001), 4999);
    calls(&limiter, 10_002, 10);
    assert_eq!(wait_of(&limiter, 14_999), 1);
    assert!(limiter.try_take(at(15_000)));
    assert!(!limiter.try_take(at(15_000)), "without a burst");
}
