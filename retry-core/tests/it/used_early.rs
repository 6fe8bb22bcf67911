//! Parts that were used before they were complete: settings that follow hold.
#![cfg(feature = "std")]

use std::time::Duration;

use persevere_core::breaker::{State, count};
use persevere_core::{Bulkhead, CircuitBreaker, RateLimiter, RetryBudget};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_breaker_takes_settings_after_its_first_use() {
    let breaker = CircuitBreaker::new("early");
    assert_eq!(breaker.counts().failures, 0);
    let breaker = breaker.consecutive(1).open_for(HOUR);
    let _ = breaker.call(|| None::<u8>);
    let left = breaker.try_enter().unwrap_err().retry_after;
    assert!(left > Some(HOUR / 2), "{left:?}");

    let breaker = CircuitBreaker::new("early");
    let _ = breaker.call(|| Some(1));
    let breaker = breaker.failure_rate(0.5, count(4)).minimum(1);
    let _ = breaker.call(|| None::<u8>);
    assert_eq!(breaker.state(), State::Open);

    let breaker = CircuitBreaker::new("early");
    let _ = breaker.call(|| Some(1));
    assert_eq!(breaker.metrics_only().state(), State::MetricsOnly);
}

#[test]
fn limits_take_settings_after_their_first_use() {
    let limiter = RateLimiter::new("early");
    assert!(limiter.try_acquire().is_ok());
    let limiter = limiter.rate(1, HOUR);
    assert!(limiter.try_acquire().is_ok());
    assert!(limiter.try_acquire().is_err());

    let bulkhead = Bulkhead::new("early", 1);
    drop(bulkhead.try_enter());
    let bulkhead = bulkhead.queue(0);
    let _place = bulkhead.try_enter().unwrap();
    assert!(bulkhead.enter_blocking().is_err());

    let budget = RetryBudget::tokens(500);
    assert_eq!(budget.available(), 100);
    assert_eq!(budget.costs(10, 10).available(), 50);
}
