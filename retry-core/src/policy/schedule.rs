//! The pauses of a policy, as a table for people.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::call::outcome::Verdict;
use crate::call::random::RandomSource;
use crate::engine::decide::Decide;
use crate::engine::machine::{Call, FullHistory};
use crate::stop::Stop;
use crate::test_hooks;
use crate::time::display::DisplayDuration;
use crate::wait::Wait;

/// The pauses of a call whose every attempt fails at once: `policy.schedule()`.
///
/// The table asks the same strategies as a call, with every draw at its low end, middle and high end. It ends
/// where the stop would end a call that draws high, or after 20 rows.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let schedule = RetryPolicy::new()
///     .stop(stop::after_attempt(3))
///     .wait(wait::exponential(Duration::from_secs(1)).full_jitter())
///     .schedule();
/// assert_eq!(schedule.rows().len(), 2);
/// assert_eq!(schedule.rows()[1].latest, Duration::from_secs(2));
/// assert_eq!(schedule.rows()[1].cumulative, Duration::from_secs(3));
/// assert_eq!(
///     schedule.to_string(),
///     "attempt    earliest      median      latest  cumulative\n\
///      \x20     1           0       500ms          1s          1s\n\
///      \x20     2           0          1s          2s          3s\n\
///      then the call gives up: attempt limit\n",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    rows: Vec<ScheduleRow>,
    end: Option<crate::StopReason>,
}

/// The pause after one attempt.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{RetryPolicy, wait};
///
/// let second = Duration::from_secs(1);
/// let row = RetryPolicy::new().wait(wait::random(second..3 * second)).schedule().rows()[0];
/// assert_eq!((row.attempt, row.earliest, row.median, row.latest), (1, second, 2 * second, 3 * second));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScheduleRow {
    /// The number of the attempt that failed.
    pub attempt: u32,
    /// The shortest pause.
    pub earliest: Duration,
    /// The pause with every draw in the middle.
    pub median: Duration,
    /// The longest pause.
    pub latest: Duration,
    /// The sum of the longest pauses so far.
    pub cumulative: Duration,
}

const ROWS: usize = 20;

/// The name of the call that a timeline simulates.
const NAME: &str = "schedule";

impl Schedule {
    pub(crate) fn new<O, S: Stop, W: Wait<O>>(stop: &S, wait: &W) -> Self {
        test_hooks::apart(|| Schedule::tabulate::<O, S, W>(stop, wait))
    }

    fn tabulate<O, S: Stop, W: Wait<O>>(stop: &S, wait: &W) -> Self {
        let mut earliest = Timeline::new(0);
        let mut median = Timeline::new(1 << 63);
        let mut latest = Timeline::new(u64::MAX);
        let mut schedule = Schedule {
            rows: Vec::new(),
            end: None,
        };
        while schedule.rows.len() < ROWS {
            let attempt = latest.call.attempt() + 1;
            match latest.next::<O>(stop, wait) {
                Err(reason) => {
                    schedule.end = Some(reason);
                    break;
                }
                Ok(pause) => schedule.rows.push(ScheduleRow {
                    attempt,
                    earliest: earliest.pause::<O>(wait),
                    median: median.pause::<O>(wait),
                    latest: pause,
                    cumulative: latest.elapsed,
                }),
            }
        }
        schedule
    }

    /// Returns the rows, one for every pause.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    ///
    /// assert_eq!(RetryPolicy::new().schedule().rows().len(), 2);
    /// ```
    pub fn rows(&self) -> &[ScheduleRow] {
        &self.rows
    }
}

/// One call in virtual time whose every draw is the same.
struct Timeline {
    call: Call<FullHistory>,
    random: RandomSource,
    elapsed: Duration,
}

impl Timeline {
    fn new(draw: u64) -> Self {
        Timeline {
            call: Call::new(),
            random: RandomSource::Fixed(draw),
            elapsed: Duration::ZERO,
        }
    }

    fn next<O>(
        &mut self,
        stop: &impl Stop,
        wait: &impl Wait<O>,
    ) -> Result<Duration, crate::StopReason> {
        self.call.begin(NAME);
        let mut state = self.call.state::<O>(NAME, self.elapsed, None);
        state.progress.random = self.random;
        state.judge(Verdict::Retry);
        let pause = state.coming_pause(stop, wait)?;
        state.progress.pause = Some(pause);
        self.call.paused(&state);
        self.elapsed = self.elapsed.saturating_add(pause);
        Ok(pause)
    }

    fn pause<O>(&mut self, wait: &impl Wait<O>) -> Duration {
        self.next::<O>(&crate::stop::never(), wait)
            .unwrap_or_default()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "attempt  {:>10}  {:>10}  {:>10}  {:>10}",
            "earliest", "median", "latest", "cumulative"
        )?;
        for row in &self.rows {
            writeln!(
                f,
                "{:>7}  {:>10}  {:>10}  {:>10}  {:>10}",
                row.attempt,
                DisplayDuration(row.earliest),
                DisplayDuration(row.median),
                DisplayDuration(row.latest),
                DisplayDuration(row.cumulative)
            )?;
        }
        match self.end {
            Some(reason) => writeln!(f, "then the call gives up: {reason}"),
            None => writeln!(f, "and so on"),
        }
    }
}
