//! Values that can only be mistakes.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// A value that can only be a mistake.
///
/// The strategies of a policy normalise it, and [`validate`](crate::RetryPolicy::validate) reports it. A
/// breaker, a budget, a bulkhead or a hedge cannot have it: a constant does not compile, and
/// `Settings::build()` reports it.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{InvalidValue, RetryPolicy, stop};
///
/// let policy = RetryPolicy::new().stop(stop::after_attempt(0));
/// assert_eq!(policy.validate().unwrap_err(), InvalidValue::ZeroAttempts);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum InvalidValue {
    /// `after_attempt(0)`; one attempt is made.
    ZeroAttempts,
    /// `any` or `all` without parts, which never end a call; `chain` or `schedule` without parts, which do
    /// not pause.
    Empty,
    /// A range whose end is below its start; the ends are swapped.
    ReversedRange,
    /// A cap below the first pause; the cap wins.
    CapBelowFirstPause,
    /// A cap below the least pause; the cap wins.
    CapBelowMinimum,
    /// A factor that is not a number of at least 1; 1 is used, or the cap if the factor is infinite.
    Factor(f64),
    /// A jitter ratio outside `0..=1`; the nearest end is used, 0 for NaN.
    JitterRatio(f64),
    /// A capacity of a budget that does not pay for one retry.
    BudgetCapacity(u32),
    /// A cost of a retry that is 0, or more than the budget holds.
    BudgetCost(u32),
    /// A setting of a budget that counts in another way.
    BudgetKind,
    /// A ratio of a budget outside `0..=1`, of a throttle outside `0.001..=1`.
    BudgetRatio(f64),
    /// A window of a budget outside 1 s to 60 s.
    BudgetWindow(Duration),
    /// A number of places of a bulkhead that is 0, or 2²¹ or more.
    BulkheadPlaces(u32),
    /// A range of places of a bulkhead whose end is below its start.
    ReversedPlaces(u32, u32),
    /// A line of a bulkhead with room for 2²¹ calls or more.
    BulkheadQueue(u32),
    /// A number of failures in a row that opens a breaker: 0, or 2³⁰ or more.
    Consecutive,
    /// A rate of a breaker outside `0..=1`, or NaN.
    Rate(f64),
    /// A window of a breaker that holds nothing, or more than its largest size.
    Window,
    /// A number of failures of a breaker that is 0, or their period that is not one of [`Window`](Self::Window).
    FailuresWithin,
    /// Open times of a breaker that are none, more than 8, or of which one is zero, or 584 years or more.
    OpenTimes,
    /// Open times of a breaker beside one open time, or one that grows.
    OpenTimesAndOpenFor,
    /// A minimum of calls of a breaker that is 0, or more than the window holds.
    Minimum,
    /// A number of probes of a breaker that is 0, or more than 1023.
    Probes,
    /// A number of required successes of a breaker that is 0, or more than the probes.
    Successes,
    /// A duration of a breaker that is zero, or 584 years or more.
    BreakerDuration,
    /// A longest open time of a breaker below the first.
    CapBelowOpenTime,
    /// A rate limiter without permits.
    Permits,
    /// A burst of a rate limiter that is 0, or takes 36 years or more to be permitted again.
    Burst,
    /// A duration of a rate limiter that is zero, or 36 years or more.
    LimiterDuration,
    /// A deadline of zero; no attempt is made.
    ZeroDeadline,
    /// An attempt timeout of zero; no attempt has the time to end.
    ZeroAttemptTimeout,
    /// An attempt timeout above the deadline, which ends the call first.
    TimeoutAboveDeadline,
    /// A wait without a second attempt; it is not used.
    NothingWaits,
    /// A delay of zero before a further copy of an attempt.
    ZeroDelay,
    /// A quantile that is not between 0 and 1.
    Quantile(f64),
    /// A number of copies of an attempt that is not 2, 3 or 4.
    Copies(u32),
}

