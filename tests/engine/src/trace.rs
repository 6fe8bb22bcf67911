//! The trace of a call.

use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::{RetryStats, StopReason, Verdict};

use crate::plan::Outcome;

/// The driver of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    Blocking,
    Async,
    Steps,
}

/// The observable behaviour of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub events: Vec<Event>,
    pub outcome: Outcome,
    pub took: Duration,
    pub report: Option<Report>,
    /// The pauses and the give-up that a recorder has written down.
    pub recorded: Vec<Decision>,
    pub counted: Counted,
    pub budget_left: u64,
    pub breaker: State,
}

/// The report of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    pub attempts: u32,
    pub elapsed: Duration,
    pub idle: Duration,
    pub reason: Option<StopReason>,
}

/// Counters of the statistics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    pub calls: u64,
    pub attempts: u64,
    pub retries: u64,
    pub first_successes: u64,
    pub later_successes: u64,
    pub failure: Option<StopReason>,
    pub idle: Duration,
    pub asleep: u64,
}

impl From<&RetryStats> for Counted {
    fn from(stats: &RetryStats) -> Self {
        let mut failures = StopReason::ALL
            .into_iter()
            .filter(|it| stats.failures(*it) > 0);
        Counted {
            calls: stats.calls(),
            attempts: stats.attempts(),
            retries: stats.retries(),
            first_successes: stats.first_successes(),
            later_successes: stats.later_successes(),
            failure: failures.next(),
            idle: stats.idle_time(),
            asleep: stats.asleep(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    Attempt {
        number: u32,
        at: Duration,
        remaining: Option<Duration>,
    },
    Callback(&'static str, Seen),
    Fallback {
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
        outcome: Outcome,
    },
}

/// The state that a callback sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    pub attempt: u32,
    pub elapsed: Duration,
    pub idle: Duration,
    pub previous: Duration,
    pub pause: Option<Duration>,
    pub verdict: Option<Verdict>,
    pub reason: Option<StopReason>,
    pub class: Option<usize>,
    pub outcome: Option<Outcome>,
}

/// The decision after a retryable outcome: a pause, or the reason for giving up.
pub type Decision = Result<Duration, StopReason>;

/// The value of the fallback.
pub const FALLEN_BACK: u8 = 200;
