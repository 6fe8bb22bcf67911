//! A configuration with some of its keys set.

use core::time::Duration;

use persevere_words::duration::{Written, spelled};
use persevere_words::{FileKey, Given, Key, NESTED, Place, unknown_key};

use super::error::ConfigError;
use super::raw_value::RawValue;
use super::syntax::refusal::expected;
use super::syntax::term::Kind;
use super::syntax::{ParseError, parse, read_duration};
use super::values::{
    BreakerConfig, BudgetConfig, BulkheadConfig, ForcedState, HedgeConfig, RateLimiterConfig,
    StopConfig, WaitConfig, WhenConfig,
};
use crate::call::name::CallName;
use crate::call::state::Progress;
use crate::guard::nested::Nested;
use crate::invalid::InvalidValue;
use crate::stop::Stop;

/// The keys that are set, with their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PartialConfig {
    pub(super) when: Option<WhenConfig>,
    pub(super) hedge: Option<HedgeConfig>,
    pub(super) stop: Option<StopConfig>,
    pub(super) wait: Option<WaitConfig>,
    pub(super) deadline: Option<Duration>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) reset_after: Option<Duration>,
    pub(super) enabled: Option<bool>,
    pub(super) nested: Option<Nested>,
    pub(super) breaker: Option<BreakerConfig>,
    pub(super) breaker_state: Option<ForcedState>,
    pub(super) rate_limiter: Option<RateLimiterConfig>,
    pub(super) bulkhead: Option<BulkheadConfig>,
    pub(super) budget: Option<BudgetConfig>,
}

/// The value that cancels an inherited one.
const NONE: &str = "none()";

impl PartialConfig {
    /// Sets a key.
    pub(super) fn set(&mut self, name: &str, value: &RawValue) -> Result<(), ConfigError> {
        let written = match (FileKey::named(name), value) {
            (None, value) => Err(unknown(name, value)),
            (Some(key), RawValue::Other(found)) => Err(not_a_text(key, found)),
            (Some(key), RawValue::Text(text)) => self.read(key, text),
        };
        written.map_err(|error| error.at(name))
    }

    fn read(&mut self, key: FileKey, text: &str) -> Result<(), ConfigError> {
        let refused = |error| ConfigError::of_value(text, error);
        let given = text.trim() != NONE;
        let key = match key {
            FileKey::OfAttribute(key) => key,
            FileKey::BreakerState => {
                self.breaker_state = given.then(|| text.parse()).transpose()?;
                return Ok(());
            }
        };
        match key {
            Key::When => self.when = given.then(|| text.parse()).transpose()?,
            Key::Hedge => self.hedge = given.then(|| text.parse()).transpose()?,
            Key::Stop => self.stop = Some(text.parse()?),
            Key::Wait => self.wait = Some(text.parse()?),
            Key::Deadline => {
                self.deadline = given.then(|| limit(text)).transpose().map_err(refused)?
            }
            Key::AttemptTimeout => {
                self.attempt_timeout = given.then(|| limit(text)).transpose().map_err(refused)?;
            }
            Key::ResetAfter => {
                let read = given.then(|| read_duration(text)).transpose();
                self.reset_after = read.map_err(refused)?;
            }
            Key::Enabled => self.enabled = Some(boolean(text).map_err(refused)?),
            Key::Nested => self.nested = Some(nested(text).map_err(refused)?),
            Key::Breaker => self.breaker = given.then(|| text.parse()).transpose()?,
            Key::RateLimiter => self.rate_limiter = given.then(|| text.parse()).transpose()?,
            Key::Bulkhead => self.bulkhead = given.then(|| text.parse()).transpose()?,
            Key::Budget => self.budget = given.then(|| text.parse()).transpose()?,
            // `FileKey` has none of them, so that they were refused above.
            _ => {}
        }
        Ok(())
    }

    /// Iterates over the keys that are set, each with the text of its value.
    pub(super) fn written(&self) -> impl Iterator<Item = (&'static str, String)> {
        let nested = self.nested.map(|nested| match nested {
            Nested::Independent => "independent()",
            Nested::Share => "share()",
            Nested::Single => "single()",
        });
        let time = |time: &Option<Duration>| time.map(shown);
        let all = [
            ("when", self.when.as_ref().map(ToString::to_string)),
            ("hedge", self.hedge.as_ref().map(ToString::to_string)),
            ("stop", self.stop.as_ref().map(ToString::to_string)),
            ("wait", self.wait.as_ref().map(ToString::to_string)),
            ("deadline", time(&self.deadline)),
            ("attempt_timeout", time(&self.attempt_timeout)),
            ("reset_after", time(&self.reset_after)),
            ("enabled", self.enabled.map(|enabled| enabled.to_string())),
            ("nested", nested.map(Into::into)),
            ("breaker", self.breaker.as_ref().map(ToString::to_string)),
            (
                "breaker_state",
                self.breaker_state.as_ref().map(ToString::to_string),
            ),
            (
                "rate_limiter",
                self.rate_limiter.as_ref().map(ToString::to_string),
            ),
            ("bulkhead", self.bulkhead.as_ref().map(ToString::to_string)),
            ("budget", self.budget.as_ref().map(ToString::to_string)),
        ];
        let written = all.into_iter();
        written.filter_map(|(key, value)| Some((key, value?)))
    }

