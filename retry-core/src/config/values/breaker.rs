//! `breaker` as text.

use std::string::ToString;
use std::sync::Arc;

use super::text::text_value;
use crate::breaker::{self, CircuitBreaker, Settings, Window};
use crate::config::syntax::ParseError;
use crate::config::syntax::duration;
use crate::config::syntax::parser::parse;
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::vocabulary::{Vocabulary, count, number};

const BREAKER: Vocabulary = Vocabulary {
    noun: "word of a breaker",
    words: &[
        (
            "consecutive",
            "a whole number of failures",
            "consecutive(5)",
        ),
        (
            "failure_rate",
            "a rate and a window",
            "failure_rate(0.5, count(100))",
        ),
        (
            "slow_calls",
            "a duration, a rate and a window",
            "slow_calls(2s, 0.8, time(1min))",
        ),
        ("minimum", "a whole number of calls", "minimum(20)"),
        ("open_for", "a duration", "open_for(30s)"),
        (
            "growing",
            "a factor and a longest time",
            "growing(1.5, 1min)",
        ),
        ("probes", "a whole number of calls", "probes(3)"),
        ("successes", "a whole number of probes", "successes(2)"),
        ("ramp", "a duration", "ramp(10s)"),
    ],
    peers: &[
        ("failure_rate_threshold", "failure_rate"),
        ("minimum_number_of_calls", "minimum"),
        ("minimum_throughput", "minimum"),
        ("wait_duration_in_open_state", "open_for"),
        ("break_duration", "open_for"),
        ("permitted_number_of_calls_in_half_open_state", "probes"),
        ("slow_call_rate_threshold", "slow_calls"),
        ("consecutive_failures", "consecutive"),
        ("failures", "consecutive"),
    ],
    in_code: &["listener", "wait_for", "ignoring"],
};

const WINDOW: Vocabulary = Vocabulary {
    noun: "window",
    words: &[
        ("count", "a whole number of calls", "count(100)"),
        ("time", "a duration", "time(1min)"),
    ],
    peers: &[],
    in_code: &[],
};

/// A circuit breaker as text: the words of [`CircuitBreaker`] behind one another, in any order.
///
/// Each name of a configuration has a breaker of its own, shared by all calls that take its policy.
///
/// # Errors
///
/// Of `parse`: a [`ConfigError`](crate::ConfigError) that says what is wrong with which word, also of
/// a value that can only be a mistake, such as a rate above 1.
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
    match settings.checked() {
        Ok(_) => Ok(BreakerConfig {
            text: term.to_string().into(),
            settings,
        }),
        Err(invalid) => Err(ParseError::new(term.at, invalid)),
    }
});

impl BreakerConfig {
    /// A new breaker, closed.
    pub(crate) fn breaker(&self, name: &'static str) -> CircuitBreaker {
        self.settings.named(name)
    }
}

fn settings(term: &Term) -> Result<Settings, ParseError> {
    let new = Settings::new("breaker");
    match &term.kind {
        Kind::Call(call) => word(new, call),
        Kind::Modified(first, more) => more.iter().try_fold(settings(first)?, word),
        _ => Err(BREAKER.expected(term)),
    }
}

fn word(settings: Settings, call: &Call) -> Result<Settings, ParseError> {
    let given = duration::from;
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("consecutive", [failures]) => settings.consecutive(count(failures)?),
        ("failure_rate", [rate, of]) => settings.failure_rate(number(rate)?, window(of)?),
        ("slow_calls", [limit, rate, of]) => {
            settings.slow_calls(given(limit)?, number(rate)?, window(of)?)
        }
        ("minimum", [calls]) => settings.minimum(count(calls)?),
        ("open_for", [open]) => settings.open_for(given(open)?),
        ("growing", [factor, longest]) => settings.growing(number(factor)?, given(longest)?),
        ("probes", [calls]) => settings.probes(count(calls)?),
        ("successes", [probes]) => settings.successes(count(probes)?),
        ("ramp", [ramp]) => settings.ramp(given(ramp)?),
        _ => return Err(BREAKER.refuse(call)),
    })
}

fn window(term: &Term) -> Result<Window, ParseError> {
    let Kind::Call(call) = &term.kind else {
        return Err(WINDOW.expected(term));
    };
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("count", [calls]) => breaker::count(count(calls)?),
        ("time", [span]) => breaker::time(duration::from(span)?),
        _ => return Err(WINDOW.refuse(call)),
    })
}
