//! Counts of retried calls, for a log line or a health page.

use core::fmt;
use core::sync::atomic::Ordering;
use core::time::Duration;

use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
use crate::call::state::RetryState;
use crate::time::display::DisplayDuration;
use crate::time::ticks::nanos;
use crate::util::sync::AtomicU64;
use crate::util::tally::Tally;

/// Live counters of the calls that name them: `stats = &STATS`.
///
/// They are lock-free and `const`-constructible, so that they can be a `static`. Each count is
/// exact; several are read one after the other. The idle time is at most 584 years. Threads count on cache lines of
/// their own, so that calls of one do not slow down those of another.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, RetryStats, StopReason, wait};
///
/// static STATS: RetryStats = RetryStats::new();
///
/// let policy = RetryPolicy::new().wait(wait::none()).stats(&STATS);
/// let _ = policy.run(|| Err::<(), _>("refused"));
/// assert_eq!(STATS.failures(StopReason::Attempts), 1);
/// assert_eq!(
///     STATS.to_string(),
///     "1 call, 3 attempts, 2 retries; 0 ok at first, 0 ok after retries, 1 failed \
///      (1 attempt limit); 0 idle, 0 asleep",
/// );
/// ```
#[derive(Default)]
pub struct RetryStats {
    counts: Tally<COUNTS>,
    idle: AtomicU64,
    asleep: AtomicU64,
}

// The numbers of the counts.
const CALLS: usize = 0;
const ATTEMPTS: usize = 1;
const RETRIES: usize = 2;
const FIRST: usize = 3;
const LATER: usize = 4;
/// And one for each reason.
const FAILURES: usize = 5;
const COUNTS: usize = FAILURES + StopReason::ALL.len();

impl RetryStats {
    /// Creates counters at zero.
    pub const fn new() -> Self {
        RetryStats {
            counts: Tally::new(),
            idle: AtomicU64::new(0),
            asleep: AtomicU64::new(0),
        }
    }

    /// Returns the number of calls begun.
    pub fn calls(&self) -> u64 {
        self.counts.get(CALLS)
    }

    /// Returns the number of attempts begun.
    pub fn attempts(&self) -> u64 {
        self.counts.get(ATTEMPTS)
    }

    /// Returns the number of attempts after the first of their call.
    pub fn retries(&self) -> u64 {
        self.counts.get(RETRIES)
    }

    /// Returns the number of calls whose first attempt succeeded.
    pub fn first_successes(&self) -> u64 {
        self.counts.get(FIRST)
    }

    /// Returns the number of calls that succeeded at a later attempt.
    pub fn later_successes(&self) -> u64 {
        self.counts.get(LATER)
    }

    /// Returns the number of calls that failed for this reason.
    pub fn failures(&self, reason: StopReason) -> u64 {
        self.counts.get(FAILURES + reason as usize)
    }

    /// Returns the sum of the pauses begun.
    pub fn idle_time(&self) -> Duration {
        Duration::from_nanos(self.idle.load(Ordering::Relaxed))
    }

    /// Returns the number of calls that currently sleep.
    pub fn asleep(&self) -> u64 {
        self.asleep.load(Ordering::Relaxed)
    }

    /// Records the start of an attempt; the first one starts a call.
    pub fn record_attempt(&self, number: u32) {
        let begun = if number == 1 { CALLS } else { RETRIES };
        self.counts.count([ATTEMPTS, begun]);
    }

    /// Records the end of a call: `reason` is `None` for a success.
    pub fn record_end(&self, attempts: u32, reason: Option<StopReason>) {
        // The first attempt of the call was refused.
        if attempts == 0 {
            self.counts.count([CALLS]);
        }
        let ended = match reason {
            Some(reason) => FAILURES + reason as usize,
            None if attempts <= 1 => FIRST,
            None => LATER,
        };
        self.counts.count([ended]);
    }

    /// Records a pause that begins; it ends when the value is dropped, also by a cancelled call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::RetryStats;
    ///
    /// let stats = RetryStats::new();
    /// let pause = stats.record_pause(Duration::from_secs(1));
    /// assert_eq!(stats.asleep(), 1);
    /// drop(pause);
    /// assert_eq!(stats.asleep(), 0);
    /// ```
    pub fn record_pause(&self, pause: Duration) -> Asleep<'_> {
        // Relaxed here and below: each number is exact by itself, and no other memory depends on it.
        // Two pauses can be longer than 64 bits hold.
        let longer = |idle: u64| Some(idle.saturating_add(nanos(pause)));
        let _ = self
            .idle
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, longer);
        self.asleep.fetch_add(1, Ordering::Relaxed);
        Asleep(self)
    }

    fn wake(&self) {
        let fewer = |asleep: u64| asleep.checked_sub(1);
        let _ = self
            .asleep
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
    }
}

/// A call that sleeps.
#[derive(Debug)]
#[must_use = "the call counts as asleep until this is dropped"]
pub struct Asleep<'a>(&'a RetryStats);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.wake();
    }
}

impl fmt::Debug for RetryStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RetryStats")
            .field(&format_args!("{self}"))
            .finish()
    }
}

/// Writes one line, such as `2 calls, 4 attempts, 2 retries; 1 ok at first, …`.
impl fmt::Display for RetryStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let (calls, attempts, retries) = (self.calls(), self.attempts(), self.retries());
        let failures = StopReason::ALL.map(|reason| (self.failures(reason), reason));
        write!(
            f,
            "{calls} call{}, {attempts} attempt{}, {retries} {}; \
             {} ok at first, {} ok after retries, {} failed",
            plural(calls),
            plural(attempts),
            if retries == 1 { "retry" } else { "retries" },
            self.first_successes(),
            self.later_successes(),
            failures
                .iter()
                .fold(0, |sum, (count, _)| count.saturating_add(sum)),
        )?;
        let mut open = " (";
        for (count, reason) in failures.iter().filter(|(count, _)| *count > 0) {
            write!(f, "{open}{count} {reason}")?;
            open = ", ";
        }
        let close = if open == ", " { ")" } else { "" };
        write!(
            f,
            "{close}; {} idle, {} asleep",
            DisplayDuration(self.idle_time()),
            self.asleep()
        )
    }
}

/// The statistics of a policy: a callback at every event.
#[derive(Clone, Copy, Debug)]
pub struct Stats<'a>(pub(crate) &'a RetryStats);

impl<O> Hooks<O> for Stats<'_> {
    const READS_CLOCK: bool = false;
    const READS_HISTORY: bool = false;

    fn before(&self, state: &RetryState<'_, O>) {
        self.0.record_attempt(state.attempt());
    }

    fn fell_asleep(&self, pause: Duration) {
        // The guard cannot span two events; `woke` does its work.
        core::mem::forget(self.0.record_pause(pause));
    }

    fn woke(&self) {
        self.0.wake();
    }

    fn on_success(&self, state: &RetryState<'_, O>) {
        self.0.record_end(state.attempt(), None);
    }

    fn on_failure(&self, state: &RetryState<'_, O>) {
        self.0.record_end(state.attempt(), state.reason());
    }
}
