//! `wait` as text.

use core::time::Duration;
use std::fmt;
use std::sync::Arc;

use persevere_words::describe::Curve;
use persevere_words::{WAIT, WAIT_MODIFIER};

use super::text::text_value;
use crate::call::state::RetryState;
use crate::config::syntax::arguments::{duration, each, number, range};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Operator, Term};
use crate::config::syntax::{ParseError, parse};
use crate::invalid::InvalidValue;
use crate::wait::{
    self, Backoff, Chain, Decorrelated, Exponential, Fibonacci, Fixed, Formula, Incrementing,
    Random, Scheduled, Sum, Wait,
};

/// A wait as text: the words of the attribute's `wait`, without closures and signals.
///
/// | text | pause after attempt n |
/// |---|---|
/// | `2s`, `fixed(2s)`, `none()` | always the same, or none |
/// | `exponential(100ms)`, `.factor(1.5)` | initial · factorⁿ⁻¹ |
/// | `incrementing(1s, 500ms)` | start + step · (n − 1) |
/// | `fibonacci(100ms)` | unit · 1, 1, 2, 3, 5 … |
/// | `decorrelated(100ms)` | random up to 3 · the one before |
/// | `random(1s..3s)` | random in the range |
/// | `schedule([1s, 5s, 30s])` | the nth of the list |
/// | `chain((a, b))`, `a + b` | one wait after the other, their sum |
///
/// Any of them but a bare `2s` can be followed by `.max(10s)`, `.min(1s)`, `.full_jitter()`, `.equal_jitter()`,
/// `.jitter_ratio(0.25)`, `.jitter_add(1s)` and `.hint_max(5min)`.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake, also for a
/// value that can only be a mistake, such as a cap below the first pause.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::WaitConfig;
///
/// let wait: WaitConfig = "exponential(100ms).max(10s).full_jitter()".parse()?;
///
/// let slip = "exponental(100ms)".parse::<WaitConfig>().unwrap_err();
/// assert!(slip.reason().ends_with("did you mean `exponential`?"));
/// # let _ = wait;
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct WaitConfig {
    text: Arc<str>,
    wait: Arc<Backoff<AnyCurve>>,
}

text_value!(WaitConfig, |text| {
    let term = parse(text)?;
    Ok(WaitConfig {
        text: term.to_string().into(),
        wait: Arc::new(wait(&term)?),
    })
});

impl WaitConfig {
    /// Creates the wait of a configuration without one.
    pub(crate) fn standard() -> Self {
        WaitConfig {
            text: "exponential(100ms).max(10s).full_jitter()".into(),
            wait: Arc::new(wait::standard().map(AnyCurve::Exponential)),
        }
    }
}

/// A curve of any kind that a text can express.
enum AnyCurve {
    Fixed(Fixed),
    Random(Random),
    Incrementing(Incrementing),
    Exponential(Exponential),
    Fibonacci(Fibonacci),
    Decorrelated(Decorrelated),
    Schedule(Scheduled<Vec<Duration>>),
    Chain(Chain<Vec<Backoff<AnyCurve>>>),
    Sum(Box<Sum<Backoff<AnyCurve>, Backoff<AnyCurve>>>),
}

impl AnyCurve {
    fn curve<O: ?Sized>(&self) -> &dyn Formula<O> {
        match self {
            AnyCurve::Fixed(curve) => curve,
            AnyCurve::Random(curve) => curve,
            AnyCurve::Incrementing(curve) => curve,
            AnyCurve::Exponential(curve) => curve,
            AnyCurve::Fibonacci(curve) => curve,
            AnyCurve::Decorrelated(curve) => curve,
            AnyCurve::Schedule(curve) => curve,
            AnyCurve::Chain(curve) => curve,
            AnyCurve::Sum(curve) => &**curve,
        }
    }
}

fn wait(term: &Term) -> Result<Backoff<AnyCurve>, ParseError> {
    let made = match &term.kind {
        Kind::Duration(_, pause) => wait::fixed(*pause).map(AnyCurve::Fixed),
        Kind::Number(_) => return Err(duration(term).expect_err("it has no unit")),
        Kind::Call(call) => word(call)?,
        Kind::Joined(Operator::Plus, parts) => sum(parts)?,
        Kind::Joined(..) => return Err(ParseError::new(term.at, WAIT.combined)),
        Kind::Modified(first, modifiers) => {
            if let Kind::Duration(..) = first.kind {
                let reason = format!("a bare duration has no modifiers; write `fixed({first})`");
                return Err(ParseError::new(first.at, reason));
            }
            modifiers.iter().try_fold(wait(first)?, modified)?
        }
        _ => return Err(expected(&WAIT, term)),
    };
    checked(made, term.at)
}

