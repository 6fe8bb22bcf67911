//! The reason of the end of a call, and the error that carries it.

use alloc::boxed::Box;
use core::error::Error;
use core::fmt;
use core::time::Duration;

/// A reason why no further attempt was made.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::StopReason;
///
/// assert_eq!(StopReason::Attempts.to_string(), "attempt limit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// The outcome was final: no retry was wanted.
    Final,
    /// The limit of attempts was reached.
    Attempts,
    /// The limit of elapsed time was reached, or the coming pause would reach it.
    Elapsed,
    /// The deadline has passed, or the coming pause would pass it.
    Deadline,
    /// The budget refused a retry.
    Budget,
    /// The circuit breaker is open.
    CircuitOpen,
    /// A token cancelled the call.
    Cancelled,
    /// The failure asked for a longer pause than the wait allows.
    Hint,
    /// The rate limiter had no permit within the time that the call may wait.
    RateLimited,
    /// The bulkhead had no place, and no room in its line.
    BulkheadFull,
    /// The body itself, or a stop condition of the user's own, gave up.
    GivenUp,
}

impl StopReason {
    /// Every reason, in the order of their declaration.
    pub const ALL: [StopReason; 11] = [
        StopReason::Final,
        StopReason::Attempts,
        StopReason::Elapsed,
        StopReason::Deadline,
        StopReason::Budget,
        StopReason::CircuitOpen,
        StopReason::Cancelled,
        StopReason::Hint,
        StopReason::RateLimited,
        StopReason::BulkheadFull,
        StopReason::GivenUp,
    ];

    /// Returns the reason as a label of metrics and a field of events.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::StopReason;
    ///
    /// assert_eq!(StopReason::CircuitOpen.label(), "circuit_open");
    /// ```
    pub const fn label(self) -> &'static str {
        match self {
            StopReason::Final => "final",
            StopReason::Attempts => "attempts",
            StopReason::Elapsed => "delay",
            StopReason::Deadline => "deadline",
            StopReason::Budget => "budget",
            StopReason::CircuitOpen => "circuit_open",
            StopReason::Cancelled => "cancelled",
            StopReason::Hint => "hint",
            StopReason::RateLimited => "rate_limited",
            StopReason::BulkheadFull => "bulkhead_full",
            StopReason::GivenUp => "given_up",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StopReason::Final => "not retryable",
            StopReason::Attempts => "attempt limit",
            StopReason::Elapsed => "time limit",
            StopReason::Deadline => "deadline",
            StopReason::Budget => "retry budget exhausted",
            StopReason::CircuitOpen => "circuit open",
            StopReason::Cancelled => "cancelled",
            StopReason::Hint => "asked to wait too long",
            StopReason::RateLimited => "rate limited",
            StopReason::BulkheadFull => "bulkhead full",
            StopReason::GivenUp => "given up",
        })
    }
}

/// The error of a call with `wrap_err = true`: the last error, the attempts, the time and the reason.
///
/// A call that gives up on a retryable value has an error without a last error.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, StopReason, wait};
///
/// let policy = RetryPolicy::new().wait(wait::none());
/// let error = policy.report(|| Err::<(), _>("refused")).into_result().unwrap_err();
/// assert_eq!(error.attempts(), 3);
/// assert_eq!(error.reason(), StopReason::Attempts);
/// assert_eq!(error.last(), Some(&"refused"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryError<E> {
    last: Option<E>,
    last_value: Option<Box<str>>,
    attempts: u32,
    elapsed: Duration,
    reason: StopReason,
}

impl<E> RetryError<E> {
    pub(crate) fn new(
        last: Option<E>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> Self {
        RetryError {
            last,
            last_value: None,
            attempts,
            elapsed,
            reason,
        }
    }

    /// Returns the error of the last attempt, or that of an interrupt; `None` if it ended with a value.
    pub fn last(&self) -> Option<&E> {
        self.last.as_ref()
    }

    /// Returns the error of the last attempt, by value.
    pub fn into_last(self) -> Option<E> {
        self.last
    }

    /// Returns the error with the text of the value that a call gave up with.
    pub(crate) fn with_last_value(mut self, value: Option<Box<str>>) -> Self {
        self.last_value = value;
        self
    }

    /// Returns the text of the last value, by its `Debug`, in a call that gave up with a value: the state that a
    /// poll saw last. `None` if it ended with an error, or the value has no `Debug` or was dropped before the pause.
    pub fn last_value(&self) -> Option<&str> {
        self.last_value.as_deref()
    }

    /// Returns the number of attempts that were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the time from the start of the call to its end, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the reason why the call ended.
    pub fn reason(&self) -> StopReason {
        self.reason
    }
}

/// Writes one line: `gave up after 3 attempts in 1.2s (attempt limit): connection refused`, or without a last
/// error `gave up after 3 attempts in 1.2s (attempt limit)`, with `: last value Running` if it ended with one.
impl<E: fmt::Display> fmt::Display for RetryError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.reason == StopReason::Final {
            "failed"
        } else {
            "gave up"
        };
        let plural = if self.attempts == 1 { "" } else { "s" };
        write!(
            f,
            "{verb} after {} attempt{plural} in {:.1?} ({})",
            self.attempts, self.elapsed, self.reason
        )?;
        match (&self.last, &self.last_value) {
            (Some(error), _) => write!(f, ": {error}"),
            (None, Some(value)) => write!(f, ": last value {value}"),
            (None, None) => Ok(()),
        }
    }
}

impl<E: Error + 'static> Error for RetryError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.last.as_ref().map(|error| error as _)
    }
}
