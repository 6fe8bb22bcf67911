//! `bulkhead` as text.

use std::sync::Arc;

use persevere_words::{BULKHEAD, BULKHEAD_SETTING};

use super::text::text_value;
use crate::bulkhead::{Bulkhead, Settings};
use crate::config::syntax::arguments::count;
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};

/// A bulkhead as text: `places(20)`, or `adaptive(1, 200)` for one between these two, with `.queue(..)`.
///
/// Each name of a configuration has a bulkhead of its own, shared by all calls with its policy.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as no places.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::BulkheadConfig;
///
/// for text in ["places(20)", "places(20).queue(100)", "adaptive(1, 200).queue(0)"] {
///     let bulkhead: BulkheadConfig = text.parse()?;
///     assert_eq!(bulkhead.to_string(), text);
/// }
/// let none = "places(0)".parse::<BulkheadConfig>();
/// assert!(none.unwrap_err().reason().contains("at least 1"));
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct BulkheadConfig {
    text: Arc<str>,
    settings: Settings,
}

text_value!(BulkheadConfig, |text| {
    let term = parse(text)?;
    let settings = settings(&term)?;
    Ok(BulkheadConfig {
        text: term.to_string().into(),
        settings,
    })
});

impl BulkheadConfig {
    /// Creates an empty bulkhead.
    pub(crate) fn bulkhead(&self, name: &'static str) -> Bulkhead {
        self.settings.named(name)
    }
}

fn settings(term: &Term) -> Result<Settings, ParseError> {
    match &term.kind {
        Kind::Call(call) => word(call),
        Kind::Modified(first, more) => more.iter().try_fold(settings(first)?, setting),
        _ => Err(expected(&BULKHEAD, term)),
    }
}

fn word(call: &Call) -> Result<Settings, ParseError> {
    let name = "bulkhead";
    let settings = match (call.word.as_str(), call.args.as_slice()) {
        ("places", [places]) => Settings::new(name, count(places)?),
        ("adaptive", [least, most]) => Settings::adaptive(name, count(least)?..=count(most)?),
        _ => return Err(refuse(&BULKHEAD, call)),
    };
    checked(settings, call)
}

fn setting(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    match (call.word.as_str(), call.args.as_slice()) {
        ("queue", [calls]) => checked(settings.queue(count(calls)?), call),
        _ => Err(refuse(&BULKHEAD_SETTING, call)),
    }
}

fn checked(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    match settings.build() {
        Ok(_) => Ok(settings),
        Err(invalid) => Err(ParseError::new(call.at, invalid)),
    }
}
