//! The list of sentences that describe a policy.

use core::fmt::{self, Display, Write};

use super::fill;
use crate::key::Key;

/// A sentence about a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The one of a key.
    Key(Key),
    /// A function that is tried once.
    Once,
    /// Limits by default, beside cases with limits of their own.
    OtherStop,
    /// Pauses that failures ask for, up to the longest.
    Hint,
    /// Pauses that failures ask for.
    AnyHint,
    /// A limiter that does not let calls wait.
    FailFast,
    /// A breaker that lets calls wait.
    WaitFor,
    /// A breaker that only counts.
    MetricsOnly,
    /// The last outcome, where nothing else is returned.
    LastOutcome,
    /// A deadline of a call whose attempts block.
    BlockingDeadline,
    /// A hedge of the user's own.
    OwnHedge,
    /// Items that do not start counts again.
    NoProgress,
    /// The last item, where a stream gives up.
    LastItem,
    /// The end of retries, where each retried outcome has a sentence of its own.
    Final,
    /// The fallback of a function that is tried once.
    FallbackOfOnce,
    /// Outcomes that are no failures of a function that is tried once.
    NoFailure,
}

/// The order of the keys in a description: the limits, then the shape of an attempt, then the result.
const ORDER: [Key; 34] = [
    Key::Policy,
    Key::Enabled,
    Key::Stop,
    Key::Wait,
    Key::Case,
    Key::When,
    Key::Unless,
    Key::Resume,
    Key::Endless,
    Key::IdleTimeout,
    Key::Progress,
    Key::Deadline,
    Key::AttemptTimeout,
    Key::Budget,
    Key::RateLimiter,
    Key::Breaker,
    Key::Bulkhead,
    Key::Hedge,
    Key::Nested,
    Key::ResetAfter,
    Key::Attempt,
    Key::Once,
    Key::Clone,
    Key::Interrupt,
    Key::Before,
    Key::Sleep,
    Key::Name,
    Key::Stats,
    Key::Span,
    Key::Metrics,
    Key::Fallback,
    Key::WrapErr,
    Key::Unretried,
    Key::RetryWith,
];

impl Line {
    fn template(self) -> &'static str {
        match self {
            Line::Key(key) => key.sentence(),
            Line::Once => "Makes one attempt, without retries.",
            Line::OtherStop => "Gives up {0} that end in outcomes without a limit of their own.",
            Line::Hint => {
                "Waits longer where the failure asks for it, as by `Retry-After`, and gives up where that is longer than \
                 {0}."
            }
            Line::AnyHint => "Waits longer where the failure asks for it, as by `Retry-After`.",
            Line::FailFast => {
                "Takes a permit of the rate limiter {0} for each attempt, and ends where none is free."
            }
            Line::WaitFor => "Waits before each attempt while the circuit breaker {0} is open.",
            Line::MetricsOnly => {
                "Counts attempts in the circuit breaker {0}, which lets all of them through."
            }
            Line::LastOutcome => "When it gives up, returns the last outcome.",
            Line::BlockingDeadline => {
                "Begins no attempt after a deadline of {0}, pauses included, and interrupts none."
            }
            Line::OwnHedge => "Starts further copies of a slow attempt by {0}.",
            Line::LastItem => "When it gives up, gives the last error as an item and ends.",
            Line::NoFailure => "Never takes {0} for a failure.",
            Line::Final => "What is not retried is final.",
            Line::FallbackOfOnce => {
                "In place of a failure or a refusal, returns the result of {0}."
            }
            Line::NoProgress => "Goes on counting attempts and pauses after an item.",
        }
    }
}

/// A list under construction.
pub struct Lines<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl Lines<'_> {
    /// Writes a sentence as the next item.
    pub fn say(&mut self, line: Line, args: &[&dyn Display]) -> fmt::Result {
        self.out
            .write_str(if self.is_empty { "- " } else { "\n- " })?;
        self.is_empty = false;
        fill(self.out, line.template(), args)
    }
}

/// Writes a description: what `line` says of each key, in the order of a description.
pub fn list(
    out: &mut dyn Write,
    line: &mut dyn FnMut(Key, &mut Lines<'_>) -> fmt::Result,
) -> fmt::Result {
    let mut lines = Lines {
        out,
        is_empty: true,
    };
    ORDER.into_iter().try_for_each(|key| line(key, &mut lines))
}
