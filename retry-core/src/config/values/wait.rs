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

/// A wait as text: what `wait = ..` takes, without closures and signals.
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
/// Of `parse`: a [`ConfigError`](crate::ConfigError) that says what is wrong with which word, also of
/// a value that can only be a mistake, such as a cap below the first pause.
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
    wait: Arc<Choice>,
}

text_value!(WaitConfig, |text| {
    let term = parse(text)?;
    Ok(WaitConfig {
        text: term.to_string().into(),
        wait: Arc::new(wait(&term)?),
    })
});

impl WaitConfig {
    /// What holds where none is written.
    pub(crate) fn standard() -> Self {
        WaitConfig {
            text: "exponential(100ms).max(10s).full_jitter()".into(),
            wait: Arc::new(Choice::Exponential(wait::standard())),
        }
    }
}

/// A wait of any kind that a text can name.
enum Choice {
    Fixed(Backoff<Fixed>),
    Random(Backoff<Random>),
    Incrementing(Backoff<Incrementing>),
    Exponential(Backoff<Exponential>),
    Fibonacci(Backoff<Fibonacci>),
    Decorrelated(Backoff<Decorrelated>),
    Schedule(Backoff<Schedule<Vec<Duration>>>),
    Chain(Backoff<Chain<Vec<Choice>>>),
    Sum(Box<Backoff<Sum<Choice, Choice>>>),
}

/// Asks the wait that was chosen.
macro_rules! ask {
    ($choice:expr, $wait:ident => $answer:expr) => {
        match $choice {
            Choice::Fixed($wait) => $answer,
            Choice::Random($wait) => $answer,
            Choice::Incrementing($wait) => $answer,
            Choice::Exponential($wait) => $answer,
            Choice::Fibonacci($wait) => $answer,
            Choice::Decorrelated($wait) => $answer,
            Choice::Schedule($wait) => $answer,
            Choice::Chain($wait) => $answer,
            Choice::Sum(boxed) => {
                let $wait = &**boxed;
                $answer
            }
        }
    };
}

/// Changes the frame around the wait that was chosen.
macro_rules! frame {
    ($choice:expr, $wait:ident => $changed:expr) => {
        match $choice {
            Choice::Fixed($wait) => Choice::Fixed($changed),
            Choice::Random($wait) => Choice::Random($changed),
            Choice::Incrementing($wait) => Choice::Incrementing($changed),
            Choice::Exponential($wait) => Choice::Exponential($changed),
            Choice::Fibonacci($wait) => Choice::Fibonacci($changed),
            Choice::Decorrelated($wait) => Choice::Decorrelated($changed),
            Choice::Schedule($wait) => Choice::Schedule($changed),
            Choice::Chain($wait) => Choice::Chain($changed),
            Choice::Sum(boxed) => {
                let $wait = *boxed;
                Choice::Sum(Box::new($changed))
            }
        }
    };
}

fn wait(term: &Term) -> Result<Choice, ParseError> {
    let made = match &term.kind {
        Kind::Duration(_, pause) => Choice::Fixed(wait::fixed(*pause)),
        Kind::Number(_) => return Err(duration(term).expect_err("it has no unit")),
        Kind::Call(call) => word(call)?,
        Kind::Joined(Operator::Plus, parts) => sum(parts)?,
        Kind::Joined(..) => return Err(ParseError::new(term.at, WAIT.combined)),
        Kind::Modified(first, modifiers) => {
            if let Kind::Duration(..) = first.kind {
                let reason = format!("a modifier stands behind a word: `fixed({first})`");
                return Err(ParseError::new(first.at, reason));
            }
            modifiers.iter().try_fold(wait(first)?, modified)?
        }
        _ => return Err(expected(&WAIT, term)),
    };
    sound(made, term.at)
}

fn sound(made: Choice, at: usize) -> Result<Choice, ParseError> {
    match Wait::<()>::check(&made) {
        Ok(()) => Ok(made),
        Err(invalid) => Err(ParseError::new(at, invalid)),
    }
}

fn word(call: &Call) -> Result<Choice, ParseError> {
    let given = duration;
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("none", []) => Choice::Fixed(wait::none()),
        ("fixed", [pause]) => Choice::Fixed(wait::fixed(given(pause)?)),
        ("random", [pauses]) => Choice::Random(wait::random(range(pauses)?)),
        ("incrementing", [start, step]) => {
            Choice::Incrementing(wait::incrementing(given(start)?, given(step)?))
        }
        ("exponential", [initial]) => Choice::Exponential(wait::exponential(given(initial)?)),
        ("fibonacci", [unit]) => Choice::Fibonacci(wait::fibonacci(given(unit)?)),
        ("decorrelated", [base]) => Choice::Decorrelated(wait::decorrelated(given(base)?)),
        ("schedule", [list]) => Choice::Schedule(wait::schedule(each(list, given)?)),
        ("chain", [list]) => Choice::Chain(wait::chain(each(list, wait)?)),
        _ => return Err(refuse(&WAIT, call)),
    })
}

/// Halves, so that a long sum is not deep.
fn sum(parts: &[Term]) -> Result<Choice, ParseError> {
    if let [only] = parts {
        return wait(only);
    }
    let (first, second) = parts.split_at(parts.len() / 2);
    let sum = Backoff::new(Sum(sum(first)?, sum(second)?));
    Ok(Choice::Sum(Box::new(sum)))
}

/// Sound after each modifier: a mistake stays one where a later modifier of that name makes good for it.
fn modified(wait: Choice, call: &Call) -> Result<Choice, ParseError> {
    let given = duration;
    let made = match (call.word.as_str(), call.args.as_slice()) {
        ("max", [cap]) => {
            let cap = given(cap)?;
            frame!(wait, wait => wait.max(cap))
        }
        ("min", [floor]) => {
            let floor = given(floor)?;
            frame!(wait, wait => wait.min(floor))
        }
        ("full_jitter", []) => frame!(wait, wait => wait.full_jitter()),
        ("equal_jitter", []) => frame!(wait, wait => wait.equal_jitter()),
        ("jitter_ratio", [ratio]) => {
            let ratio = number(ratio)?;
            frame!(wait, wait => wait.jitter_ratio(ratio))
        }
        ("jitter_add", [extra]) => {
            let extra = given(extra)?;
            frame!(wait, wait => wait.jitter_add(extra))
        }
        ("hint_max", [longest]) => {
            let longest = given(longest)?;
            frame!(wait, wait => wait.hint_max(longest))
        }
        ("factor", [factor]) => match wait {
            Choice::Exponential(wait) => Choice::Exponential(wait.factor(number(factor)?)),
            _ => {
                return Err(ParseError::new(
                    call.at,
                    "`.factor(..)` is for `exponential(..)`",
                ));
            }
        },
        _ => return Err(refuse(&WAIT_MODIFIER, call)),
    };
    sound(made, call.at)
}

impl<O: ?Sized> Wait<O> for Choice {
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
