//! A policy as data, and the real policy made from it.

use std::time::Duration;

use persevere_core::stop::{self, DefaultStop};
use persevere_core::wait::{self, Backoff, Formula as Shape};
use persevere_core::{
    CancelToken, Interrupt, Predicate, Progress, RetryState, Stop as Stopping, Transient, Verdict,
    Wait as Waiting, when,
};

pub type Outcome = Result<u8, Fault>;

/// The errors of the attempts of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Busy(u8),
    Asks(Duration),
    Broken,
    Cut(Interrupt),
}

impl From<Interrupt> for Fault {
    fn from(interrupt: Interrupt) -> Self {
        Fault::Cut(interrupt)
    }
}

impl Transient for Fault {
    fn verdict(&self) -> Verdict {
        match *self {
            Fault::Busy(_) | Fault::Cut(_) => Verdict::Retry,
            Fault::Asks(pause) => Verdict::RetryAfter(pause),
            Fault::Broken => Verdict::Final,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub stop: Stop,
    pub wait: Wait,
    pub when: When,
    pub cases: Vec<Case>,
    pub deadline: Option<Duration>,
    pub attempt_timeout: Option<Duration>,
    pub reset_after: Option<Duration>,
    pub enabled: bool,
    /// The number of retries in total.
    pub budget: u32,
    /// The number of consecutive failures after which it opens, and its open time.
    pub breaker: Option<(u32, Duration)>,
    /// The time at which the token is cancelled.
    pub cancel: Option<Duration>,
    pub fallback: bool,
    /// Whether a cut attempt has an outcome even without one before it.
    pub interrupts: bool,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub when: When,
    pub stop: Stop,
    pub wait: Wait,
}

/// The behaviour of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub takes: Duration,
    pub outcome: Outcome,
    pub mark: Option<Mark>,
    pub reset: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Mark {
    Retry,
    RetryNow,
    RetryAfter(Duration),
    GiveUp,
}

impl Step {
    /// Returns the part of the step that needs no handle.
    pub fn unmarked(&self) -> Step {
        Step {
            mark: None,
            reset: false,
            ..*self
        }
    }
}

impl Plan {
    /// Returns the plan without cases, guards and callbacks.
    pub fn bare(&self) -> Plan {
        Plan {
            // Without marks nothing else may end the call.
            stop: Stop::Any(vec![self.stop.clone(), Stop::Attempts(12)]),
            cases: Vec::new(),
            deadline: None,
            attempt_timeout: None,
            reset_after: None,
            enabled: true,
            budget: u32::MAX,
            breaker: None,
            fallback: false,
            interrupts: false,
            ..self.clone()
        }
    }
}

#[derive(Clone, Debug)]
pub enum Stop {
    Default,
    Attempts(u32),
    After(Duration),
    Before(Duration),
    Asleep(Duration),
    Never,
    Cancelled { cut: bool },
    Any(Vec<Stop>),
    All(Vec<Stop>),
}

impl Stop {
    pub fn real<'a>(&self, token: &'a CancelToken) -> Box<dyn Stopping + 'a> {
        let several = |stops: &[Stop]| -> Vec<_> { stops.iter().map(|s| s.real(token)).collect() };
        match *self {
            Stop::Default => Box::new(DefaultStop),
            Stop::Attempts(n) => Box::new(stop::after_attempt(n)),
            Stop::After(limit) => Box::new(stop::after_delay(limit)),
            Stop::Before(limit) => Box::new(stop::before_delay(limit)),
            Stop::Asleep(limit) => Box::new(move |p: &Progress<'_>| p.idle_for() >= limit),
            Stop::Never => Box::new(stop::never()),
            Stop::Cancelled { cut: false } => Box::new(stop::cancelled(token)),
            Stop::Cancelled { cut: true } => Box::new(stop::cancelled(token).abort_attempt()),
            Stop::Any(ref stops) => match &stops[..] {
                [a, b] => Box::new(stop::never() | a.real(token) | b.real(token)),
                _ => Box::new(stop::any(several(stops))),
            },
            Stop::All(ref stops) => match &stops[..] {
                [a, b] => Box::new(stop::all((a.real(token), b.real(token)))),
                _ => Box::new(stop::all(several(stops))),
            },
        }
    }
}

#[derive(Clone, Debug)]
pub struct Wait {
    pub curve: Curve,
    pub min: Option<Duration>,
    pub max: Option<Duration>,
    pub jitter: Jitter,
    pub hint_max: Option<Duration>,
}

#[derive(Clone, Debug)]
pub enum Curve {
    Fixed(Duration),
    Random(Duration, Duration),
    Incrementing(Duration, Duration),
    /// The factor, in halves.
    Exponential(Duration, u32),
    Fibonacci(Duration),
    Decorrelated(Duration),
    Schedule(Vec<Duration>),
    Chain(Vec<Wait>),
    Sum(Box<Wait>, Box<Wait>),
    /// The number of the attempt times this pause, as a closure.
    Each(Duration),
}

#[derive(Clone, Copy, Debug)]
pub enum Jitter {
    None,
    Full,
    Equal,
    Ratio(f64),
    Add(Duration),
}

impl Wait {
    pub fn real(&self) -> Box<dyn Waiting<Outcome>> {
        match &self.curve {
            Curve::Fixed(pause) => self.framed(wait::fixed(*pause)),
            Curve::Random(low, high) => self.framed(wait::random(*low..*high)),
            Curve::Incrementing(start, step) => self.framed(wait::incrementing(*start, *step)),
            Curve::Exponential(initial, halves) => {
                let wait = wait::exponential(*initial);
                self.framed(wait.factor(f64::from(*halves) / 2.0))
            }
            Curve::Fibonacci(unit) => self.framed(wait::fibonacci(*unit)),
            Curve::Decorrelated(base) => self.framed(wait::decorrelated(*base)),
            Curve::Schedule(pauses) => self.framed(wait::schedule(pauses.clone())),
            Curve::Chain(links) => {
                let links: Vec<_> = links.iter().map(Wait::real).collect();
                self.framed(wait::chain(links))
            }
            Curve::Sum(a, b) => self.framed(wait::chain((a.real(),)) + b.real()),
            Curve::Each(pause) => {
                let pause = *pause;
                let each = move |s: &RetryState<'_, Outcome>| pause * s.attempt();
                self.framed(wait::chain((each,)))
            }
        }
    }

