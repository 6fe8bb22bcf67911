//! Errors for bad configurations.
#![cfg(feature = "config")]

use persevere_core::config::{
    BreakerConfig, BudgetConfig, BulkheadConfig, ConfigError, HedgeConfig, RateLimiterConfig,
    StopConfig, WaitConfig, WhenConfig,
};
use persevere_core::{RetryConfig, RetryConfigs};
use persevere_words::{
    BREAKER, BUDGET, BUDGET_SETTING, BULKHEAD, BULKHEAD_SETTING, FILE_HEDGE, FileKey,
    HEDGE_SETTING, NESTED, RATE_LIMITER, RATE_LIMITER_SETTING, STOP, Vocabulary, WAIT,
    WAIT_MODIFIER, WHEN, WINDOW,
};

fn refused(json: &str) -> String {
    let error = serde_json::from_str::<RetryConfig>(json).unwrap_err();
    let text = error.to_string();
    // serde_json adds the position.
    text.split(" at line ").next().unwrap().to_owned()
}

fn error<T: std::str::FromStr<Err = ConfigError>>(text: &str) -> ConfigError {
    match text.parse::<T>() {
        Ok(_) => panic!("`{text}` was taken"),
        Err(error) => error,
    }
}

#[test]
fn bad_stops_say_what_to_write() {
    let table = [
        (
            "",
            1,
            "nothing is written; write a value, or leave the key out",
        ),
        (
            "after_atempt(5)",
            1,
            "unknown stop condition `after_atempt`; did you mean `after_attempt`?",
        ),
        ("stop_after_attempt(5)", 1, "did you mean `after_attempt`?"),
        (
            "never() | after_atempt(5)",
            11,
            "did you mean `after_attempt`?",
        ),
        ("never", 1, "`never` has parentheses: `never()`"),
        (
            "bogus()",
            1,
            "unknown stop condition `bogus`; the stop conditions are `after_attempt`, `after_delay`, `before_delay`, `never`, `any` and `all`",
        ),
        ("after_attempt(0)", 1, "use at least 1"),
        ("never() | after_attempt(0)", 11, "use at least 1"),
        ("any(())", 1, "give at least one part"),
        (
            "after_attempt()",
            1,
            "`after_attempt` takes a number of attempts; write `after_attempt(3)`",
        ),
        ("after_attempt(5s)", 15, "`5s` is not a whole number"),
        (
            "after_attempt(-1)",
            15,
            "`-1` is not a whole number from 0 to 4294967295",
        ),
        (
            "after_attempt(4294967296)",
            15,
            "`4294967296` is not a whole number from 0 to 4294967295",
        ),
        (
            "after_delay(30)",
            13,
            "a duration has a unit: `30s` or `30ms`",
        ),
        (
            "after_delay(30 s)",
            13,
            "`30 s` is not a duration; write `30s`",
        ),
        (
            "after_delay(30sec)",
            13,
            "unknown unit `sec` in `30sec`; write `30s`",
        ),
        ("after_delay(-5s)", 13, "a duration cannot be negative"),
        ("after_attempt(3", 16, "expected `,` or `)`, found the end"),
        (
            "after_attempt(3) after_delay(3s)",
            18,
            "expected the end, found `a`",
        ),
        (
            "after_attempt(3) + never()",
            1,
            "stop conditions are combined with `|` (either) and `&` (both)",
        ),
        (
            "any(never())",
            5,
            "`never()` is not a list; write `[never()]`",
        ),
        (
            "cancelled(&TOKEN)",
            11,
            "only code can give what begins with `&`; write it in the program",
        ),
        ("never() || after_delay(1s)", 10, "`|` is written once"),
        ("never() && after_delay(1s)", 10, "`&` is written once"),
        ("never() or after_delay(1s)", 9, "write `|` for `or`"),
        ("any((never() and never()))", 14, "write `&` for `and`"),
        (
            "stop::after_attempt(3)",
            5,
            "a word has no path here; write it without `stop::`",
        ),
        (
            "after_attempt(max = 3)",
            19,
            "a value has no name here: `after_attempt(3)`; an option follows the parentheses: `.max(10s)`",
        ),
        (
            "after_delay(1min 30s)",
            13,
            "`1min 30s` is not a duration; write `90s`",
        ),
        ("after_delay(1.5h, 30s or 1s)", 23, "write `|` for `or`"),
        ("= 3", 1, "found `=`"),
        ("never() order", 9, "expected the end, found `o`"),
        (
            "stop_when(1)",
            1,
            "`stop_when` needs what only code can give; write it in the program: `#[retry(policy = .., ..)]`",
        ),
        (
            "5",
            1,
            "`5` is not a stop condition; write one such as `after_attempt(3)`",
        ),
        ("π()", 1, "unknown stop condition `π`"),
    ];
    for (text, column, reason) in table {
        let error = error::<StopConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
        assert_eq!(error.column(), Some(column), "`{text}`: {error}");
        assert_eq!(error.value(), Some(text));
    }
}

