//! `hedge` as text.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use persevere_words::describe::{Line, Lines, Phrase};
use persevere_words::{FILE_HEDGE, HEDGE_SETTING, Key};

use super::text::text_value;
use crate::config::syntax::arguments::{count, duration, number};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};
use crate::hedge::{Latency, Settings, Tuning};
use crate::invalid::InvalidValue;

/// A hedge as text: `delay(50ms)`, or `quantile(0.95)` of the attempts so far, with `.copies(..)`, 2 unless given.
///
/// A configuration has it for the names of [`RetryConfigs::with_hedge`](crate::RetryConfigs::with_hedge).
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as a delay of zero.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::HedgeConfig;
///
/// for text in ["delay(50ms)", "quantile(0.95).copies(3)"] {
///     let hedge: HedgeConfig = text.parse()?;
///     assert_eq!(hedge.to_string(), text);
/// }
/// let five = "delay(50ms).copies(5)".parse::<HedgeConfig>();
/// assert!(five.unwrap_err().reason().contains("2, 3 or 4"));
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct HedgeConfig {
    text: Arc<str>,
    pub(crate) numbers: Numbers,
}

impl HedgeConfig {
    /// Writes the sentence of the hedge.
    pub(crate) fn describe(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let latency = Latency::new();
        let tuning = match self.numbers.pace {
            FilePace::Delay(after) => Tuning::Delay(after),
            FilePace::Quantile(share) => Tuning::Quantile(share, &latency),
        };
        let pace = Phrase(|f| tuning.describe(f));
        lines.say(Line::Key(Key::Hedge), &[&pace, &self.numbers.copies])
    }
}

/// The numbers of a hedge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) pace: FilePace,
    pub(crate) copies: u32,
}

/// The time after which an attempt is copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FilePace {
    Delay(Duration),
    Quantile(f64),
}

text_value!(HedgeConfig, |text| {
    let term = parse(text)?;
    Ok(HedgeConfig {
        text: term.to_string().into(),
        numbers: numbers(&term)?,
    })
});

fn numbers(term: &Term) -> Result<Numbers, ParseError> {
    match &term.kind {
        Kind::Call(call) => pace(call),
        Kind::Modified(first, more) => more.iter().try_fold(numbers(first)?, setting),
        _ => Err(expected(&FILE_HEDGE, term)),
    }
}

fn pace(call: &Call) -> Result<Numbers, ParseError> {
    let pace = match (call.word.as_str(), call.args.as_slice()) {
        ("delay", [after]) => FilePace::Delay(duration(after)?),
        ("quantile", [share]) => FilePace::Quantile(number(share)?),
        _ => return Err(refuse(&FILE_HEDGE, call)),
    };
    checked(Numbers { pace, copies: 2 }, call)
}

fn setting(numbers: Numbers, call: &Call) -> Result<Numbers, ParseError> {
    match (call.word.as_str(), call.args.as_slice()) {
        ("copies", [copies]) => {
            let copies = count(copies)?;
            checked(Numbers { copies, ..numbers }, call)
        }
        _ => Err(refuse(&HEDGE_SETTING, call)),
    }
}

fn checked(numbers: Numbers, call: &Call) -> Result<Numbers, ParseError> {
    match numbers.check() {
        Ok(()) => Ok(numbers),
        Err(invalid) => Err(ParseError::new(call.at, invalid)),
    }
}

impl Numbers {
    fn check(self) -> Result<(), InvalidValue> {
        let latency = Latency::new();
        match self.pace {
            FilePace::Delay(after) => {
                let settings = Settings::delay(after).copies(self.copies);
                settings.build().map(drop)
            }
            FilePace::Quantile(share) => {
                let settings = Settings::quantile(&latency, share).copies(self.copies);
                settings.build().map(drop)
            }
        }
    }
}
