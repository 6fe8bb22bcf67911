//! The report of a call.

use core::time::Duration;

use crate::call::error::{RetryError, StopReason};

/// The report of a call: its outcome, attempts, time and reason.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy};
///
/// let report = RetryPolicy::new().report(|| Ok::<_, ()>(7));
/// assert_eq!((report.attempts(), report.reason()), (1, None));
/// assert_eq!(report.into_outcome(), Ok(7));
/// ```
#[derive(Clone, Debug)]
pub struct Report<O> {
    pub(crate) outcome: O,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) reason: Option<StopReason>,
}

impl<O> Report<O> {
    /// Returns the last outcome, or that of the fallback.
    pub fn outcome(&self) -> &O {
        &self.outcome
    }

    /// Returns the outcome, by value.
    pub fn into_outcome(self) -> O {
        self.outcome
    }

    /// Returns the number of attempts that were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the time from the start of the call to its end, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the sum of the pauses.
    pub fn idle(&self) -> Duration {
        self.idle
    }

    /// Returns the reason why the call ended; `None` for a success.
    pub fn reason(&self) -> Option<StopReason> {
        self.reason
    }
}

impl<T, E> Report<Result<T, E>> {
    /// Converts the report into the value, or the last error with the course of the call.
    ///
    /// # Errors
    ///
    /// [`RetryError`], if the outcome is an error.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, wait};
    ///
    /// let report = RetryPolicy::new().wait(wait::none()).report(|| Err::<(), _>("refused"));
    /// let error = report.into_result().unwrap_err();
    /// assert!(error.to_string().ends_with("(attempt limit): refused"));
    /// ```
    pub fn into_result(self) -> Result<T, RetryError<E>> {
        let Report {
            outcome,
            attempts,
            elapsed,
            reason,
            ..
        } = self;
        let reason = reason.unwrap_or(StopReason::Final);
        outcome.map_err(|error| RetryError::new(Some(error), attempts, elapsed, reason))
    }
}
