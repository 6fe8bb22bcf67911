//! `breaker` as text.

use std::sync::Arc;

use persevere_words::{BREAKER, BREAKER_VIEW, WINDOW};

use super::text::text_value;
use crate::breaker::{self, CircuitBreaker, Settings, Window};
use crate::config::syntax::arguments::{count, duration, each, number};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};

/// A circuit breaker as text: the settings of [`CircuitBreaker`], chained in any order.
///
/// Each name of a configuration has a breaker of its own, shared by all calls with its policy.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as a rate above 1.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::BreakerConfig;
///
/// let text = "failure_rate(0.5, count(100)).minimum(20).open_for(5s).probes(3)";
/// assert!(text.parse::<BreakerConfig>().is_ok());
///
/// let percent = "failure_rate(50, count(100))".parse::<BreakerConfig>();
/// assert!(percent.unwrap_err().reason().contains("between 0 and 1"));
/// ```
#[derive(Clone)]
pub struct BreakerConfig {
    text: Arc<str>,
    settings: Settings,
}

text_value!(BreakerConfig, |text| {
    let term = parse(text)?;
    let settings = settings(&term)?;
    match settings.build() {
        Ok(_) => Ok(BreakerConfig {
            text: term.to_string().into(),
            settings,
        }),
        Err(invalid) => Err(ParseError::new(term.at, invalid)),
    }
});

impl BreakerConfig {
    /// Creates a closed breaker.
    pub(crate) fn breaker(&self, name: &'static str) -> CircuitBreaker {
        self.settings.named(name)
    }
}

fn settings(term: &Term) -> Result<Settings, ParseError> {
    let new = Settings::new("breaker");
    match &term.kind {
        Kind::Call(call) => word(new, call),
        Kind::Modified(first, more) => more.iter().try_fold(settings(first)?, word),
        _ => Err(expected(&BREAKER, term)),
    }
}

fn word(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    let given = duration;
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("consecutive", [failures]) => settings.consecutive(count(failures)?),
        ("failure_rate", [rate, of]) => settings.failure_rate(number(rate)?, window(of)?),
        ("slow_calls", [limit, rate, of]) => {
            settings.slow_calls(given(limit)?, number(rate)?, window(of)?)
        }
        ("failures_within", [failures, period]) => {
            settings.failures_within(count(failures)?, given(period)?)
        }
        ("minimum", [calls]) => settings.minimum(count(calls)?),
        ("open_for", [open]) => settings.open_for(given(open)?),
        ("growing", [factor, longest]) => settings.growing(number(factor)?, given(longest)?),
        ("open_times", [list]) => settings.open_times(&each(list, given)?),
        ("probes", [calls]) => settings.probes(count(calls)?),
        ("successes", [probes]) => settings.successes(count(probes)?),
        ("ramp", [ramp]) => settings.ramp(given(ramp)?),
        ("metrics_only", []) => settings.metrics_only(),
        (view, _) if BREAKER_VIEW.has(view) && BREAKER.peer(view).is_none() => {
            return Err(refuse(&BREAKER_VIEW, call));
        }
        _ => return Err(refuse(&BREAKER, call)),
    })
}

fn window(term: &Term) -> Result<Window, ParseError> {
    let Kind::Call(call) = &term.kind else {
        return Err(expected(&WINDOW, term));
    };
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("count", [calls]) => breaker::count(count(calls)?),
        ("time", [span]) => breaker::time(duration(span)?),
        _ => return Err(refuse(&WINDOW, call)),
    })
}
