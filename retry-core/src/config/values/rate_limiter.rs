//! `rate_limiter` as text.

use std::sync::Arc;

use persevere_words::{RATE_LIMITER, RATE_LIMITER_SETTING};

use super::text::text_value;
use crate::config::syntax::arguments::{count, duration};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};
use crate::rate_limiter::{RateLimiter, Settings};

/// A rate limiter as text: `rate(5000, 1h)`, or `adaptive()` for one that learns its rate, with `.burst(..)`,
/// `.max_wait(..)` and `.max_hold(..)`.
///
/// Each name of a configuration has a limiter of its own, shared by all calls with its policy.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as no permits.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::RateLimiterConfig;
///
/// for text in ["rate(5000, 1h)", "rate(5000, 1h).burst(50).max_wait(10s)", "adaptive().burst(10)"] {
///     let limiter: RateLimiterConfig = text.parse()?;
///     assert_eq!(limiter.to_string(), text);
/// }
/// let none = "rate(0, 1h)".parse::<RateLimiterConfig>();
/// assert!(none.unwrap_err().reason().contains("at least 1"));
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct RateLimiterConfig {
    text: Arc<str>,
    settings: Settings,
}

text_value!(RateLimiterConfig, |text| {
    let term = parse(text)?;
    let settings = settings(&term)?;
    Ok(RateLimiterConfig {
        text: term.to_string().into(),
        settings,
    })
});

impl RateLimiterConfig {
    /// Creates a limiter whose permits are all there.
    pub(crate) fn limiter(&self, name: &'static str) -> RateLimiter {
        self.settings.named(name)
    }
}

fn settings(term: &Term) -> Result<Settings, ParseError> {
    match &term.kind {
        Kind::Call(call) => word(call),
        Kind::Modified(first, more) => more.iter().try_fold(settings(first)?, setting),
        _ => Err(expected(&RATE_LIMITER, term)),
    }
}

fn word(call: &Call) -> Result<Settings, ParseError> {
    let new = Settings::new("rate_limiter");
    let settings = match (call.word.as_str(), call.args.as_slice()) {
        ("rate", [permits, period]) => new.rate(count(permits)?, duration(period)?),
        ("adaptive", []) => new.adaptive(),
        _ => return Err(refuse(&RATE_LIMITER, call)),
    };
    checked(settings, call)
}

fn setting(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    let settings = match (call.word.as_str(), call.args.as_slice()) {
        ("burst", [permits]) => settings.burst(count(permits)?),
        ("max_wait", [longest]) => settings.max_wait(duration(longest)?),
        ("max_hold", [longest]) => settings.max_hold(duration(longest)?),
        ("adaptive", []) => settings.adaptive(),
        _ => return Err(refuse(&RATE_LIMITER_SETTING, call)),
    };
    checked(settings, call)
}

fn checked(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    match settings.build() {
        Ok(_) => Ok(settings),
        Err(invalid) => Err(ParseError::new(call.at, invalid)),
    }
}