    /// Reports a key that functions take from a set alone.
    pub(super) fn alone(&self) -> Result<(), ConfigError> {
        let of_a_set = |key: Key, method| {
            let reason = format!(
                "it stays in the program, `#[retry(policy = .., {})]`, unless a `RetryConfigs` declares it by `{method}`",
                key.example()
            );
            Err(ConfigError::new(reason).at(key.name()))
        };
        match (&self.when, &self.hedge) {
            (Some(_), _) => of_a_set(Key::When, "with_when"),
            (_, Some(_)) => of_a_set(Key::Hedge, "with_hedge"),
            _ => Ok(()),
        }
    }

    /// Reports a key that needs another one.
    pub(super) fn complete(&self) -> Result<(), ConfigError> {
        match (&self.breaker_state, &self.breaker) {
            (Some(state), None) => {
                let reason = "no breaker is set; write `breaker = \"consecutive(5).open_for(30s)\"` beside it, or call \
                              `force_open()` of a breaker of the program";
                let error = ParseError::new(0, reason);
                Err(ConfigError::of_value(&state.to_string(), error).at("breaker_state"))
            }
            _ => Ok(()),
        }
    }

    /// Reports the first value that can only be a mistake. Values parsed from text have been checked.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.complete()?;
        let limits = [
            ("deadline", self.deadline),
            ("attempt_timeout", self.attempt_timeout),
        ];
        for (key, limit) in limits {
            if let Some(Err(error)) = limit.map(nonzero) {
                let value = shown(Duration::ZERO);
                return Err(ConfigError::of_value(&value, error).at(key));
            }
        }
        let refuse = |key, value: String, invalid| {
            let error = ParseError::new(0, invalid);
            Err(ConfigError::of_value(&value, error).at(key))
        };
        match self.deadline.zip(self.attempt_timeout) {
            Some((deadline, timeout)) if deadline < timeout => {
                let timeout = shown(timeout);
                return refuse(
                    "attempt_timeout",
                    timeout,
                    InvalidValue::TimeoutAboveDeadline,
                );
            }
            _ => {}
        }
        match (&self.stop, &self.wait) {
            (Some(stop), Some(wait)) if ends_the_first(stop) => {
                refuse("wait", wait.to_string(), InvalidValue::NothingWaits)
            }
            _ => Ok(()),
        }
    }
}

/// Returns whether a stop ends every call after its first attempt.
fn ends_the_first(stop: &StopConfig) -> bool {
    let soonest = Progress::new(CallName::Text(""), 1, Duration::ZERO);
    stop.stop(&soonest).is_some()
}

/// Parses a duration longer than zero.
fn limit(text: &str) -> Result<Duration, ParseError> {
    nonzero(read_duration(text)?)
}

fn nonzero(limit: Duration) -> Result<Duration, ParseError> {
    if limit.is_zero() {
        let reason = "a limit must be longer than zero; write one such as `10s`";
        return Err(ParseError::new(0, reason));
    }
    Ok(limit)
}

fn boolean(text: &str) -> Result<bool, ParseError> {
    match text.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ParseError::new(0, "expected `true` or `false`")),
    }
}

fn nested(text: &str) -> Result<Nested, ParseError> {
    let term = parse(text)?;
    let word = match &term.kind {
        Kind::Call(call) if call.args.is_empty() => call.word.as_str(),
        _ => "",
    };
    match word {
        "independent" => Ok(Nested::Independent),
        "share" => Ok(Nested::Share),
        "single" => Ok(Nested::Single),
        _ => Err(expected(&NESTED, &term)),
    }
}

fn shown(duration: Duration) -> String {
    Written(duration.as_nanos()).to_string()
}

/// Returns the error for a key that no file can have.
fn unknown(name: &str, value: &RawValue) -> ConfigError {
    let text = match value {
        RawValue::Text(text) => text.trim(),
        RawValue::Other(_) => "",
    };
    let duration = || match read_duration(text) {
        Ok(_) => Some(text.to_string()),
        Err(_) => spelled(text).map(|nanos| Written(nanos).to_string()),
    };
    ConfigError::new(unknown_key(name, Place::File, &|kind| match kind {
        Given::Count => text.parse::<u32>().ok().map(|count| count.to_string()),
        Given::Duration => duration(),
        _ => None,
    }))
}

/// Returns the error for a list, a table or null.
fn not_a_text(key: FileKey, found: &str) -> ConfigError {
    let expected = match key {
        FileKey::OfAttribute(Key::Enabled) => "`true` or `false`".to_string(),
        key => format!("a string such as \"{}\"", key.example()),
    };
    ConfigError::new(format!("expected {expected}, found {found}"))
}
