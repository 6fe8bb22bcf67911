//! Keys of the program that a configuration changes: `when` and `hedge`.
#![cfg(feature = "config")]

use std::io;

use persevere_core::config::{HedgeConfig, WhenConfig};
use persevere_core::{Health, Policy, Predicate, RetryConfig, RetryConfigs, Verdict, when};

const NAMES: &[&str] = &["payments", "search"];

fn set() -> RetryConfigs {
    RetryConfigs::new(NAMES)
        .with_when(&["payments"])
        .with_hedge(&["search"])
}

fn failed(kind: io::ErrorKind) -> io::Result<u8> {
    Err(kind.into())
}

#[test]
fn a_word_of_the_file_stands_in_the_place_of_the_programs_own() {
    let set = set();
    let retries = |kind| {
        let when = set.when(
            "payments",
            when::err(|e: &io::Error| e.kind() == io::ErrorKind::NotFound),
        );
        when.verdict(&failed(kind)).is_retry()
    };
    let kinds = [
        io::ErrorKind::ConnectionRefused, // unsent
        io::ErrorKind::ConnectionReset,   // transient
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::NotFound,
    ];
    let table = [
        ("", [false, false, false, true]),
        ("payments.when = 'never()'", [false; 4]),
        ("payments.when = 'unsent()'", [true, false, false, false]),
        (
            "payments.when = ' transient( ) '",
            [true, true, false, false],
        ),
        ("payments.when = 'any_failure()'", [true; 4]),
        ("payments.when = 'none()'", [false, false, false, true]),
        ("", [false, false, false, true]),
    ];
    for (text, expected) in table {
        set.load_toml(text).unwrap();
        assert_eq!(kinds.map(retries), expected, "{text}");
    }
}

#[test]
fn a_value_is_never_retried_by_a_word_of_the_file() {
    let set = set();
    for word in ["never()", "unsent()", "transient()", "any_failure()"] {
        set.load_toml(&format!("payments.when = '{word}'")).unwrap();
        let when = set.when("payments", when::ok(|_: &u8| true));
        assert_eq!(when.verdict(&io::Result::Ok(1)), Verdict::Final, "{word}");
    }
}

#[test]
fn a_breaker_hears_of_a_failure_that_the_file_does_not_retry() {
    let set = set();
    set.load_toml("payments.when = 'never()'").unwrap();
    let when = set.when("payments", when::transient());
    let reset = failed(io::ErrorKind::ConnectionReset);
    assert_eq!(when.verdict(&reset), Verdict::Final);
    assert_eq!(when.health(&reset, Verdict::Final), Health::Failed);
}

#[cfg(feature = "http")]
#[test]
fn a_word_of_the_file_asks_responses_where_it_is_to() {
    let set = set();
    set.load_toml("payments.when = 'transient()'").unwrap();
    let busy = Ok::<_, io::Error>(http::StatusCode::SERVICE_UNAVAILABLE);
    let when = set.when("payments", when::never());
    assert!(!when.verdict(&busy).is_retry());
    assert!(when.responses().verdict(&busy).is_retry());
    set.load_toml("").unwrap();
    let when = set.when("payments", when::transient());
    assert!(!when.responses().verdict(&busy).is_retry());
}

#[test]
fn keys_of_other_names_are_refused() {
    let set = set();
    let table = [
        (
            "search.when = 'transient()'",
            "search.when: `transient()`: `search` has its `when` in the program; to let a configuration say it, \
             declare `.with_when(&[\"search\"])` of the set, and write `when = CONFIG.when(\"search\", transient())` \
             in the attribute",
        ),
        (
            "payments.hedge = 'delay(1s)'",
            "payments.hedge: `delay(1s)`: `payments` has no hedge in the program that a configuration changes, and \
             cannot get one from here; declare `.with_hedge(&[\"payments\"])` of the set, and write \
             `hedge = CONFIG.hedge(\"payments\", delay(50ms))` in the attribute",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(set.load_toml(text).unwrap_err().to_string(), expected);
    }
    // A default is for all, and so for those too that do not take it.
    let error = set.load_toml("default.when = 'never()'").unwrap_err();
    assert_eq!(error.path(), Some("search.when"));
    set.load_toml("default.when = 'never()'\nsearch.when = 'none()'")
        .unwrap();
    let variable = ("R_SEARCH_WHEN".to_owned(), "never()".to_owned());
    let error = set.load_vars("R", [variable]).unwrap_err();
    assert_eq!(error.variable(), Some("R_SEARCH_WHEN"));
    for alone in [r#"{ "when": "never()" }"#, r#"{ "hedge": "delay(1s)" }"#] {
        let error = serde_json::from_str::<RetryConfig>(alone).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("unless a `RetryConfigs` declares it"),
            "{error}"
        );
    }
}

#[test]
#[should_panic(expected = "the set does not declare it; write `.with_when(&[\"search\"])`")]
fn a_name_that_takes_no_when_is_no_default() {
    set().when("search", when::transient());
}

#[test]
#[should_panic(expected = "no policy `paymnets` is declared; did you mean `payments`?")]
fn a_slip_in_the_name_is_no_default() {
    set().when("paymnets", when::transient());
}

#[test]
#[should_panic(expected = "no policy `serach` is declared")]
fn only_declared_names_take_a_key() {
    let _ = RetryConfigs::new(NAMES).with_hedge(&["serach"]);
}

