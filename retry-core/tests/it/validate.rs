//! Values that can only be a mistake: `checked` reports them, and without it they do no harm.
#![cfg(feature = "std")]

use std::time::{Duration, Instant};

use crate::common::{HOUR, SECOND, pause, secs};
use persevere_core::{InvalidValue, RetryPolicy, Stop, Wait, nested, stop, wait, when};

fn wait_error(wait: impl Wait<()>) -> Option<InvalidValue> {
    RetryPolicy::new().wait(wait).validate().err()
}

fn stop_error(stop: impl Stop) -> Option<InvalidValue> {
    RetryPolicy::new().stop(stop).validate().err()
}

#[test]
fn sensible_policies_pass() {
    assert!(RetryPolicy::new().validate().is_ok());
    assert_eq!(wait_error(wait::none()), None);
    assert_eq!(
        wait_error(
            wait::exponential(SECOND)
                .factor(1.0)
                .max(SECOND)
                .min(SECOND)
        ),
        None
    );
    assert_eq!(
        wait_error(wait::fixed(SECOND).jitter_ratio(0.0) + SECOND),
        None
    );
    assert_eq!(
        wait_error(wait::random(SECOND..SECOND).jitter_ratio(1.0)),
        None
    );
    assert_eq!(
        stop_error(stop::after_attempt(1) | stop::after_delay(Duration::ZERO)),
        None
    );
}

#[test]
fn each_mistake_of_a_stop_is_reported() {
    use stop::{after_attempt, all, any, never};
    let nothing = || Vec::<Box<dyn Stop>>::new();
    assert_eq!(
        stop_error(after_attempt(0)),
        Some(InvalidValue::ZeroAttempts)
    );
    assert_eq!(
        stop_error(never() | after_attempt(0)),
        Some(InvalidValue::ZeroAttempts)
    );
    assert_eq!(
        stop_error(after_attempt(0) & never()),
        Some(InvalidValue::ZeroAttempts)
    );
    assert_eq!(stop_error(any(nothing())), Some(InvalidValue::Empty));
    assert_eq!(
        stop_error(all(nothing()) | never()),
        Some(InvalidValue::Empty)
    );
    let boxed: Box<dyn Stop> = Box::new(after_attempt(0));
    assert_eq!(stop_error(any([boxed])), Some(InvalidValue::ZeroAttempts));
}

#[test]
fn each_mistake_of_a_wait_is_reported() {
    use wait::{chain, decorrelated, exponential, fibonacci, fixed, incrementing, none, random};
    let cap = Some(InvalidValue::CapBelowFirstPause);
    assert_eq!(wait_error(fixed(HOUR).max(SECOND)), cap);
    assert_eq!(wait_error(exponential(HOUR).max(SECOND)), cap);
    assert_eq!(wait_error(incrementing(HOUR, SECOND).max(SECOND)), cap);
    assert_eq!(wait_error(fibonacci(HOUR).max(SECOND)), cap);
    assert_eq!(wait_error(decorrelated(HOUR).max(SECOND)), cap);
    assert_eq!(wait_error(random(HOUR..2 * HOUR).max(SECOND)), cap);
    assert_eq!(wait_error(wait::schedule([HOUR]).max(SECOND)), cap);
    let floor = Some(InvalidValue::CapBelowMinimum);
    assert_eq!(wait_error(none().min(HOUR).max(SECOND)), floor);
    assert_eq!(
        wait_error(random(HOUR..SECOND)),
        Some(InvalidValue::ReversedRange)
    );
    assert_eq!(wait_error(wait::schedule([])), Some(InvalidValue::Empty));
    assert_eq!(
        wait_error(chain(Vec::<Duration>::new())),
        Some(InvalidValue::Empty)
    );
    for factor in [0.999, 0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
        let error = wait_error(exponential(SECOND).factor(factor));
        assert_eq!(error, Some(InvalidValue::Factor(factor)));
    }
    for ratio in [-0.001, 1.001, f64::INFINITY, f64::NEG_INFINITY] {
        let error = wait_error(fixed(SECOND).jitter_ratio(ratio));
        assert_eq!(error, Some(InvalidValue::JitterRatio(ratio)));
    }
    let nan = wait_error(exponential(SECOND).factor(f64::NAN));
    assert!(matches!(nan, Some(InvalidValue::Factor(factor)) if factor.is_nan()));
    let nan = wait_error(fixed(SECOND).jitter_ratio(f64::NAN));
    assert!(matches!(nan, Some(InvalidValue::JitterRatio(ratio)) if ratio.is_nan()));
}

#[test]
fn mistakes_are_found_inside_combinations() {
    let wrong = || wait::random(HOUR..SECOND);
    let reversed = Some(InvalidValue::ReversedRange);
    assert_eq!(wait_error(wait::none() + wrong()), reversed);
    assert_eq!(wait_error(wrong() + SECOND), reversed);
    assert_eq!(wait_error(wait::chain((wait::none(), wrong()))), reversed);
    assert_eq!(
        wait_error(wait::chain((wrong(), wait::none(), SECOND))),
        reversed
    );
    assert_eq!(wait_error(wait::chain([wrong()])), reversed);
    assert_eq!(wait_error(wait::chain((wrong(),))), reversed);
    assert_eq!(wait_error(Box::new(wrong()) as Box<dyn Wait<()>>), reversed);
    assert_eq!(
        wait_error(wait::from_outcome(|&(): &()| None).or(wrong())),
        reversed
    );
}

