//! Pauses that stretch with the pressure on a service.
#![cfg(feature = "std")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::{HOUR, SECOND, millis, pause, pauses, secs, windows};
use persevere_core::breaker::{State, count};
use persevere_core::stop::after_attempt;
use persevere_core::wait::{
    Signal, adaptive, exponential, fixed, from_err, none, random, standard,
};
use persevere_core::{
    Attempt, CircuitBreaker, InvalidValue, Next, RetryBudget, RetryPolicy, StopReason,
};

/// Makes one call, with this number of retries that all fail.
fn fail(budget: &RetryBudget, retries: u32) {
    let policy = RetryPolicy::new()
        .stop(after_attempt(retries + 1))
        .wait(none());
    let _ = policy.budget(budget).run(|| Err::<(), ()>(()));
}

/// Makes one call, which succeeds.
fn succeed(budget: &RetryBudget) {
    let _ = RetryPolicy::new().budget(budget).run(|| Ok::<(), ()>(()));
}

#[test]
fn the_pause_is_the_waits_own_to_ten_times_it() {
    for (pressure, seconds) in [
        (0.0, 1.0),
        (0.1, 1.9),
        (0.25, 3.25),
        (0.5, 5.5),
        (0.75, 7.75),
        (1.0, 10.0),
    ] {
        let wait = adaptive(pressure).over(fixed(SECOND));
        assert_eq!(pause(wait, 1), secs(seconds), "pressure {pressure}");
    }
}

#[test]
fn the_factor_is_reached_at_full_pressure() {
    let wait = |pressure| {
        adaptive(pressure)
            .over(exponential(millis(100)))
            .factor(4.0)
    };
    assert_eq!(pauses(wait(0.0), 4), [100, 200, 400, 800].map(millis));
    assert_eq!(pauses(wait(0.5), 4), [250, 500, 1000, 2000].map(millis));
    assert_eq!(pauses(wait(1.0), 4), [400, 800, 1600, 3200].map(millis));
}

#[test]
fn without_a_wait_of_its_own_it_stretches_the_standard_one() {
    assert_eq!(windows(adaptive(0.0), 2), windows(standard(), 2));
    let (earliest, median, latest) = windows(standard(), 1)[0];
    let stretched = windows(adaptive(1.0), 1)[0];
    assert_eq!(stretched.0, 10 * earliest);
    assert_eq!(stretched.2, 10 * latest);
    // Rounded to a nanosecond before and after.
    assert!(stretched.1.abs_diff(10 * median) <= Duration::from_nanos(10));
}

#[test]
fn what_lies_outside_counts_as_the_nearest_end() {
    let paused = |pressure| pause(adaptive(pressure).over(fixed(SECOND)), 1);
    for low in [-0.1, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!(paused(low), SECOND);
    }
    for high in [1.1, f64::INFINITY] {
        assert_eq!(paused(high), 10 * SECOND);
    }
}

#[test]
fn a_cap_outside_bounds_the_stretched_pause_and_one_inside_the_waits_own() {
    let full = || adaptive(1.0);
    assert_eq!(
        pause(full().over(fixed(SECOND)).max(3 * SECOND), 1),
        3 * SECOND
    );
    assert_eq!(
        pause(full().max(3 * SECOND).over(fixed(SECOND)), 1),
        3 * SECOND
    );
    let inside = full().over(exponential(SECOND).max(2 * SECOND));
    assert_eq!(pauses(inside, 3), [10, 20, 20].map(Duration::from_secs));
}

#[test]
fn jitter_spreads_the_stretched_pause() {
    let outside = adaptive(1.0).over(fixed(SECOND)).full_jitter();
    assert_eq!(
        windows(outside, 1),
        [(Duration::ZERO, 5 * SECOND, 10 * SECOND)]
    );
    let inside = adaptive(1.0).over(random(SECOND..3 * SECOND));
    assert_eq!(
        windows(inside, 1),
        [(10 * SECOND, 20 * SECOND, 30 * SECOND)]
    );
}

#[test]
fn it_adds_to_other_waits() {
    let sum = adaptive(0.5).over(fixed(SECOND)) + fixed(SECOND);
    assert_eq!(pause(sum, 1), secs(6.5));
    let over_a_sum = adaptive(0.5).over(fixed(SECOND) + SECOND);
    assert_eq!(pause(over_a_sum, 1), secs(11.0));
}

#[test]
fn a_hint_is_not_stretched() {
    let policy = |longest| {
        let wait = fixed(SECOND).hint_max(longest);
        RetryPolicy::new()
            .wait(adaptive(1.0).over(wait))
            .sleep(|pause| assert!((20 * SECOND..=21 * SECOND).contains(&pause)))
    };
    let ask = |at: &Attempt| {
        at.retry_after(20 * SECOND);
        None::<u8>
    };
    assert_eq!(policy(30 * SECOND).report(ask).attempts(), 3);
    let too_long = policy(10 * SECOND).report(ask);
    assert_eq!(too_long.reason(), Some(StopReason::Hint));
}