#[test]
fn code_stays_in_the_program() {
    let words = "a file has `never()`, `unsent()`, `transient()` and `any_failure()`";
    let table = [
        (
            "err(|e| e.busy())",
            "`err` needs what only code can give; write it in the program",
        ),
        (
            "message(\"refused\")",
            "`message` needs what only code can give",
        ),
        (
            "err_is::<io::Error>()",
            "`err_is` needs what only code can give",
        ),
        ("always()", "`always` needs what only code can give"),
        (
            "idempotent(true)",
            "`idempotent` needs what only code can give",
        ),
        ("Err(Error::Busy)", words),
        ("!transient()", words),
        ("my::is_busy", words),
        ("transient() | unsent()", "a file has one word"),
        ("transient", "`transient` has parentheses: `transient()`"),
        (
            "transient().no_redirects()",
            "`.no_redirects()` is for `unsent()`",
        ),
        ("unsent().redirects()", "did you mean `no_redirects`?"),
        ("transeint()", "did you mean `transient`?"),
        ("retry_never()", "did you mean `never`?"),
        ("", "nothing is written"),
    ];
    for (text, reason) in table {
        let error = text.parse::<WhenConfig>().unwrap_err();
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
}

#[test]
fn a_hedge_that_can_only_be_a_mistake_is_refused() {
    let table = [
        ("delay(0s)", "zero"),
        ("delay(50ms).copies(1)", "2, 3 or 4"),
        ("delay(50ms).copies(300)", "2, 3 or 4"),
        ("quantile(95)", "between 0 and 1"),
        ("quantile(1.0)", "between 0 and 1"),
        ("delay(50)", "a duration has a unit"),
        ("p95(1)", "did you mean `quantile`?"),
        ("delay(50ms).count(2)", "unknown hedge setting `count`"),
        ("50ms", "write one such as `delay(50ms)`"),
    ];
    for (text, reason) in table {
        let error = text.parse::<HedgeConfig>().unwrap_err();
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
}

#[cfg(feature = "tokio")]
mod hedges {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use persevere_core::RetryPolicy;
    use persevere_core::hedge::{self, Hedge, Latency};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::common::{SECOND, millis};

    /// Makes one attempt of 10 s whose copies take as long, and returns the copies with the times of their starts.
    async fn starts<P: hedge::Pace>(hedge: Hedge<P>) -> Vec<Duration> {
        let start = Instant::now();
        let starts = std::sync::Mutex::new(Vec::new());
        let policy = RetryPolicy::new().hedge(hedge);
        let attempt = || {
            starts.lock().unwrap().push(start.elapsed());
            async {
                sleep(10 * SECOND).await;
                io::Result::Ok(1)
            }
        };
        policy.run_async(attempt).await.unwrap();
        starts.into_inner().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_file_changes_delay_and_copies() {
        let set = set();
        let own = hedge::delay(millis(50));
        assert_eq!(starts(set.hedge("search", own)).await, [0, 50].map(millis));
        set.load_toml("search.hedge = 'delay(1s).copies(3)'")
            .unwrap();
        assert_eq!(
            starts(set.hedge("search", own)).await,
            [0, 1000, 2000].map(millis)
        );
        set.load_toml("search.hedge = 'delay(1h)'").unwrap();
        assert_eq!(starts(set.hedge("search", own)).await, [millis(0)]);
        set.load_toml("").unwrap();
        assert_eq!(starts(set.hedge("search", own)).await, [0, 50].map(millis));
    }

    async fn quick<P: hedge::Pace>(hedge: impl Fn() -> Hedge<P>) {
        for _ in 0..100 {
            let policy = RetryPolicy::new().hedge(hedge());
            let attempt = || async {
                sleep(millis(100)).await;
                io::Result::Ok(1)
            };
            policy.run_async(attempt).await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_quantile_of_the_file_is_measured_by_the_set() {
        let set = set();
        set.load_toml("search.hedge = 'quantile(0.95)'").unwrap();
        let hedge = || set.hedge("search", hedge::delay(millis(1)));
        assert_eq!(starts(hedge()).await.len(), 1); // nothing is measured so far
        quick(hedge).await;
        let slow = starts(hedge()).await;
        assert_eq!(slow.len(), 2);
        assert!(slow[1] >= millis(100) && slow[1] < millis(120), "{slow:?}");
        // A reload keeps what was measured.
        set.load_toml("search.hedge = 'quantile(0.9)'").unwrap();
        assert_eq!(starts(hedge()).await.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quantile_of_the_program_is_moved_and_goes_on_measuring() {
        let latency = Latency::new();
        let set = set();
        let hedge = || set.hedge("search", hedge::quantile(&latency, 0.5));
        set.load_toml("search.hedge = 'delay(5s)'").unwrap();
        quick(hedge).await;
        assert_eq!(starts(hedge()).await, [0, 5000].map(millis));
        set.load_toml("search.hedge = 'quantile(0.95)'").unwrap();
        let slow = starts(hedge()).await;
        assert!(slow[1] >= millis(100) && slow[1] < millis(120), "{slow:?}");
        assert!(latency.weight() > 100.0, "{latency}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_keeps_the_hedge_that_it_began_with() {
        let set = set();
        let attempts = AtomicU32::new(0);
        let policy = RetryPolicy::new().hedge(set.hedge("search", hedge::delay(SECOND)));
        let attempt = || {
            attempts.fetch_add(1, Ordering::Relaxed);
            set.load_toml("search.hedge = 'delay(1h)'").unwrap();
            async {
                sleep(3 * SECOND).await;
                io::Result::Ok(1)
            }
        };
        policy.run_async(attempt).await.unwrap();
        assert_eq!(attempts.into_inner(), 2);
    }
}
