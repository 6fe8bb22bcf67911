//! Policies as data, from any text: a value, a file, an environment variable.
//!
//! What is read prints as what reads the same, makes a policy that computes, and is right in the
//! attribute too.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::Duration;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use persevere_core::config::{
    BreakerConfig, BudgetConfig, BulkheadConfig, ConfigError, ForcedState, HedgeConfig,
    RateLimiterConfig, StopConfig, WaitConfig, WhenConfig,
};
use persevere_core::{Policy, RetryConfig, RetryConfigs};
use persevere_fuzz::text;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    text::mutate(data, size, max_size, seed)
});

fuzz_target!(|text: &str| {
    if let Some(stop) = value::<StopConfig>(text) {
        computes(&RetryConfig::new().stop(stop));
        is_attribute("stop", text);
    }
    if let Some(wait) = value::<WaitConfig>(text) {
        computes(&RetryConfig::new().wait(wait));
        is_attribute("wait", text);
    }
    if let Some(breaker) = value::<BreakerConfig>(text) {
        computes(&RetryConfig::new().breaker(breaker));
    }
    if let Some(budget) = value::<BudgetConfig>(text) {
        computes(&RetryConfig::new().budget(budget));
    }
    if let Some(limiter) = value::<RateLimiterConfig>(text) {
        computes(&RetryConfig::new().rate_limiter(limiter));
    }
    if let Some(bulkhead) = value::<BulkheadConfig>(text) {
        computes(&RetryConfig::new().bulkhead(bulkhead));
    }
    value::<ForcedState>(text);
    value::<HedgeConfig>(text);
    value::<WhenConfig>(text);
    if let Ok(config) = serde_json::from_str::<RetryConfig>(text) {
        is_written_again(&config);
    }
    loads(|set| set.load_toml(text));
    loads(|set| set.load_json(text));
    if let Some((key, value)) = text.split_once('=') {
        let variable = (
            format!("RETRY_PAYMENTS_{}", key.trim()),
            value.trim().into(),
        );
        loads(|set| set.load_vars("RETRY", [variable.clone()]));
    }
});

fn value<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = ConfigError> + Display + PartialEq + Debug,
{
    match text.parse::<T>() {
        Ok(value) => {
            let shown = value.to_string();
            assert_eq!(shown.parse::<T>().as_ref(), Ok(&value), "shown as {shown}");
            Some(value)
        }
        Err(error) => {
            let column = error.column().expect("the column of a mistake");
            assert!(column <= text.chars().count() + 1, "{error}");
            None
        }
    }
}

fn loads(load: impl Fn(&RetryConfigs) -> Result<(), ConfigError>) {
    let set = RetryConfigs::new(&["payments"]);
    if load(&set).is_ok() {
        is_written_again(&set.get("payments"));
    }
    let set = RetryConfigs::new(&["payments"]).with_when(&["payments"]);
    let set = set.with_hedge(&["payments"]);
    if load(&set).is_ok() {
        computes(&set.get("payments"));
    }
}

fn is_written_again(config: &RetryConfig) {
    let json = serde_json::to_string(config).expect("a table");
    let again = serde_json::from_str::<RetryConfig>(&json).expect("what it has written itself");
    assert_eq!(&again, config, "{json}");
    computes(config);
}

fn computes(config: &RetryConfig) {
    for attempt in [1, 2, 100, u32::MAX] {
        for elapsed in [Duration::ZERO, Duration::from_secs(10), Duration::MAX] {
            let _ = Policy::<Option<u8>>::resume(config, attempt, elapsed);
        }
    }
    let schedule = Policy::<Option<u8>>::schedule(config);
    assert!(!schedule.to_string().is_empty());
}

/// The grammar is the attribute's own.
fn is_attribute(key: &str, text: &str) {
    let args = format!("{key} = {text}").parse();
    let args = args.unwrap_or_else(|_| panic!("not in the language: {key} = {text}"));
    let item = quote::quote!(
        fn f(n: u8) -> Result<u8, u8> {
            Ok(n)
        }
    );
    let expanded = persevere_fuzz::retry(args, item).to_string();
    let error = expanded.split("compile_error").nth(1);
    assert_eq!(error, None, "{key} = {text}");
}