#[test]
fn mistakes_are_found_inside_cases() {
    let case = |stop, wait| {
        RetryPolicy::new()
            .case(when::always(), stop, wait)
            .validate()
            .err()
    };
    let (count, pause) = (stop::after_attempt(2), wait::random(SECOND..HOUR));
    assert_eq!(case(count, pause), None);
    assert_eq!(
        case(stop::after_attempt(0), pause),
        Some(InvalidValue::ZeroAttempts)
    );
    assert_eq!(
        case(count, wait::random(HOUR..SECOND)),
        Some(InvalidValue::ReversedRange)
    );
}

#[test]
fn each_mistake_of_a_limit_is_reported() {
    let policy = || RetryPolicy::new();
    let zero = Duration::ZERO;
    let error = policy().deadline(zero).validate().err();
    assert_eq!(error, Some(InvalidValue::ZeroDeadline));
    let error = policy().deadline(Some(zero)).validate().err();
    assert_eq!(error, Some(InvalidValue::ZeroDeadline));
    let error = policy().nested(nested::share()).deadline(zero).validate();
    assert_eq!(error.err(), Some(InvalidValue::ZeroDeadline));
    assert!(policy().deadline(SECOND).validate().is_ok());
    assert!(policy().deadline(None::<Duration>).validate().is_ok());
    // A point in time may be in the past, which is valid, unlike a duration of zero.
    assert!(policy().deadline(Instant::now()).validate().is_ok());
    #[cfg(feature = "async")]
    {
        let error = policy().attempt_timeout(zero).validate().err();
        assert_eq!(error, Some(InvalidValue::ZeroAttemptTimeout));
        let error = policy().deadline(SECOND).attempt_timeout(2 * SECOND);
        assert_eq!(
            error.validate().err(),
            Some(InvalidValue::TimeoutAboveDeadline)
        );
        let same = policy().attempt_timeout(SECOND).deadline(SECOND);
        assert!(same.validate().is_ok());
    }
}

#[test]
fn unchecked_mistakes_do_no_harm() {
    let one = RetryPolicy::new().stop(stop::after_attempt(0));
    assert_eq!(one.report(|| None::<u8>).attempts(), 1);
    let swapped = pause(wait::random(HOUR..SECOND), 1);
    assert!(SECOND <= swapped && swapped <= HOUR);
    assert_eq!(pause(wait::fixed(HOUR).max(SECOND), 1), SECOND);
    assert_eq!(pause(wait::none().min(HOUR).max(SECOND), 1), SECOND);
    assert_eq!(pause(wait::exponential(SECOND).factor(f64::NAN), 9), SECOND);
    assert_eq!(pause(wait::fixed(SECOND).jitter_ratio(f64::NAN), 9), SECOND);
    assert!(pause(wait::fixed(SECOND).jitter_ratio(9.0), 1) <= secs(2.0));
}

#[test]
fn every_mistake_says_what_to_do() {
    let table = [
        (InvalidValue::ZeroAttempts, "use at least 1"),
        (InvalidValue::Empty, "give at least one part"),
        (
            InvalidValue::ReversedRange,
            "write the shorter duration first",
        ),
        (
            InvalidValue::CapBelowFirstPause,
            "raise `max` or shorten the first",
        ),
        (InvalidValue::CapBelowMinimum, "swap them"),
        (
            InvalidValue::Factor(0.5),
            "the factor is 0.5; it must be a finite number of at least 1",
        ),
        (
            InvalidValue::JitterRatio(2.0),
            "the jitter ratio is 2; it must be between 0 and 1",
        ),
        (InvalidValue::BudgetCapacity(4), "raise the capacity"),
        (
            InvalidValue::BudgetCost(0),
            "a retry costs 0; it must be at least 1, and at most the capacity",
        ),
        (InvalidValue::BudgetKind, "`reserve` for `ratio`"),
        (
            InvalidValue::BudgetRatio(20.0),
            "the ratio is 20; it must be between 0 and 1, for a throttle at least 0.001",
        ),
        (
            InvalidValue::BudgetWindow(Duration::ZERO),
            "the window is 0ns; it must be between 1 s and 60 s",
        ),
        (
            InvalidValue::ZeroDeadline,
            "give the longest that the call may take",
        ),
        (
            InvalidValue::ZeroAttemptTimeout,
            "give the longest that one may take",
        ),
        (
            InvalidValue::TimeoutAboveDeadline,
            "give a timeout below it, or none",
        ),
        (InvalidValue::NothingWaits, "or allow more attempts"),
        (InvalidValue::ZeroDelay, "give a longer one"),
        (
            InvalidValue::Quantile(95.0),
            "the quantile is 95; it must be between 0 and 1, such as 0.95",
        ),
        (InvalidValue::Copies(5), "use 2, 3 or 4"),
    ];
    for (mistake, advice) in table {
        let text = mistake.to_string();
        assert!(text.ends_with(advice), "{text}");
    }
}