fn checked(made: Backoff<AnyCurve>, at: usize) -> Result<Backoff<AnyCurve>, ParseError> {
    match Wait::<()>::check(&made) {
        Ok(()) => Ok(made),
        Err(invalid) => Err(ParseError::new(at, invalid)),
    }
}

fn word(call: &Call) -> Result<Backoff<AnyCurve>, ParseError> {
    let given = duration;
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("none", []) => wait::none().map(AnyCurve::Fixed),
        ("fixed", [pause]) => wait::fixed(given(pause)?).map(AnyCurve::Fixed),
        ("random", [pauses]) => wait::random(range(pauses)?).map(AnyCurve::Random),
        ("incrementing", [start, step]) => {
            wait::incrementing(given(start)?, given(step)?).map(AnyCurve::Incrementing)
        }
        ("exponential", [initial]) => wait::exponential(given(initial)?).map(AnyCurve::Exponential),
        ("fibonacci", [unit]) => wait::fibonacci(given(unit)?).map(AnyCurve::Fibonacci),
        ("decorrelated", [base]) => wait::decorrelated(given(base)?).map(AnyCurve::Decorrelated),
        ("schedule", [list]) => wait::schedule(each(list, given)?).map(AnyCurve::Schedule),
        ("chain", [list]) => wait::chain(each(list, wait)?).map(AnyCurve::Chain),
        _ => return Err(refuse(&WAIT, call)),
    })
}

/// Builds a sum by halves, so that a long one is not nested deeply.
fn sum(parts: &[Term]) -> Result<Backoff<AnyCurve>, ParseError> {
    if let [only] = parts {
        return wait(only);
    }
    let (first, second) = parts.split_at(parts.len() / 2);
    let sum = Box::new(Sum(sum(first)?, sum(second)?));
    Ok(Backoff::new(AnyCurve::Sum(sum)))
}

/// Applies a modifier. Each is checked by itself, so that a later one of the same name does not hide a
/// mistake.
fn modified(wait: Backoff<AnyCurve>, call: &Call) -> Result<Backoff<AnyCurve>, ParseError> {
    let given = duration;
    let made = match (call.word.as_str(), call.args.as_slice()) {
        ("max", [cap]) => wait.max(given(cap)?),
        ("min", [floor]) => wait.min(given(floor)?),
        ("full_jitter", []) => wait.full_jitter(),
        ("equal_jitter", []) => wait.equal_jitter(),
        ("jitter_ratio", [ratio]) => wait.jitter_ratio(number(ratio)?),
        ("jitter_add", [extra]) => wait.jitter_add(given(extra)?),
        ("hint_max", [longest]) => wait.hint_max(given(longest)?),
        ("factor", [factor]) => {
            let factor = number(factor)?;
            let AnyCurve::Exponential(_) = wait.curve else {
                let reason = "`.factor(..)` is for `exponential(..)`";
                return Err(ParseError::new(call.at, reason));
            };
            wait.map(|curve| match curve {
                AnyCurve::Exponential(curve) => AnyCurve::Exponential(curve.with_factor(factor)),
                other => other,
            })
        }
        _ => return Err(refuse(&WAIT_MODIFIER, call)),
    };
    checked(made, call.at)
}

impl<O: ?Sized> Formula<O> for AnyCurve {
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64> {
        self.curve().nanos(state, longest)
    }

    fn reads_clock(&self) -> bool {
        self.curve::<O>().reads_clock()
    }

    fn reads_history(&self) -> bool {
        self.curve::<O>().reads_history()
    }

    fn lasts(&self) -> bool {
        self.curve::<O>().lasts()
    }

    fn hint_max(&self) -> Duration {
        self.curve::<O>().hint_max()
    }

    fn first(&self) -> u64 {
        self.curve::<O>().first()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.curve::<O>().check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.curve::<O>().describe(f)
    }

    fn kind(&self) -> Curve {
        self.curve::<O>().kind()
    }
}

impl<O: ?Sized> Wait<O> for WaitConfig {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self.wait.pause(state)
    }

    fn hint_max(&self) -> Duration {
        Wait::<O>::hint_max(&*self.wait)
    }

    fn reads_clock(&self) -> bool {
        Wait::<O>::reads_clock(&*self.wait)
    }

    fn reads_history(&self) -> bool {
        Wait::<O>::reads_history(&*self.wait)
    }

    fn lasts(&self) -> bool {
        Wait::<O>::lasts(&*self.wait)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        Wait::<O>::check(&*self.wait)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wait::<O>::describe(&*self.wait, f)
    }
}