    fn framed<C: Shape<Outcome> + 'static>(&self, wait: Backoff<C>) -> Box<dyn Waiting<Outcome>> {
        let mut wait = wait.min(self.min.unwrap_or_default());
        if let Some(max) = self.max {
            wait = wait.max(max);
        }
        if let Some(most) = self.hint_max {
            wait = wait.hint_max(most);
        }
        Box::new(match self.jitter {
            Jitter::None => wait,
            Jitter::Full => wait.full_jitter(),
            Jitter::Equal => wait.equal_jitter(),
            Jitter::Ratio(ratio) => wait.jitter_ratio(ratio),
            Jitter::Add(most) => wait.jitter_add(most),
        })
    }
}

#[derive(Clone, Debug)]
pub enum When {
    AnyFailure,
    Transient,
    Always,
    Never,
    Ok(u8),
    Busy(u8),
    /// A user's predicate: every failure, after this pause.
    After(Duration),
    Not(Box<When>),
    Or(Box<When>, Box<When>),
    And(Box<When>, Box<When>),
}

impl When {
    pub fn real(&self) -> Box<dyn Predicate<Outcome>> {
        match self {
            When::AnyFailure => Box::new(when::any_failure()),
            When::Transient => Box::new(when::transient()),
            When::Always => Box::new(when::always()),
            When::Never => Box::new(when::never()),
            When::Ok(value) => {
                let value = *value;
                Box::new(when::ok(move |it: &u8| *it == value))
            }
            When::Busy(kind) => {
                let kind = *kind;
                Box::new(when::err(move |it: &Fault| *it == Fault::Busy(kind)))
            }
            When::After(pause) => Box::new(After(*pause)),
            When::Not(it) => Box::new(!(when::never() | it.real())),
            When::Or(a, b) => Box::new(when::never() | a.real() | b.real()),
            When::And(a, b) => Box::new(when::always() & a.real() & b.real()),
        }
    }
}

struct After(Duration);

impl Predicate<Outcome> for After {
    fn verdict(&self, outcome: &Outcome) -> Verdict {
        match outcome {
            Ok(_) => Verdict::Final,
            Err(_) => Verdict::RetryAfter(self.0),
        }
    }
}