#[test]
fn bad_waits_say_what_to_write() {
    let table = [
        (
            "exponental(100ms)",
            1,
            "unknown wait `exponental`; did you mean `exponential`?",
        ),
        ("wait_fixed(1s)", 1, "did you mean `fixed`?"),
        (
            "exponential(100ms).jitter()",
            20,
            "did you mean `full_jitter`?",
        ),
        (
            "exponential(100ms).maximum(1s)",
            20,
            "unknown wait modifier `maximum`; the wait modifiers are `max`, ",
        ),
        (
            "exponential(100ms).max",
            23,
            "expected `(`, as in `.max(..)`",
        ),
        (
            "exponential(100ms).",
            20,
            "expected a word, such as `max(10s)`",
        ),
        (
            "fixed(1s).factor(2)",
            11,
            "`.factor(..)` is for `exponential(..)`",
        ),
        (
            "exponential(10s).max(1s)",
            18,
            "the cap is below the first pause",
        ),
        (
            "1s + exponential(10s).max(1s)",
            23,
            "the cap is below the first pause",
        ),
        (
            "fixed(1s).min(5s).max(2s)",
            19,
            "`max` is below `min`; swap them",
        ),
        (
            "fixed(1s).jitter_ratio(20 %)",
            24,
            "`20%` is not a number; write `0.2`",
        ),
        (
            "fixed(1s).jitter_ratio(33.3%)",
            24,
            "`33.3%` is not a number; write `0.333`",
        ),
        (
            "fixed(1s).jitter_ratio(1.5)",
            11,
            "the jitter ratio is 1.5; it must be between 0 and 1",
        ),
        (
            "exponential(1s).factor(0.5)",
            17,
            "the factor is 0.5; it must be a finite number of at least 1",
        ),
        (
            "exponential(1s).factor(0.5).factor(2)",
            17,
            "the factor is 0.5; it must be a finite number of at least 1",
        ),
        (
            "exponential(1s).max(1ns).max(10s)",
            17,
            "the cap is below the first pause",
        ),
        ("random(3s..1s)", 1, "write the shorter duration first"),
        (
            "1s + random(3s..3s)",
            13,
            "the range is empty; write `fixed(3s)`",
        ),
        (
            "random(3s)",
            8,
            "`random` takes a range; write `random(0s..3s)`",
        ),
        (
            "random(1s..=3s)",
            12,
            "both ends of a range are included already; write `..`",
        ),
        ("schedule([])", 1, "give at least one part"),
        ("schedule([1s 2s])", 14, "expected `,` or `]`, found `2`"),
        (
            "1s.max(2s)",
            1,
            "a bare duration has no modifiers; write `fixed(1s)`",
        ),
        ("100", 1, "a duration has a unit: `100s` or `100ms`"),
        ("fixed(1s) | fixed(2s)", 1, "waits are added with `+`"),
        ("adaptive(x)", 1, "`adaptive` needs what only code can give"),
        (
            "fixed(99999999999999999999h)",
            7,
            "is longer than a `Duration` can be",
        ),
        (
            "fixed(1s, 2s)",
            1,
            "`fixed` takes a duration; write `fixed(1s)`",
        ),
    ];
    for (text, column, reason) in table {
        let error = error::<WaitConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
        assert_eq!(error.column(), Some(column), "`{text}`: {error}");
    }
}