#[test]
fn what_the_outcome_tells_is_stretched() {
    let told = adaptive(1.0).over(from_err(|told: &Duration| Some(*told)).or(fixed(HOUR)));
    let policy = RetryPolicy::new()
        .wait(told)
        .sleep(|pause| assert_eq!(pause, 10 * SECOND));
    assert_eq!(policy.report(|| Err::<(), _>(SECOND)).attempts(), 3);
}

#[test]
fn it_follows_its_signal_up_and_down() {
    struct Load(AtomicU32);

    impl Signal for Load {
        fn pressure(&self) -> f64 {
            f64::from(self.0.load(Ordering::Relaxed)) / 100.0
        }
    }

    let load = Arc::new(Load(AtomicU32::new(0)));
    let wait = adaptive(Arc::clone(&load) as Arc<dyn Signal>).over(fixed(SECOND));
    let policy = RetryPolicy::new().wait(wait);
    for (percent, millis) in [(0, 1000), (50, 5500), (100, 10_000), (20, 2800), (0, 1000)] {
        load.0.store(percent, Ordering::Relaxed);
        let paused = policy.resume(1, Duration::ZERO).unwrap();
        assert_eq!(paused.as_millis(), millis, "load {percent} %");
    }
}

#[test]
fn the_pressure_of_a_budget_is_what_is_spent_of_it() {
    let tokens = RetryBudget::tokens(100);
    assert_eq!(tokens.pressure(), 0.0);
    fail(&tokens, 5);
    assert_eq!(tokens.pressure(), 0.25);
    for _ in 0..25 {
        succeed(&tokens);
    }
    assert_eq!(tokens.pressure(), 0.0, "it has recovered");

    let ratio = RetryBudget::ratio(1.0, 60 * SECOND).reserve(0);
    for _ in 0..7 {
        succeed(&ratio);
    }
    fail(&ratio, 2);
    assert_eq!(ratio.pressure(), 0.25, "2 for 8 calls");

    let throttle = RetryBudget::throttle(8, 1.0);
    for pressure in [0.25, 0.5, 0.75, 1.0, 1.0] {
        fail(&throttle, 0);
        assert_eq!(throttle.pressure(), pressure);
    }

    let in_flight = RetryBudget::in_flight(4, 0.0);
    let policy = RetryPolicy::new().budget(&in_flight);
    let mut call = policy.start();
    assert!(matches!(call.next(&Err::<(), ()>(())), Next::Sleep(_)));
    assert_eq!(in_flight.pressure(), 0.25);
    drop(call);
    assert_eq!(in_flight.pressure(), 0.0);

    let total = RetryBudget::total(4);
    fail(&total, 3);
    assert_eq!(total.pressure(), 0.75);
}

#[test]
fn an_empty_budget_is_full_pressure() {
    assert_eq!(RetryBudget::total(0).pressure(), 1.0);
    let nothing = RetryBudget::ratio(0.5, SECOND).reserve(0);
    assert_eq!(nothing.pressure(), 1.0);
}

#[test]
fn a_factor_that_can_only_be_a_mistake_is_reported() {
    let checked = |factor| {
        let wait = adaptive(1.0).over(fixed(SECOND)).factor(factor);
        RetryPolicy::new().wait(wait).validate().err()
    };
    assert_eq!(checked(1.0), None);
    for factor in [0.9, -1.0, f64::INFINITY] {
        assert_eq!(checked(factor), Some(InvalidValue::Factor(factor)));
    }
    let reversed = adaptive(1.0).over(random(2 * SECOND..SECOND));
    let reversed = RetryPolicy::new().wait(reversed).validate();
    assert_eq!(reversed.err(), Some(InvalidValue::ReversedRange));
    // Invalid factors do no harm without a check.
    let paused = |factor| pause(adaptive(1.0).over(fixed(SECOND)).factor(factor), 1);
    assert_eq!(paused(0.1), SECOND);
    assert_eq!(paused(f64::NAN), SECOND);
    assert_eq!(paused(f64::INFINITY), Duration::from_nanos(u64::MAX));
}

#[test]
fn the_pressure_of_a_breaker_is_the_rate_of_failures_it_sees() {
    let fails = |breaker: &CircuitBreaker| breaker.call(|| None::<u8>);
    let succeeds = |breaker: &CircuitBreaker| breaker.call(|| Some(1));

    let in_a_row = CircuitBreaker::new("test").consecutive(4);
    for pressure in [0.25, 0.5, 0.75, 1.0] {
        fails(&in_a_row);
        assert_eq!(in_a_row.pressure(), pressure);
    }
    assert_eq!(in_a_row.state(), State::Open);
    in_a_row.reset();
    fails(&in_a_row);
    succeeds(&in_a_row);
    assert_eq!(in_a_row.pressure(), 0.0, "it has recovered");

    let rate = CircuitBreaker::new("test").failure_rate(1.0, count(8));
    let rate = rate.minimum(8);
    for _ in 0..3 {
        succeeds(&rate);
    }
    fails(&rate);
    assert_eq!(rate.pressure(), 0.25);
    rate.disable();
    assert_eq!(rate.pressure(), 0.0);
}
