//! Answers of a policy without a run: its check, its schedule, the pause of a re-scheduled job.

use core::time::Duration;

use super::RetryPolicy;
use crate::call::error::StopReason;
use crate::engine::cases::CheckedCases;
use crate::guard::CheckedGuards;
use crate::invalid::InvalidValue;
use crate::policy::schedule::Schedule;
use crate::stop::Stop;
use crate::wait::Wait;

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Checks the values of the policy.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake. A policy that is not checked normalises it by the rule of
    /// [`InvalidValue`].
    ///
    /// What only an outcome's type makes complete is not checked: callbacks, and the time that
    /// [`fallback_within`](Self::fallback_within) reserves.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{InvalidValue, RetryPolicy, wait};
    ///
    /// let second = Duration::from_secs(1);
    /// let reversed = RetryPolicy::new().wait(wait::random(3 * second..second));
    /// assert_eq!(reversed.validate().unwrap_err(), InvalidValue::ReversedRange);
    /// ```
    pub fn validate(&self) -> Result<(), InvalidValue>
    where
        S: Stop,
        W: Wait<()>,
        C: CheckedCases,
        G: CheckedGuards,
    {
        self.0.stop.check()?;
        self.0.wait.check()?;
        self.0.cases.check()?;
        self.0.guards.check()
    }

    /// Returns the pauses of a call whose every attempt fails at once, as a table.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, stop, wait};
    ///
    /// let policy = RetryPolicy::new()
    ///     .stop(stop::after_attempt(4))
    ///     .wait(wait::exponential(Duration::from_secs(1)).full_jitter());
    /// println!("{}", policy.schedule());
    /// ```
    pub fn schedule(&self) -> Schedule
    where
        S: Stop,
        W: Wait<()>,
    {
        self.0.schedule_of::<()>()
    }

    /// Returns the pause after `attempt` attempts and `elapsed` since the first, for queues that re-schedule
    /// a failed job instead of sleeping.
    ///
    /// # Errors
    ///
    /// The reason why no attempt follows.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, StopReason, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(5)));
    /// assert_eq!(policy.resume(2, Duration::ZERO), Ok(Duration::from_secs(5)));
    /// assert_eq!(policy.resume(3, Duration::ZERO), Err(StopReason::Attempts));
    /// ```
    pub fn resume(&self, attempt: u32, elapsed: Duration) -> Result<Duration, StopReason>
    where
        S: Stop,
        W: Wait<()>,
    {
        self.0.resume_of::<()>(attempt, elapsed)
    }
}
