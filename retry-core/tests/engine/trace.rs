//! What is seen of a call.

use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::{RetryStats, StopReason, Verdict};

use crate::plan::Outcome;

/// Who drives the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    Blocking,
    Async,
    Steps,
}

/// Everything that can be seen of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
    pub(crate) report: Option<Report>,
    /// The pauses and the give-up that a recorder has written down.
    pub(crate) recorded: Vec<Decision>,
    pub(crate) counted: Counted,
    pub(crate) budget_left: u64,
    pub(crate) breaker: State,
}

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) reason: Option<StopReason>,
}

/// What statistics count.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    pub(crate) calls: u64,
    pub(crate) attempts: u64,
    pub(crate) retries: u64,
    pub(crate) first_successes: u64,
    pub(crate) later_successes: u64,
    pub(crate) failure: Option<StopReason>,
    pub(crate) idle: Duration,
    pub(crate) asleep: u64,
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
pub(crate) enum Event {
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

/// What a callback sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) attempt: u32,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) previous: Duration,
    pub(crate) pause: Option<Duration>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) reason: Option<StopReason>,
    pub(crate) class: Option<usize>,
    pub(crate) outcome: Option<Outcome>,
}

/// What follows a retryable outcome: a pause, or why there is none.
pub(crate) type Decision = Result<Duration, StopReason>;

/// What the fallback returns.
pub(crate) const FALLEN_BACK: u8 = 200;