#[test]
fn bad_breakers_and_budgets_say_what_to_write() {
    let breakers = [
        ("consecutive(0)", "at least 1, and less than 2³⁰"),
        (
            "failure_rate(50, count(100))",
            "a breaker's rate must be between 0 and 1",
        ),
        (
            "failure_rate(0.5, count(0))",
            "a breaker's window holds something",
        ),
        (
            "failure_rate(0.5, 100)",
            "`100` is not a window; write one such as `count(100)`",
        ),
        ("failure_rate(0.5)", "write `failure_rate(0.5, count(100))`"),
        ("consecutive(5).open(30s)", "unknown breaker setting `open`"),
        (
            "consecutive(5).wait_duration_in_open_state(5s)",
            "did you mean `open_for`?",
        ),
        ("open_for(0s)", "a breaker's durations are longer than zero"),
        (
            "failures_within(0, 1min)",
            "the failures that open the breaker, at least 1",
        ),
        ("failures_within(5)", "write `failures_within(5, 1min)`"),
        ("open_times([])", "1 to 8 open times"),
        ("open_times([1s, 0s])", "1 to 8 open times"),
        ("open_times(1s)", "write `[1s]`"),
        (
            "open_for(1s).open_times([1s])",
            "remove `open_for` and `growing`",
        ),
        ("metrics_only(true)", "write `metrics_only()`"),
        (
            "5",
            "`5` is not a breaker setting; write one such as `consecutive(5).open_for(30s)`",
        ),
    ];
    for (text, reason) in breakers {
        let error = error::<BreakerConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
    let budgets = [
        ("tokens(9)", "a budget of 9 does not pay for one retry"),
        ("ratio(20, 10s)", "the ratio is 20"),
        ("ratio(20%, 10s)", "`20%` is not a number; write `0.2`"),
        ("ratio(0.2, 10ms)", "it must be between 1 s and 60 s"),
        ("tokens(500).reserve(3)", "`reserve` for `ratio`"),
        ("tokens(500).costs(0, 1)", "a retry costs 0"),
        ("tokens(500).cost(1, 1)", "did you mean `costs`?"),
        ("token(500)", "did you mean `tokens`?"),
        (
            "ratio(0.2)",
            "`ratio` takes a number from 0 to 1 and a duration; write `ratio(0.2, 10s)`",
        ),
    ];
    for (text, reason) in budgets {
        let error = error::<BudgetConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
    let limiters = [
        ("rate(0, 1h)", "at least 1"),
        ("rate(5000, 0s)", "longer than zero"),
        ("rate(5000)", "write `rate(5000, 1h)`"),
        ("rate(5000, 1h).burst(0)", "at least 1"),
        ("rate(5000, 1h).bursts(3)", "did you mean `burst`?"),
        (
            "rate(5000, 1h).timeout_duration(3s)",
            "did you mean `max_wait`?",
        ),
        ("limit_for_period(20)", "did you mean `rate`?"),
        ("burst(50)", "the rate limiters are `rate` and `adaptive`"),
        (
            "5000",
            "`5000` is not a rate limiter; write one such as `rate(5000, 1h)`",
        ),
    ];
    for (text, reason) in limiters {
        let error = error::<RateLimiterConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
    let bulkheads = [
        ("places(0)", "at least 1, and less than 2²¹; 0 is given"),
        ("adaptive(200, 1)", "write the smaller number first"),
        ("adaptive(0, 200)", "at least 1"),
        ("adaptive(200)", "write `adaptive(1, 200)`"),
        ("places(20).queue(3000000)", "less than 2²¹, and 0 for none"),
        ("places(20).queued(3)", "did you mean `queue`?"),
        ("max_concurrent_calls(20)", "did you mean `places`?"),
        ("queue(100)", "the bulkheads are `places` and `adaptive`"),
        (
            "20",
            "`20` is not a bulkhead; write one such as `places(20)`",
        ),
    ];
    for (text, reason) in bulkheads {
        let error = error::<BulkheadConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
    }
}

#[test]
fn bad_keys_say_what_to_write() {
    let table = [
        (
            r#"{ "wiat": "1s" }"#,
            "wiat: unknown key; did you mean `wait`?",
        ),
        (
            r#"{ "color": "red" }"#,
            "color: unknown key; the keys are `stop`, `wait`, `when`, `deadline`, `attempt_timeout`, `breaker`, `rate_limiter`, `bulkhead`, `budget`, `hedge`, `nested`, `reset_after`, `enabled` and `breaker_state`",
        ),
        (
            r#"{ "max_attempts": 5 }"#,
            "max_attempts: unknown key; did you mean `stop = \"after_attempt(5)\"`?",
        ),
        (
            r#"{ "max_attempts": "x" }"#,
            "max_attempts: unknown key; did you mean `stop = \"after_attempt(3)\"`?",
        ),
        (
            r#"{ "retries": 5 }"#,
            "retries: unknown key; 5 retries are `stop = \"after_attempt(6)\"`",
        ),
        (
            r#"{ "timeout": "5s" }"#,
            "timeout: unknown key; did you mean `deadline = \"5s\"`?",
        ),
        (
            r#"{ "when": "transient()" }"#,
            "when: it stays in the program, `#[retry(policy = .., when = transient())]`, unless a `RetryConfigs` declares it by `with_when`",
        ),
        (
            r#"{ "stop": 5 }"#,
            "stop: `5`: `5` is not a stop condition; write one such as `after_attempt(3)`",
        ),
        (
            r#"{ "stop": null }"#,
            "stop: expected a string such as \"after_attempt(3)\", found null",
        ),
        (
            r#"{ "stop": ["never()"] }"#,
            "stop: expected a string such as \"after_attempt(3)\", found a list",
        ),
        (
            r#"{ "wait": { "kind": "fixed" } }"#,
            "wait: expected a string such as \"exponential(100ms).max(10s).full_jitter()\", found a table",
        ),
        (
            r#"{ "deadline": 10 }"#,
            "deadline: `10`: a duration has a unit: `10s` or `10ms`",
        ),
        (
            r#"{ "deadline": -5 }"#,
            "deadline: `-5`: a duration cannot be negative",
        ),
        (
            r#"{ "deadline": "fixed(1s)" }"#,
            "deadline: `fixed(1s)`: `fixed(1s)` is not a duration; write one such as `5s`",
        ),
        (
            r#"{ "deadline": "0s" }"#,
            "deadline: `0s`: a limit must be longer than zero; write one such as `10s`",
        ),
        (
            r#"{ "attempt_timeout": "0s" }"#,
            "attempt_timeout: `0s`: a limit must be longer than zero; write one such as `10s`",
        ),
        (
            r#"{ "enabled": "yes" }"#,
            "enabled: `yes`: expected `true` or `false`",
        ),
        (
            r#"{ "nested": "shared" }"#,
            "nested: `shared`: unknown nesting `shared`; did you mean `share`?",
        ),
    ];
    for (json, expected) in table {
        assert_eq!(refused(json), expected);
    }
}

#[test]
fn keys_of_the_attribute_alone_stay_in_the_program() {
    let table = [
        (r#"{ "span": true }"#, "span = true"),
        (r#"{ "metrics": true }"#, "metrics = true"),
        (
            r#"{ "crate": "my_crate::persevere" }"#,
            "crate = my_crate::persevere",
        ),
        (r#"{ "once": ["id"] }"#, "once(id = Uuid::new_v4())"),
        (r#"{ "before_sleep": null }"#, "before_sleep = log_warn()"),
    ];
    for (json, written) in table {
        let key = written.split([' ', '(']).next().unwrap();
        let expected =
            format!("{key}: `{key}` stays in the program: `#[retry(policy = .., {written})]`");
        assert_eq!(refused(json), expected);
    }
    assert_eq!(
        refused(r#"{ "policy": "net" }"#),
        "policy: `policy` stays in the program: `#[retry(policy = database(3))]`",
    );
    assert_eq!(
        refused(r#"{ "use": "net" }"#),
        "use: `use` stays in the program: `#[retry(use = net)]`",
    );
    assert_eq!(
        refused(r#"{ "retry_if": "is_timeout" }"#),
        "retry_if: unknown key; `when` stays in the program: `#[retry(policy = .., when = err(|e| ..))]`",
    );
}

#[test]
fn names_of_other_libraries_say_what_to_write() {
    let table = [
        (
            r#"{ "initial_delay": "200 ms" }"#,
            "did you mean `wait = \"exponential(200ms)\"`?",
        ),
        (
            r#"{ "wait_duration": "2s" }"#,
            "did you mean `wait = \"fixed(2s)\"`?",
        ),
        (
            r#"{ "timeout": "PT30S" }"#,
            "did you mean `deadline = \"30s\"`?",
        ),
        (
            r#"{ "max_elapsed_time": 90 }"#,
            "did you mean `stop = \"before_delay(30s)\"`?",
        ),
        (
            r#"{ "circuit_breaker": "on" }"#,
            "did you mean `breaker = \"consecutive(5).open_for(30s)\"`?",
        ),
        (
            r#"{ "retries": 1 }"#,
            "1 retry is `stop = \"after_attempt(2)\"`",
        ),
        (
            r#"{ "retries": "many" }"#,
            "the first attempt is counted too: `stop = \"after_attempt(4)\"` makes 3 retries",
        ),
    ];
    for (json, advice) in table {
        let message = refused(json);
        assert!(
            message.ends_with(&format!(": unknown key; {advice}")),
            "{message}"
        );
    }
    let words = [
        (error::<WaitConfig>("constant(1s)"), "fixed"),
        (error::<WaitConfig>("linear(1s, 1s)"), "incrementing"),
        (
            error::<WaitConfig>("wait_combine()"),
            "fixed(1s) + random(0s..1s)",
        ),
        (error::<WaitConfig>("fixed(1s).cap(1s)"), "max"),
        (error::<StopConfig>("max_attempts(3)"), "after_attempt"),
        (error::<StopConfig>("max_elapsed_time(3s)"), "before_delay"),
    ];
    for (error, meant) in words {
        let advice = format!("did you mean `{meant}`?");
        assert!(error.reason().ends_with(&advice), "{error}");
    }
}

#[test]
fn durations_written_otherwise_say_what_to_write() {
    let table = [
        ("5 seconds", "`5 seconds` is not a duration; write `5s`"),
        ("5 sec", "`5 sec` is not a duration; write `5s`"),
        ("100 ms", "`100 ms` is not a duration; write `100ms`"),
        ("1 minute", "`1 minute` is not a duration; write `1min`"),
        (
            "1 hour 30 minutes",
            "`1 hour 30 minutes` is not a duration; write `90min`",
        ),
        ("0.5 s", "`0.5 s` is not a duration; write `500ms`"),
        ("PT5S", "`PT5S` is not a duration; write `5s`"),
        ("P1DT12H", "`P1DT12H` is not a duration; write `36h`"),
        (
            "5seconds",
            "unknown unit `seconds` in `5seconds`; write `5s`",
        ),
        ("1m", "unknown unit `m` in `1m`; write `1min`"),
        ("1h30m", "unknown unit `h30m` in `1h30m`; write `90min`"),
        ("5", "a duration has a unit: `5s` or `5ms`"),
        (
            "5parsecs",
            "unknown unit `parsecs` in `5parsecs`; use `ns`, `us`, `ms`, `s`, `min` or `h`",
        ),
        ("soon", "`soon` is not a duration; write one such as `5s`"),
    ];
    for (text, reason) in table {
        let error = persevere_core::config::duration(text).unwrap_err();
        assert_eq!(error.reason(), reason, "`{text}`");
        assert_eq!(error.column(), Some(1), "`{text}`");
        let json = serde_json::json!({ "deadline": text }).to_string();
        assert_eq!(refused(&json), format!("deadline: `{text}`: {reason}"));
    }
    assert_eq!(
        refused(r#"{ "deadline": 5 }"#),
        "deadline: `5`: a duration has a unit: `5s` or `5ms`",
    );
    let inside = [
        ("5 seconds", 1, "write `5s`"),
        ("exponential(100 ms).max(1 minute)", 13, "write `100ms`"),
        ("exponential(100ms).max(1 minute)", 24, "write `1min`"),
        ("exponential(PT0.1S)", 13, "write `100ms`"),
        ("PT5S", 1, "`PT5S` is not a duration; write `5s`"),
        ("schedule([1s, 5 seconds])", 15, "write `5s`"),
        ("random(1 second..3 seconds)", 8, "write `1s`"),
        ("5 seconds.full_jitter()", 1, "write `5s`"),
    ];
    for (text, column, reason) in inside {
        let error = error::<WaitConfig>(text);
        assert!(error.reason().contains(reason), "`{text}`: {error}");
        assert_eq!(error.column(), Some(column), "`{text}`: {error}");
    }
}

#[test]
fn every_key_that_a_file_can_have_is_read() {
    for key in FileKey::all() {
        let (name, value) = (key.name(), key.example());
        let set = RetryConfigs::new(&["payments"]);
        let set = set.with_when(&["payments"]).with_hedge(&["payments"]);
        let mut json = serde_json::json!({ "payments": { name: value } });
        let mut shown = format!("{name} = {value}");
        if key == FileKey::BreakerState {
            json["payments"]["breaker"] = "consecutive(5)".into();
            shown = format!("breaker = consecutive(5), {shown}");
        }
        set.load_json(&json.to_string()).unwrap();
        assert_eq!(set.get("payments").to_string(), shown);
    }
}

#[test]
fn every_word_of_a_file_is_read_and_no_other() {
    fn word<T: std::str::FromStr<Err = ConfigError>>(words: &Vocabulary, before: &str) {
        for word in words.words {
            let text = format!("{before}{}", word.example);
            if word.in_config {
                assert!(text.parse::<T>().is_ok(), "`{text}`");
            } else {
                let text = format!(
                    "{before}{}{}()",
                    if before.is_empty() { "" } else { "." },
                    word.name
                );
                let error = error::<T>(&text);
                let program = error.reason().contains("needs what only code can give");
                let peer = words.peer(word.name).is_some();
                assert!(program || peer, "`{text}`: {error}");
            }
        }
    }
    word::<StopConfig>(&STOP, "");
    word::<WaitConfig>(&WAIT, "");
    word::<WaitConfig>(&WAIT_MODIFIER, "exponential(100ms)");
    word::<WhenConfig>(&WHEN, "");
    word::<HedgeConfig>(&FILE_HEDGE, "");
    word::<HedgeConfig>(&HEDGE_SETTING, "delay(50ms)");
    word::<BudgetConfig>(&BUDGET, "");
    word::<BudgetConfig>(&BUDGET_SETTING, "");
    word::<RateLimiterConfig>(&RATE_LIMITER, "");
    word::<RateLimiterConfig>(&RATE_LIMITER_SETTING, "");
    word::<BulkheadConfig>(&BULKHEAD, "");
    word::<BulkheadConfig>(&BULKHEAD_SETTING, "");
    word::<BreakerConfig>(&BREAKER, "");
    for window in WINDOW.words {
        let text = format!("failure_rate(0.5, {})", window.example);
        assert!(text.parse::<BreakerConfig>().is_ok(), "`{text}`");
    }
    for nesting in NESTED.words {
        let json = serde_json::json!({ "nested": nesting.example }).to_string();
        assert!(serde_json::from_str::<RetryConfig>(&json).is_ok(), "{json}");
    }
}
