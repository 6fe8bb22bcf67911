//! `budget` as text.

use std::sync::Arc;

use persevere_words::{BUDGET, BUDGET_SETTING};

use super::text::text_value;
use crate::budget::{RetryBudget, Settings};
use crate::config::syntax::arguments::{count, duration, number};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};

/// A retry budget as text: a constructor of [`RetryBudget`], with `.costs(..)` or `.reserve(..)`.
///
/// Each name of a configuration has a budget of its own, shared by all calls with its policy.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as a ratio above 1.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::BudgetConfig;
///
/// for text in ["ratio(0.2, 10s).reserve(5)", "tokens(500)", "throttle(10, 0.1)", "in_flight(3, 0.2)", "total(100)"] {
///     let budget: BudgetConfig = text.parse()?;
///     assert_eq!(budget.to_string(), text);
/// }
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct BudgetConfig {
    text: Arc<str>,
    /// A template; calls draw from copies of it.
    budget: Arc<RetryBudget>,
}

text_value!(BudgetConfig, |text| {
    let term = parse(text)?;
    Ok(BudgetConfig {
        text: term.to_string().into(),
        budget: Arc::new(budget(&term)?),
    })
});

impl BudgetConfig {
    /// Creates an unspent budget of this name.
    pub(crate) fn budget(&self, name: &'static str) -> RetryBudget {
        self.budget.renewed().named(name)
    }
}

fn budget(term: &Term) -> Result<RetryBudget, ParseError> {
    built(settings(term)?, term.at)
}

fn settings(term: &Term) -> Result<Settings, ParseError> {
    match &term.kind {
        Kind::Call(call) => word(call),
        Kind::Modified(first, more) => more.iter().try_fold(settings(first)?, setting),
        _ => Err(expected(&BUDGET, term)),
    }
}

fn word(call: &Call) -> Result<Settings, ParseError> {
    let settings = match (call.word.as_str(), call.args.as_slice()) {
        ("tokens", [capacity]) => Settings::tokens(count(capacity)?),
        ("ratio", [ratio, window]) => Settings::ratio(number(ratio)?, duration(window)?),
        ("throttle", [most, ratio]) => Settings::throttle(count(most)?, number(ratio)?),
        ("in_flight", [least, ratio]) => Settings::in_flight(count(least)?, number(ratio)?),
        ("total", [retries]) => Settings::total(count(retries)?),
        _ => return Err(refuse(&BUDGET, call)),
    };
    built(settings, call.at).map(|_| settings)
}

fn setting(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    let settings = match (call.word.as_str(), call.args.as_slice()) {
        ("costs", [retry, timed_out]) => settings.costs(count(retry)?, count(timed_out)?),
        ("reserve", [per_second]) => settings.reserve(count(per_second)?),
        _ => return Err(refuse(&BUDGET_SETTING, call)),
    };
    built(settings, call.at).map(|_| settings)
}

fn built(settings: Settings, at: usize) -> Result<RetryBudget, ParseError> {
    settings
        .build()
        .map_err(|invalid| ParseError::new(at, invalid))
}
