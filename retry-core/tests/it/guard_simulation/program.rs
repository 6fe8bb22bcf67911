//! A program of calls as data.

use std::fmt;
use std::time::Duration;

use persevere_core::{Health, Interrupt, Transient, Verdict};

/// Tasks that share breakers, budgets and tokens.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) seed: u64,
    pub(crate) breakers: Vec<BreakerPlan>,
    pub(crate) budgets: Vec<BudgetPlan>,
    /// The time at which each token is cancelled.
    pub(crate) tokens: Vec<Duration>,
    pub(crate) tasks: Vec<Task>,
}

/// Concurrent calls of one task. A panic of one unwinds them all.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) begins: Duration,
    pub(crate) calls: Vec<Call>,
    /// The time at which the whole task is dropped.
    pub(crate) dropped: Option<Duration>,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) plan: Plan,
    /// One step for each started body, copies included. The last one is repeated.
    pub(crate) script: Vec<Step>,
    /// Whether a panic of its body is caught around the call.
    pub(crate) caught: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct BreakerPlan {
    pub(crate) rule: Rule,
    pub(crate) open: Duration,
    pub(crate) probes: u32,
    pub(crate) needed: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    Consecutive(u32),
    /// A number of failures in a full window of a number of calls.
    Failures(u32, u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum BudgetPlan {
    Total(u32),
    Tokens(u32),
    Throttle(u32),
    /// A minimum, and a ratio in tenths.
    InFlight(u32, u32),
    /// A ratio in tenths, and a reserve, in a window of a second.
    Ratio(u32, u32),
}

/// The policy of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) attempts: u32,
    pub(crate) after_delay: Option<Duration>,
    pub(crate) wait: Duration,
    pub(crate) hint_max: Option<Duration>,
    pub(crate) when: When,
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) reset_after: Option<Duration>,
    pub(crate) breaker: Option<Through>,
    pub(crate) budget: Option<usize>,
    pub(crate) nested: Nesting,
    pub(crate) hedge: Option<Hedging>,
    pub(crate) token: Option<Token>,
    pub(crate) fallback: bool,
    /// The time that its own sleeper sleeps longer than asked.
    pub(crate) oversleeps: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Through {
    pub(crate) breaker: usize,
    pub(crate) waits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hedging {
    pub(crate) delay: Duration,
    pub(crate) copies: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) token: usize,
    pub(crate) cuts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nesting {
    Silent,
    Independent,
    Share,
    Single,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    AnyFailure,
    Transient,
    /// Every failure, and the value 1.
    ValueToo,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) acts: Vec<Act>,
    pub(crate) end: End,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Sleep(Duration),
    /// An act that never waits, and uses up tokio's cooperative budget of its task.
    Busy(Duration),
    /// A call whose error the body returns.
    Call(Box<Call>),
    Both(Box<[Call; 2]>),
    Mark(Mark),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Retry,
    RetryNow,
    RetryAfter(Duration),
    GiveUp,
    Reset,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Outcome(Result<u8, Fault>),
    Panic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Busy,
    Asks(Duration),
    /// Retried, although the service is well.
    Conflict,
    /// Final, and the service is well.
    Broken,
    /// Final, and the service has failed.
    Untrusted,
    /// Final, and the service was not asked.
    Own,
    Cut(Interrupt),
}

/// The conversion drops the remaining open time, which the breaker's own tests cover.
impl From<Interrupt> for Fault {
    fn from(interrupt: Interrupt) -> Self {
        Fault::Cut(match interrupt {
            Interrupt::CircuitOpen { .. } => Interrupt::CircuitOpen { retry_after: None },
            other => other,
        })
    }
}

impl Transient for Fault {
    fn verdict(&self) -> Verdict {
        match self {
            Fault::Busy | Fault::Conflict => Verdict::Retry,
            Fault::Asks(pause) => Verdict::RetryAfter(*pause),
            Fault::Broken | Fault::Untrusted | Fault::Own => Verdict::Final,
            Fault::Cut(interrupt) => interrupt.verdict(),
        }
    }

    fn health(&self) -> Health {
        match self {
            Fault::Busy | Fault::Asks(_) | Fault::Untrusted => Health::Failed,
            Fault::Conflict | Fault::Broken => Health::Well,
            Fault::Own => Health::Unknown,
            Fault::Cut(interrupt) => interrupt.health(),
        }
    }
}

impl Call {
    /// Returns the step of the body that is started as this one, from 0.
    pub(crate) fn step(&self, nth: usize) -> &Step {
        &self.script[nth.min(self.script.len() - 1)]
    }
}

/// Prints a line for each item, and indents nested ones.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "program {}", self.seed)?;
        writeln!(f, "{:?}", self.breakers)?;
        writeln!(
            f,
            "{:?}, tokens cancelled at {:?}",
            self.budgets, self.tokens
        )?;
        for task in &self.tasks {
            writeln!(f, "task at {:?}, dropped {:?}", task.begins, task.dropped)?;
            task.calls.iter().try_for_each(|call| call.show(f, 1))?;
        }
        Ok(())
    }
}

impl Call {
    fn show(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "    ".repeat(depth);
        let caught = if self.caught { ", caught" } else { "" };
        writeln!(f, "{indent}call {:?}{caught}", self.plan)?;
        for step in &self.script {
            for act in &step.acts {
                match act {
                    Act::Call(inner) => inner.show(f, depth + 1)?,
                    Act::Both(both) => {
                        let [one, other] = &**both;
                        one.show(f, depth + 1)?;
                        writeln!(f, "{indent}    beside")?;
                        other.show(f, depth + 1)?;
                    }
                    _ => writeln!(f, "{indent}  {act:?}")?,
                }
            }
            writeln!(f, "{indent}  {:?}", step.end)?;
        }
        Ok(())
    }
}
