//! `stop` as text.

use std::fmt;
use std::sync::Arc;

use persevere_words::STOP;

use super::text::text_value;
use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::config::syntax::arguments::{count, duration, each};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Operator, Term};
use crate::config::syntax::{ParseError, parse};
use crate::invalid::InvalidValue;
use crate::stop::{self, DefaultStop, Stop};

type Boxed = Box<dyn Stop + Send + Sync>;

/// A stop condition as text: the words of the attribute's `stop`, without closures and tokens.
///
/// | text | ends the call |
/// |---|---|
/// | `after_attempt(n)` | once n attempts were made |
/// | `after_delay(30s)` | once this much time has passed |
/// | `before_delay(30s)` | if the coming pause would reach this far |
/// | `never()` | never |
/// | `a \| b`, `any((a, b))` | when one of them would |
/// | `a & b`, `all((a, b))` | when both would |
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as `after_attempt(0)`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::StopConfig;
///
/// let stop: StopConfig = "after_attempt(5)|after_delay(30s)".parse()?;
/// assert_eq!(stop.to_string(), "after_attempt(5) | after_delay(30s)");
///
/// let slip = "after_atempt(5)".parse::<StopConfig>().unwrap_err();
/// assert!(slip.reason().ends_with("did you mean `after_attempt`?"));
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct StopConfig {
    text: Arc<str>,
    stop: Arc<dyn Stop + Send + Sync>,
}

text_value!(StopConfig, |text| {
    let term = parse(text)?;
    Ok(StopConfig {
        text: term.to_string().into(),
        stop: stop(&term)?.into(),
    })
});

impl StopConfig {
    /// Creates the stop condition of a configuration without one.
    pub(crate) fn standard() -> Self {
        StopConfig {
            text: "after_attempt(3)".into(),
            stop: Arc::new(DefaultStop),
        }
    }
}

fn stop(term: &Term) -> Result<Boxed, ParseError> {
    let made: Boxed = match &term.kind {
        Kind::Call(call) => word(call)?,
        Kind::Joined(operator, parts) => {
            let parts = parts.iter().map(stop).collect::<Result<Vec<_>, _>>()?;
            match operator {
                Operator::Or => Box::new(stop::any(parts)),
                Operator::And => Box::new(stop::all(parts)),
                Operator::Plus => return Err(ParseError::new(term.at, STOP.combined)),
            }
        }
        Kind::Modified(first, methods) => methods.iter().try_fold(stop(first)?, method)?,
        _ => return Err(expected(&STOP, term)),
    };
    match made.check() {
        Ok(()) => Ok(made),
        Err(invalid) => Err(ParseError::new(term.at, invalid)),
    }
}

fn word(call: &Call) -> Result<Boxed, ParseError> {
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("after_attempt", [attempts]) => Box::new(stop::after_attempt(count(attempts)?)),
        ("after_delay", [limit]) => Box::new(stop::after_delay(duration(limit)?)),
        ("before_delay", [limit]) => Box::new(stop::before_delay(duration(limit)?)),
        ("never", []) => Box::new(stop::never()),
        ("any", [list]) => Box::new(stop::any(each(list, stop)?)),
        ("all", [list]) => Box::new(stop::all(each(list, stop)?)),
        _ => return Err(refuse(&STOP, call)),
    })
}

/// Applies `.or(..)` or `.and(..)`, which are `|` and `&`.
fn method(first: Boxed, call: &Call) -> Result<Boxed, ParseError> {
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("or", [other]) => Box::new(stop::any([first, stop(other)?])),
        ("and", [other]) => Box::new(stop::all([first, stop(other)?])),
        _ => return Err(ParseError::new(call.at, STOP.combined)),
    })
}

impl Stop for StopConfig {
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.stop.stop(progress)
    }

    fn reads_clock(&self) -> bool {
        self.stop.reads_clock()
    }

    fn reads_history(&self) -> bool {
        self.stop.reads_history()
    }

    fn reads_pause(&self) -> bool {
        self.stop.reads_pause()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.stop.check()
    }

    fn cancellation(&self) -> Cancellation<'_> {
        self.stop.cancellation()
    }

    fn cancels(&self) -> bool {
        self.stop.cancels()
    }

    fn is_cancelled(&self) -> bool {
        self.stop.is_cancelled()
    }

    fn is_aborted(&self) -> bool {
        self.stop.is_aborted()
    }

    fn abort_signal(&self) -> Cancellation<'_> {
        self.stop.abort_signal()
    }

    fn aborts_attempt(&self) -> bool {
        self.stop.aborts_attempt()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stop.describe(f)
    }

    fn is_standard(&self) -> bool {
        self.stop.is_standard()
    }
}
