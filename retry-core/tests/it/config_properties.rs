//! Properties of every text of a configuration, valid or not.
#![cfg(feature = "config")]

use std::fmt::Display;
use std::str::FromStr;

use persevere_core::config::{BreakerConfig, BudgetConfig, ConfigError, StopConfig, WaitConfig};
use persevere_core::{Policy, RetryConfig};
use proptest::prelude::*;

fn any_duration() -> impl Strategy<Value = String> {
    let unit = prop_oneof!["ns", "us", "ms", "s", "min", "h"];
    let whole = (0u32..100_000, unit).prop_map(|(count, unit)| format!("{count}{unit}"));
    prop_oneof![3 => whole, 1 => Just("1.5s".to_owned()), 1 => Just("1_000ms".to_owned())]
}

fn any_stop() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        (1u32..100).prop_map(|n| format!("after_attempt({n})")),
        any_duration().prop_map(|limit| format!("after_delay({limit})")),
        any_duration().prop_map(|limit| format!(" before_delay( {limit}, )")),
        Just("never()".to_owned()),
    ];
    word.prop_recursive(4, 24, 3, |part| {
        let two = (part.clone(), part.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("{a}|{b}")),
            two.clone().prop_map(|(a, b)| format!("{a} & {b}")),
            two.clone().prop_map(|(a, b)| format!("({a} | {b}) & {a}")),
            two.clone().prop_map(|(a, b)| format!("any(({a}, {b}))")),
            two.clone().prop_map(|(a, b)| format!("all([{a}, {b},])")),
            two.prop_map(|(a, b)| format!("({a}).or({b})")),
            part.prop_map(|only| format!("any(({only},))")),
        ]
    })
}

fn any_wait() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        any_duration(),
        Just("none()".to_owned()),
        any_duration().prop_map(|pause| format!("fixed({pause})")),
        any_duration().prop_map(|pause| format!("exponential({pause}).factor(1.5)")),
        (any_duration(), any_duration()).prop_map(|(a, b)| format!("incrementing({a}, {b})")),
        (any_duration(), any_duration()).prop_map(|(a, b)| format!("schedule([{a}, {b}])")),
        Just("random(1s .. 3s)".to_owned()),
    ];
    word.prop_recursive(4, 24, 3, |part| {
        let two = (part.clone(), part.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("{a} + {b}")),
            two.clone()
                .prop_map(|(a, b)| format!("chain(({a}, ({b})))")),
            two.prop_map(|(a, b)| format!("({a} + {b}).full_jitter()")),
            part.prop_map(|wait| format!("(0s + {wait}).jitter_ratio(0.25) . hint_max(1h)")),
        ]
    })
}

/// Generates texts that resemble valid ones.
fn any_garbage() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z_]{0,12}",
        "[-0-9._]{0,6}(s|ms|h|x|e9)?",
        prop_oneof![
            "after_attempt",
            "after_delay",
            "never",
            "any",
            "all",
            "fixed",
            "random",
            "exponential",
            "schedule",
            "chain",
            "max",
            "full_jitter",
            "failure_rate",
            "count",
            "tokens",
            "ratio",
        ],
        "[()\\[\\]|&+.,= ]{1,4}",
        "\\PC{0,3}",
    ];
    proptest::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

/// Checks that the text of a parsed value parses to the same value.
fn read_again<T>(text: &str) -> Result<Option<T>, TestCaseError>
where
    T: FromStr<Err = ConfigError> + Display + PartialEq + std::fmt::Debug,
{
    match text.parse::<T>() {
        Ok(value) => {
            let shown = value.to_string();
            let again = shown.parse::<T>();
            prop_assert_eq!(again.as_ref(), Ok(&value), "{} shown as {}", text, shown);
            Ok(Some(value))
        }
        Err(error) => {
            prop_assert!(error.column().unwrap() <= text.chars().count() + 1);
            prop_assert!(!error.reason().is_empty());
            Ok(None)
        }
    }
}

proptest! {
    #[test]
    fn a_stop_is_what_it_shows(text in any_stop()) {
        prop_assert!(read_again::<StopConfig>(&text)?.is_some(), "{}", text);
    }

    #[test]
    fn a_wait_is_what_it_shows(text in any_wait()) {
        let Some(wait) = read_again::<WaitConfig>(&text)? else {
            return Err(TestCaseError::fail(text));
        };
        let again: WaitConfig = wait.to_string().parse().unwrap();
        let rows = |wait| {
            let config = RetryConfig::new().wait(wait);
            Policy::<Option<u8>>::schedule(&config).to_string()
        };
        prop_assert_eq!(rows(wait), rows(again));
    }

    #[test]
    fn no_text_is_too_strange(text in any_garbage()) {
        read_again::<StopConfig>(&text)?;
        read_again::<WaitConfig>(&text)?;
        read_again::<BreakerConfig>(&text)?;
        read_again::<BudgetConfig>(&text)?;
    }

    #[test]
    fn no_file_is_too_strange(text in "\\PC{0,40}", key in "[a-z_.]{0,12}") {
        let set = persevere_core::RetryConfigs::new(&["payments"]);
        let _ = set.load_toml(&text);
        let _ = set.load_json(&text);
        let _ = set.load_toml(&format!("[payments]\n{key} = '''{text}'''"));
        let _ = set.load_vars("RETRY", [(format!("RETRY_{}", key.to_uppercase()), text)]);
    }
}

#[test]
fn no_text_is_too_deep_or_too_long() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{}never(){}", open.repeat(times), close.repeat(times))
    };
    for (text, reason) in [
        (deep("(", ")", 500), "nested more than 24 levels deep"),
        (deep("any([", "])", 200), "nested more than 24 levels deep"),
        (deep("[", "", 900), "nested more than 24 levels deep"),
        (deep("((((", "))))", 1_000_000), "longer than"),
        ("1".repeat(3_000_000), "longer than"),
    ] {
        let error = text.parse::<StopConfig>().unwrap_err();
        assert!(error.reason().starts_with(reason), "{}", error.reason());
    }
    // As long as a text can be, without nesting.
    let sum = format!("1s{}", "+1s".repeat(600));
    let config = RetryConfig::new().wait(sum.parse().unwrap());
    let pause = Policy::<Option<u8>>::resume(&config, 1, std::time::Duration::ZERO);
    assert_eq!(pause, Ok(std::time::Duration::from_secs(601)));
    let either = format!("never(){}", "|never()".repeat(200));
    assert!(either.parse::<StopConfig>().is_ok());
}
