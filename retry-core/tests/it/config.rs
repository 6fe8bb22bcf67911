//! Policies as data: the meaning of their texts, and the errors for bad ones.
#![cfg(feature = "config")]

use std::io;
use std::time::Duration;

use crate::common::{SECOND, millis};
use persevere_core::breaker::State;
use persevere_core::config::{
    BreakerConfig, BudgetConfig, BulkheadConfig, RateLimiterConfig, StopConfig, WaitConfig,
};
use persevere_core::nested::Nested;
use persevere_core::{Interrupt, Policy, RetryConfig, RetryPolicy, StopReason, nested, wait, when};

fn config(json: &str) -> RetryConfig {
    serde_json::from_str(json).unwrap()
}

fn wait(text: &str) -> WaitConfig {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn stop(text: &str) -> StopConfig {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the windows of the first four pauses of a wait.
fn windows(wait: impl persevere_core::Wait<()>) -> Vec<(Duration, Duration, Duration)> {
    crate::common::windows(wait, 4)
}

#[test]
fn a_wait_pauses_as_the_strategy_of_its_name() {
    let minute = 60 * SECOND;
    let table: [(&str, Vec<_>); 19] = [
        ("none()", windows(wait::none())),
        ("2s", windows(wait::fixed(2 * SECOND))),
        ("fixed(1.5s)", windows(wait::fixed(millis(1500)))),
        ("random(1s..3s)", windows(wait::random(SECOND..3 * SECOND))),
        (
            "incrementing(1s, 500ms)",
            windows(wait::incrementing(SECOND, millis(500))),
        ),
        (
            "exponential(100ms)",
            windows(wait::exponential(millis(100))),
        ),
        (
            "exponential(100ms).factor(1.5)",
            windows(wait::exponential(millis(100)).factor(1.5)),
        ),
        ("fibonacci(1s)", windows(wait::fibonacci(SECOND))),
        ("decorrelated(1s)", windows(wait::decorrelated(SECOND))),
        (
            "schedule([1s, 5s, 1min])",
            windows(wait::schedule([SECOND, 5 * SECOND, minute])),
        ),
        (
            "chain((none(), fixed(1s), exponential(1s)))",
            windows(wait::chain((
                wait::none(),
                wait::fixed(SECOND),
                wait::exponential(SECOND),
            ))),
        ),
        (
            "fixed(1s) + random(0s..1s) + 2s",
            windows(wait::fixed(SECOND) + wait::random(Duration::ZERO..SECOND) + 2 * SECOND),
        ),
        (
            "(fixed(1s) + exponential(1s)).max(4s)",
            windows((wait::fixed(SECOND) + wait::exponential(SECOND)).max(4 * SECOND)),
        ),
        (
            "exponential(1s).max(4s).min(2s)",
            windows(wait::exponential(SECOND).max(4 * SECOND).min(2 * SECOND)),
        ),
        (
            "exponential(1s).full_jitter()",
            windows(wait::exponential(SECOND).full_jitter()),
        ),
        (
            "exponential(1s).equal_jitter()",
            windows(wait::exponential(SECOND).equal_jitter()),
        ),
        (
            "exponential(1s).jitter_ratio(0.25)",
            windows(wait::exponential(SECOND).jitter_ratio(0.25)),
        ),
        (
            "exponential(1s).jitter_add(500ms)",
            windows(wait::exponential(SECOND).jitter_add(millis(500))),
        ),
        ("fixed(1h)", windows(wait::fixed(60 * minute))),
    ];
    for (text, expected) in table {
        assert_eq!(windows(wait(text)), expected, "{text}");
    }
}

#[test]
fn fractions_are_exact() {
    for (text, pause) in [
        (
            "16777217.123456789s",
            Duration::new(16_777_217, 123_456_789),
        ),
        ("99999.999999999h", Duration::new(359_999_999, 999_996_400)),
        ("1_0.5_0ms", Duration::from_micros(10_500)),
        ("1.5ns", Duration::from_nanos(2)),
        ("1.49999999999999999999999ns", Duration::from_nanos(1)),
        ("0.000000001s", Duration::from_nanos(1)),
        ("0.000ns", Duration::ZERO),
    ] {
        let config = RetryConfig::new().wait(wait(text));
        let first = Policy::<Option<u8>>::resume(&config, 1, Duration::ZERO);
        assert_eq!(first, Ok(pause), "{text}");
    }
}

#[test]
fn a_wait_says_the_longest_hint() {
    let longest = |text| persevere_core::Wait::<()>::hint_max(&wait(text));
    assert_eq!(longest("none().hint_max(5min)"), 300 * SECOND);
    assert_eq!(longest("fixed(1s).hint_max(2h) + fixed(1s)"), 7200 * SECOND);
    assert_eq!(longest("none()"), 60 * SECOND);
}

#[test]
fn a_stop_ends_calls_as_the_condition_of_its_name() {
    let table: [(&str, u32, f64, f64, Option<StopReason>); 12] = [
        ("after_attempt(3)", 2, 0.0, 0.0, None),
        ("after_attempt(3)", 3, 0.0, 0.0, Some(StopReason::Attempts)),
        ("after_delay(10s)", 99, 9.9, 9.0, None),
        ("after_delay(10s)", 1, 10.0, 0.0, Some(StopReason::Elapsed)),
        ("before_delay(10s)", 1, 9.0, 0.9, None),
        ("before_delay(10s)", 1, 9.0, 1.0, Some(StopReason::Elapsed)),
        ("never()", 1_000_000, 1e9, 1e9, None),
        // `&` binds more tightly than `|`.
        (
            "after_attempt(5) | after_attempt(2) & after_delay(10s)",
            5,
            0.0,
            0.0,
            Some(StopReason::Attempts),
        ),
        (
            "(after_attempt(5) | after_attempt(2)) & after_delay(10s)",
            5,
            0.0,
            0.0,
            None,
        ),
        (
            "any((after_attempt(2), after_delay(10s)))",
            2,
            0.0,
            0.0,
            Some(StopReason::Attempts),
        ),
        (
            "all([after_attempt(2), after_delay(10s)])",
            2,
            0.0,
            0.0,
            None,
        ),
        (
            "after_attempt(9).or(after_delay(10s))",
            1,
            10.0,
            0.0,
            Some(StopReason::Elapsed),
        ),
    ];
    for (text, n, elapsed, pause, expected) in table {
        let reason = crate::common::stops(stop(text), n, elapsed, pause);
        assert_eq!(reason, expected, "{text}, n = {n}");
    }
}

#[test]
fn only_what_asks_for_the_time_reads_the_clock() {
    use persevere_core::Stop;
    assert!(!stop("after_attempt(3) | never()").reads_clock());
    assert!(stop("after_attempt(3) | after_delay(1s)").reads_clock());
    assert!(!stop("after_delay(1s)").reads_pause());
    assert!(stop("before_delay(1s)").reads_pause());
    assert!(!persevere_core::Wait::<()>::reads_clock(&wait(
        "1s + random(0s..1s)"
    )));
}

#[test]
fn nothing_written_is_the_bare_policy() {
    let bare = RetryPolicy::new();
    let config = config("{}");
    assert_eq!(config, RetryConfig::default());
    assert_eq!(config.schedule_text(), bare.schedule().to_string());
    assert_eq!(Policy::<Option<u8>>::resume(&config, 2, SECOND).err(), None);
    assert_eq!(
        Policy::<Option<u8>>::resume(&config, 3, SECOND),
        Err(StopReason::Attempts)
    );
}

trait ScheduleText {
    fn schedule_text(&self) -> String;
}

impl ScheduleText for RetryConfig {
    fn schedule_text(&self) -> String {
        Policy::<Option<u8>>::schedule(self).to_string()
    }
}

#[test]
fn each_key_is_heard() {
    let timed_out = || io::Result::<()>::Err(io::ErrorKind::TimedOut.into());
    let attempts = |json| config(json).report(timed_out).attempts();
    assert_eq!(
        attempts(r#"{ "wait": "none()", "stop": "after_attempt(7)" }"#),
        7
    );
    assert_eq!(attempts(r#"{ "wait": "none()", "enabled": false }"#), 1);
    assert_eq!(attempts(r#"{ "wait": "none()", "enabled": "true" }"#), 3);

    let late = config(r#"{ "wait": "1h", "deadline": "1min" }"#).report(timed_out);
    assert_eq!(late.reason(), Some(StopReason::Deadline));

    let drawn = config(r#"{ "wait": "none()", "budget": "total(1)" }"#);
    let report = drawn.report(timed_out);
    assert_eq!(
        (report.attempts(), report.reason()),
        (2, Some(StopReason::Budget))
    );

    let opened = config(r#"{ "wait": "none()", "breaker": "consecutive(2)" }"#);
    let report = opened.report(timed_out);
    assert_eq!(
        (report.attempts(), report.reason()),
        (2, Some(StopReason::CircuitOpen))
    );

    let inner = config(r#"{ "wait": "none()", "nested": "single()" }"#);
    let outer = RetryPolicy::new()
        .wait(wait::none())
        .nested(nested::independent());
    let mut attempts = 0;
    let _ = outer.run(|| {
        inner.run(|| {
            attempts += 1;
            timed_out()
        })
    });
    assert_eq!(attempts, 3);

    // Every attempt ran long enough, so that the counts never reach their limits by themselves.
    let renewed = config(r#"{ "wait": "none()", "reset_after": "0s" }"#);
    let mut attempts = 0;
    let _ = renewed.run(|| {
        attempts += 1;
        if attempts < 50 { timed_out() } else { Ok(()) }
    });
    assert_eq!(attempts, 50);
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn an_attempt_is_cut_by_its_timeout() {
    let config = config(r#"{ "wait": "1s", "attempt_timeout": "2s", "stop": "after_attempt(2)" }"#);
    let start = tokio::time::Instant::now();
    let outcome = config
        .run_async(std::future::pending::<io::Result<()>>)
        .await;
    assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed(), 5 * SECOND);
}

#[test]
fn none_takes_a_key_back() {
    let keys = [
        "when",
        "hedge",
        "deadline",
        "attempt_timeout",
        "breaker",
        "breaker_state",
        "rate_limiter",
        "bulkhead",
        "budget",
    ];
    let cleared = keys.map(|key| format!(r#""{key}": "none()""#)).join(", ");
    let cleared = format!(r#"{{ {cleared}, "reset_after": " none() " }}"#);
    assert_eq!(config(&cleared), RetryConfig::new());
}

#[test]
fn a_breaker_can_count_failures_in_a_period_and_has_a_list_of_open_times() {
    let written = "failures_within(2, 1min).open_times([5s, 1min])";
    let config = RetryConfig::new().breaker(written.parse().unwrap());
    let breaker = config.circuit_breaker().unwrap();
    for called in [None, Some(1), None] {
        breaker.call(|| called);
    }
    let refused = breaker.try_enter().unwrap_err();
    assert!(refused.retry_after <= Some(Duration::from_secs(5)));
    let config = RetryConfig::new().breaker("metrics_only()".parse().unwrap());
    let breaker = config.circuit_breaker().unwrap();
    assert_eq!(breaker.state(), State::MetricsOnly);
}

#[test]
fn a_breaker_has_the_settings_of_its_words() {
    let written: BreakerConfig = "failure_rate(0.5, count(4)).minimum(2).open_for(5s).growing(2.0, 1min).probes(4).successes(3).ramp(10s).slow_calls(2s, 0.8, time(1min))"
        .parse()
        .unwrap();
    let config = RetryConfig::new().name("payments").breaker(written);
    let breaker = config.circuit_breaker().unwrap();
    assert_eq!(breaker.name(), "payments");
    breaker.call(|| None::<u8>);
    assert_eq!(breaker.state(), State::Closed);
    breaker.call(|| None::<u8>);
    assert_eq!(breaker.state(), State::Open);
    let persevere_core::CircuitOpen { retry_after, .. } = breaker.try_enter().unwrap_err();
    let left = retry_after.unwrap();
    assert!(left <= 5 * SECOND && left > 4 * SECOND, "{left:?}");
}

#[test]
fn a_budget_is_that_of_its_constructor() {
    let table = [
        ("tokens(500)", 100),
        ("tokens(500).costs(2, 2)", 250),
        ("ratio(0.2, 10s)", 100),
        ("ratio(0.0, 10s).reserve(3)", 30),
        ("throttle(10, 0.1)", 4),
        ("in_flight(3, 0.2)", 3),
        ("total(7)", 7),
    ];
    for (text, available) in table {
        let budget: BudgetConfig = text.parse().unwrap();
        let config = RetryConfig::new().budget(budget);
        assert_eq!(
            config.retry_budget().unwrap().available(),
            available,
            "{text}"
        );
    }
}

#[test]
fn a_rate_limiter_is_that_of_its_constructor() {
    let table = [
        ("rate(10, 1h)", 1),
        ("rate(10, 1h).burst(3)", 3),
        (
            "rate(10, 1h).max_hold(1min).max_wait(0s).adaptive().burst(2)",
            2,
        ),
        ("adaptive()", 5),
    ];
    for (text, permits) in table {
        let written: RateLimiterConfig = text.parse().unwrap();
        let config = RetryConfig::new().name("github").rate_limiter(written);
        let limiter = config.shared_rate_limiter().unwrap();
        assert_eq!(limiter.name(), "github", "{text}");
        let taken = (0..5).filter(|_| limiter.try_acquire().is_ok());
        assert_eq!(taken.count(), permits, "{text}");
    }
}

#[test]
fn calls_share_the_rate_limiter_of_a_configuration() {
    let text = r#"{ "rate_limiter": "rate(1, 1h)" }"#;
    let shared = config(text);
    assert_eq!(shared.run(|| Some(1)), Some(1));
    let refused = |config: &RetryConfig| config.report(|| Some(1)).reason();
    assert_eq!(refused(&shared.clone()), Some(StopReason::RateLimited));
    // A change of another setting keeps the limiter.
    let longer = shared.clone().stop(stop("after_attempt(9)"));
    assert_eq!(refused(&longer), Some(StopReason::RateLimited));
    assert_eq!(refused(&config(text)), None);
    let boxed = shared.policy().shared();
    assert_eq!(
        boxed.report(|| Some(1)).reason(),
        Some(StopReason::RateLimited)
    );
}

#[test]
fn a_bulkhead_is_that_of_its_constructor() {
    let table = [
        ("places(7)", 7),
        ("adaptive(1, 200)", 20),
        ("adaptive(1, 5).queue(0)", 5),
    ];
    for (text, places) in table {
        let written: BulkheadConfig = text.parse().unwrap();
        let config = RetryConfig::new().name("reports").bulkhead(written);
        let bulkhead = config.shared_bulkhead().unwrap();
        assert_eq!(
            (bulkhead.name(), bulkhead.limit()),
            ("reports", places),
            "{text}"
        );
        assert_eq!(config.run(|| Some(bulkhead.in_use())), Some(1), "{text}");
        assert_eq!((bulkhead.in_use(), bulkhead.entered()), (0, 1), "{text}");
    }
}

#[test]
fn calls_share_the_bulkhead_of_a_configuration() {
    let shared = config(r#"{ "bulkhead": "places(1).queue(0)" }"#);
    let refused = |config: &RetryConfig| {
        let inside = || config.report(|| Some(1));
        let inside = shared.run(|| Some(inside())).unwrap();
        inside.reason()
    };
    assert_eq!(refused(&shared.clone()), Some(StopReason::BulkheadFull));
    // A change of another setting keeps the bulkhead.
    let longer = shared.clone().stop(stop("after_attempt(9)"));
    assert_eq!(refused(&longer), Some(StopReason::BulkheadFull));
    assert_eq!(
        refused(&config(r#"{ "bulkhead": "places(1).queue(0)" }"#)),
        None
    );
    let boxed = shared.policy().shared();
    let inside = shared.run(|| Some(boxed.report(|| Some(1)).reason()));
    assert_eq!(inside, Some(Some(StopReason::BulkheadFull)));
}

#[test]
fn calls_share_the_breaker_and_the_budget_of_a_configuration() {
    let failing = || io::Result::<()>::Err(io::ErrorKind::TimedOut.into());
    let shared =
        config(r#"{ "wait": "none()", "budget": "total(3)", "breaker": "consecutive(100)" }"#);
    assert_eq!(shared.clone().report(failing).attempts(), 3);
    assert_eq!(shared.report(failing).reason(), Some(StopReason::Budget));
    let other =
        config(r#"{ "wait": "none()", "budget": "total(3)", "breaker": "consecutive(100)" }"#);
    assert_eq!(other.report(failing).attempts(), 3);

    // A change of another setting keeps the spent budget.
    let longer = shared.clone().stop(stop("after_attempt(9)"));
    assert_eq!(longer.retry_budget().unwrap().available(), 0);
    let renewed = shared.budget("total(4)".parse().unwrap());
    assert_eq!(renewed.retry_budget().unwrap().available(), 4);
}

#[test]
fn the_texts_are_those_of_the_attribute_again() {
    let written = RetryConfig::new()
        .stop(stop("  after_attempt( 5 )|after_delay(30s )"))
        .wait(wait("exponential( 100ms ).max(10s) .full_jitter( )"))
        .deadline(90 * SECOND)
        .attempt_timeout(millis(1500))
        .reset_after(Duration::from_secs(7200))
        .enabled(true)
        .nested(Nested::Share)
        .breaker("consecutive(5).open_for(30s)".parse().unwrap())
        .rate_limiter("rate(5000,1h) .burst(50)".parse().unwrap())
        .bulkhead("places( 20 ).queue(100)".parse().unwrap())
        .budget("ratio(0.2,10s)".parse().unwrap());
    let json = serde_json::to_value(&written).unwrap();
    let expected = serde_json::json!({
        "stop": "after_attempt(5) | after_delay(30s)",
        "wait": "exponential(100ms).max(10s).full_jitter()",
        "deadline": "90s",
        "attempt_timeout": "1500ms",
        "reset_after": "2h",
        "enabled": true,
        "nested": "share()",
        "breaker": "consecutive(5).open_for(30s)",
        "rate_limiter": "rate(5000, 1h).burst(50)",
        "bulkhead": "places(20).queue(100)",
        "budget": "ratio(0.2, 10s)",
    });
    assert_eq!(json, expected);
    let back: RetryConfig = serde_json::from_value(json).unwrap();
    assert_eq!(back, written);
    assert_eq!(back.to_string(), written.to_string());
}

#[test]
fn a_duration_below_a_nanosecond_is_refused() {
    for text in ["0.5ns", "0.000_1us", "0.0000000009s"] {
        let error = persevere_core::config::duration(text).unwrap_err();
        assert!(
            error.reason().contains("shorter than a nanosecond"),
            "{error}"
        );
        assert!(
            error
                .reason()
                .ends_with("write `none()` for no pause, or `1ns`"),
            "{error}"
        );
    }
}

#[test]
fn keys_that_contradict_each_other_are_reported_when_asked() {
    let refused = |text: &str| {
        let error = config(text).validate().unwrap_err();
        (
            error.path().map(str::to_owned),
            error.value().map(str::to_owned),
        )
    };
    let at = |key: &str, value: &str| (Some(key.to_owned()), Some(value.to_owned()));
    assert_eq!(
        refused(r#"{ "deadline": "2s", "attempt_timeout": "5s" }"#),
        at("attempt_timeout", "5s")
    );
    for stop in ["after_attempt(1)", "after_delay(9s) | after_attempt(1)"] {
        let text = format!(r#"{{ "stop": "{stop}", "wait": "fixed(1s)" }}"#);
        assert_eq!(refused(&text), at("wait", "fixed(1s)"));
    }
    for fine in [
        r#"{ "deadline": "2s", "attempt_timeout": "2s" }"#,
        r#"{ "stop": "after_attempt(1)" }"#,
        r#"{ "stop": "after_attempt(1) & after_delay(9s)", "wait": "fixed(1s)" }"#,
        r#"{ "stop": "after_attempt(2)", "wait": "fixed(1s)" }"#,
    ] {
        assert_eq!(config(fine).validate(), Ok(()), "{fine}");
    }
}

#[test]
fn what_is_given_in_code_is_validated_when_asked() {
    let never = RetryConfig::new().attempt_timeout(Duration::ZERO);
    let error = never.validate().unwrap_err();
    assert_eq!(error.path(), Some("attempt_timeout"));
    assert_eq!(error.value(), Some("0s"));
    assert_eq!(RetryConfig::new().deadline(SECOND).validate(), Ok(()));
}

#[test]
fn a_policy_goes_on_in_code() {
    let config = RetryConfig::new()
        .wait(wait("none()"))
        .stop(stop("after_attempt(5)"));
    let policy = config.policy().when(when::transient());
    let report = policy.report(|| io::Result::<()>::Err(io::ErrorKind::NotFound.into()));
    assert_eq!(report.attempts(), 1);

    let told = config
        .deadline(Duration::ZERO)
        .policy()
        .interrupt(|interrupt: Interrupt| Err::<(), _>(interrupt.to_string()));
    assert_eq!(
        told.run(|| Ok(())),
        Err("the deadline has passed".to_owned())
    );
}

#[test]
fn threads_share_a_configuration() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<RetryConfig>();
    shared::<persevere_core::RetryConfigs>();
    shared::<persevere_core::config::ConfigError>();
}