impl InvalidValue {
    /// Returns the fix for the mistake, as a message.
    pub(crate) const fn advice(&self) -> &'static str {
        match self {
            InvalidValue::ZeroAttempts => {
                "`after_attempt(0)` would never run the function; use at least 1"
            }
            InvalidValue::Empty => "a combination of nothing; give at least one part",
            InvalidValue::ReversedRange => "the range is empty; write the shorter duration first",
            InvalidValue::CapBelowFirstPause => {
                "the cap is below the first pause; raise `max` or shorten the first"
            }
            InvalidValue::CapBelowMinimum => "`max` is below `min`; swap them",
            InvalidValue::Factor(_) => "the factor must be a finite number of at least 1",
            InvalidValue::JitterRatio(_) => "the jitter ratio must be between 0 and 1",
            InvalidValue::Consecutive => {
                "`consecutive` takes the failures in a row that open the breaker: \
                 at least 1, and less than 2³⁰"
            }
            InvalidValue::Rate(_) => "a breaker's rate must be between 0 and 1, such as 0.5",
            InvalidValue::Window => {
                "a breaker's window holds something: `count(1)` to `count(1_000_000)`, \
                 or `time` of at least 10 ns and below 584 years"
            }
            InvalidValue::FailuresWithin => {
                "`failures_within` takes the failures that open the breaker, at least 1, \
                 and their period, of at least 10 ns and below 584 years"
            }
            InvalidValue::OpenTimes => {
                "`open_times` takes 1 to 8 open times, each longer than zero and below 584 years"
            }
            InvalidValue::OpenTimesAndOpenFor => {
                "`open_times` has every open time; remove `open_for` and `growing`"
            }
            InvalidValue::Minimum => {
                "`minimum` is at least 1, and no more than the window of `count` holds"
            }
            InvalidValue::Probes => {
                "`probes` takes the calls that a half-open breaker lets through: 1 to 1023"
            }
            InvalidValue::Successes => {
                "`successes` takes how many of the `probes` must succeed: \
                 at least 1, and no more than there are probes"
            }
            InvalidValue::BreakerDuration => {
                "a breaker's durations are longer than zero and below 584 years"
            }
            InvalidValue::CapBelowOpenTime => {
                "the longest open time is below `open_for`, 30 s unless given; raise the `max` of `growing`"
            }
            InvalidValue::BudgetCapacity(_) => {
                "the budget does not pay for one retry; raise the capacity"
            }
            InvalidValue::BudgetCost(_) => "a retry costs at least 1, and at most the capacity",
            InvalidValue::BudgetKind => {
                "the budget counts in another way; `costs` is for `tokens`, `reserve` for `ratio`"
            }
            InvalidValue::BudgetRatio(_) => {
                "a budget's ratio is between 0 and 1, for a throttle at least 0.001"
            }
            InvalidValue::BudgetWindow(_) => "a budget's window is between 1 s and 60 s",
            InvalidValue::BulkheadPlaces(_) => {
                "a bulkhead has places for the attempts that may run at a time: \
                 at least 1, and less than 2²¹"
            }
            InvalidValue::ReversedPlaces(..) => {
                "the range of places is empty; write the smaller number first, such as `1..=200`"
            }
            InvalidValue::BulkheadQueue(_) => {
                "`queue` takes the calls that may wait in line: less than 2²¹, and 0 for none"
            }
            InvalidValue::Permits => {
                "`rate` takes the permits of a period, at least 1; a limiter that permits nothing lets no call through"
            }
            InvalidValue::Burst => {
                "`burst` takes the permits that may be taken at once: at least 1, and no more than the rate has in 36 years"
            }
            InvalidValue::LimiterDuration => {
                "a rate limiter's period and longest hold are longer than zero; a permit comes at least once in 36 years, and no hold is longer"
            }
            InvalidValue::ZeroDeadline => {
                "a deadline of zero would never run the function; give the longest that the call may take"
            }
            InvalidValue::ZeroAttemptTimeout => {
                "every attempt takes longer than nothing; give the longest that one may take"
            }
            InvalidValue::TimeoutAboveDeadline => {
                "the deadline ends the call before an attempt has taken that long; \
                 give a timeout below it, or none"
            }
            InvalidValue::NothingWaits => {
                "nothing waits where no second attempt is made; leave the wait out, or allow more attempts"
            }
            InvalidValue::ZeroDelay => {
                "a delay of zero would copy every attempt; give a longer one"
            }
            InvalidValue::Quantile(_) => "a quantile is between 0 and 1, such as 0.95",
            InvalidValue::Copies(_) => "2, 3 or 4 copies in all, the first included",
        }
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidValue::Factor(given) => write!(
                f,
                "the factor is {given}; it must be a finite number of at least 1"
            ),
            InvalidValue::JitterRatio(given) => {
                write!(f, "the jitter ratio is {given}; it must be between 0 and 1")
            }
            InvalidValue::BudgetCapacity(capacity) => {
                write!(
                    f,
                    "a budget of {capacity} does not pay for one retry; raise the capacity"
                )
            }
            InvalidValue::BudgetCost(cost) => {
                write!(
                    f,
                    "a retry costs {cost}; it must be at least 1, and at most the capacity"
                )
            }
            InvalidValue::BudgetRatio(ratio) => {
                write!(
                    f,
                    "the ratio is {ratio}; it must be between 0 and 1, for a throttle at least 0.001"
                )
            }
            InvalidValue::BudgetWindow(window) => {
                write!(
                    f,
                    "the window is {window:?}; it must be between 1 s and 60 s"
                )
            }
            InvalidValue::Quantile(quantile) => {
                write!(
                    f,
                    "the quantile is {quantile}; it must be between 0 and 1, such as 0.95"
                )
            }
            InvalidValue::Copies(copies) => {
                write!(
                    f,
                    "{copies} copies in all, the first included; use 2, 3 or 4"
                )
            }
            InvalidValue::Rate(given) => write!(f, "{}; it is {given}", self.advice()),
            InvalidValue::BulkheadPlaces(given) | InvalidValue::BulkheadQueue(given) => {
                write!(f, "{}; {given} is given", self.advice())
            }
            _ => f.write_str(self.advice()),
        }
    }
}

impl Error for InvalidValue {}
