//! `wait` as text.

use core::time::Duration;
use std::sync::Arc;

use persevere_words::{WAIT, WAIT_MODIFIER};

use super::text::text_value;
use crate::call::state::RetryState;
use crate::config::syntax::arguments::{duration, each, number, range};
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Operator, Term};
use crate::config::syntax::{ParseError, parse};
use crate::invalid::InvalidValue;
use crate::wait::{
    self, Backoff, Chain, Decorrelated, Exponential, Fibonacci, Fixed, Incrementing, Random,
    Schedule, Sum, Wait,
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
/// with `.max(10s)`, `.min(1s)`, `.full_jitter()`, `.equal_jitter()`, `.jitter_ratio(0.25)`,
/// `.jitter_add(1s)` and `.hint_max(5min)` behind it.
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` names the word and the mistake, also for a value that can only
/// be a mistake, such as a cap below the first pause.
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
/// # Ok::<(), persevere::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct WaitConfig {
    text: Arc<str>,
    wait: Arc<AnyWait>,
}

text_value!(WaitConfig, |text| {
    let term = parse(text)?;
    Ok(WaitConfig {
        text: term.to_string().into(),
        wait: Arc::new(wait(&term)?),
    })
});

impl WaitConfig {
    /// The wait of a configuration without one.
    pub(crate) fn standard() -> Self {
        WaitConfig {
            text: "exponential(100ms).max(10s).full_jitter()".into(),
            wait: Arc::new(AnyWait::Exponential(wait::standard())),
        }
    }
}

/// A wait of any kind that a text can name.
enum AnyWait {
    Fixed(Backoff<Fixed>),
    Random(Backoff<Random>),
    Incrementing(Backoff<Incrementing>),
    Exponential(Backoff<Exponential>),
    Fibonacci(Backoff<Fibonacci>),
    Decorrelated(Backoff<Decorrelated>),
    Schedule(Backoff<Schedule<Vec<Duration>>>),
    Chain(Backoff<Chain<Vec<AnyWait>>>),
    Sum(Box<Backoff<Sum<AnyWait, AnyWait>>>),
}

/// Evaluates an expression on the wait of any kind.
macro_rules! ask {
    ($any:expr, $wait:ident => $answer:expr) => {
        match $any {
            AnyWait::Fixed($wait) => $answer,
            AnyWait::Random($wait) => $answer,
            AnyWait::Incrementing($wait) => $answer,
            AnyWait::Exponential($wait) => $answer,
            AnyWait::Fibonacci($wait) => $answer,
            AnyWait::Decorrelated($wait) => $answer,
            AnyWait::Schedule($wait) => $answer,
            AnyWait::Chain($wait) => $answer,
            AnyWait::Sum(boxed) => {
                let $wait = &**boxed;
                $answer
            }
        }
    };
}

/// Changes a wait of any kind, which stays of that kind.
macro_rules! with_wait {
    ($any:expr, $wait:ident => $changed:expr) => {
        match $any {
            AnyWait::Fixed($wait) => AnyWait::Fixed($changed),
            AnyWait::Random($wait) => AnyWait::Random($changed),
            AnyWait::Incrementing($wait) => AnyWait::Incrementing($changed),
            AnyWait::Exponential($wait) => AnyWait::Exponential($changed),
            AnyWait::Fibonacci($wait) => AnyWait::Fibonacci($changed),
            AnyWait::Decorrelated($wait) => AnyWait::Decorrelated($changed),
            AnyWait::Schedule($wait) => AnyWait::Schedule($changed),
            AnyWait::Chain($wait) => AnyWait::Chain($changed),
            AnyWait::Sum(boxed) => {
                let $wait = *boxed;
                AnyWait::Sum(Box::new($changed))
            }
        }
    };
}

fn wait(term: &Term) -> Result<AnyWait, ParseError> {
    let made = match &term.kind {
        Kind::Duration(_, pause) => AnyWait::Fixed(wait::fixed(*pause)),
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

fn checked(made: AnyWait, at: usize) -> Result<AnyWait, ParseError> {
    match Wait::<()>::check(&made) {
        Ok(()) => Ok(made),
        Err(invalid) => Err(ParseError::new(at, invalid)),
    }
}

fn word(call: &Call) -> Result<AnyWait, ParseError> {
    let given = duration;
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("none", []) => AnyWait::Fixed(wait::none()),
        ("fixed", [pause]) => AnyWait::Fixed(wait::fixed(given(pause)?)),
        ("random", [pauses]) => AnyWait::Random(wait::random(range(pauses)?)),
        ("incrementing", [start, step]) => {
            AnyWait::Incrementing(wait::incrementing(given(start)?, given(step)?))
        }
        ("exponential", [initial]) => AnyWait::Exponential(wait::exponential(given(initial)?)),
        ("fibonacci", [unit]) => AnyWait::Fibonacci(wait::fibonacci(given(unit)?)),
        ("decorrelated", [base]) => AnyWait::Decorrelated(wait::decorrelated(given(base)?)),
        ("schedule", [list]) => AnyWait::Schedule(wait::schedule(each(list, given)?)),
        ("chain", [list]) => AnyWait::Chain(wait::chain(each(list, wait)?)),
        _ => return Err(refuse(&WAIT, call)),
    })
}

/// Builds a sum by halves, so that a long one is not deep.
fn sum(parts: &[Term]) -> Result<AnyWait, ParseError> {
    if let [only] = parts {
        return wait(only);
    }
    let (first, second) = parts.split_at(parts.len() / 2);
    let sum = Backoff::new(Sum(sum(first)?, sum(second)?));
    Ok(AnyWait::Sum(Box::new(sum)))
}

/// Applies a modifier. Each is checked by itself: a later one of the same name does not excuse a mistake.
fn modified(wait: AnyWait, call: &Call) -> Result<AnyWait, ParseError> {
    let given = duration;
    let made = match (call.word.as_str(), call.args.as_slice()) {
        ("max", [cap]) => {
            let cap = given(cap)?;
            with_wait!(wait, wait => wait.max(cap))
        }
        ("min", [floor]) => {
            let floor = given(floor)?;
            with_wait!(wait, wait => wait.min(floor))
        }
        ("full_jitter", []) => with_wait!(wait, wait => wait.full_jitter()),
        ("equal_jitter", []) => with_wait!(wait, wait => wait.equal_jitter()),
        ("jitter_ratio", [ratio]) => {
            let ratio = number(ratio)?;
            with_wait!(wait, wait => wait.jitter_ratio(ratio))
        }
        ("jitter_add", [extra]) => {
            let extra = given(extra)?;
            with_wait!(wait, wait => wait.jitter_add(extra))
        }
        ("hint_max", [longest]) => {
            let longest = given(longest)?;
            with_wait!(wait, wait => wait.hint_max(longest))
        }
        ("factor", [factor]) => match wait {
            AnyWait::Exponential(wait) => AnyWait::Exponential(wait.factor(number(factor)?)),
            _ => {
                return Err(ParseError::new(
                    call.at,
                    "`.factor(..)` is for `exponential(..)`",
                ));
            }
        },
        _ => return Err(refuse(&WAIT_MODIFIER, call)),
    };
    checked(made, call.at)
}

impl<O: ?Sized> Wait<O> for AnyWait {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        ask!(self, wait => wait.pause(state))
    }

    fn hint_max(&self) -> Duration {
        ask!(self, wait => Wait::<O>::hint_max(wait))
    }

    fn reads_clock(&self) -> bool {
        ask!(self, wait => Wait::<O>::reads_clock(wait))
    }

    fn lasts(&self) -> bool {
        ask!(self, wait => Wait::<O>::lasts(wait))
    }

    fn check(&self) -> Result<(), InvalidValue> {
        ask!(self, wait => Wait::<O>::check(wait))
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

    fn lasts(&self) -> bool {
        Wait::<O>::lasts(&*self.wait)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        Wait::<O>::check(&*self.wait)
    }
}
