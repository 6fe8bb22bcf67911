//! Pauses before the next attempt.
//!
//! n is the number of the attempt that just failed, from 1. Every wait of this module takes the same
//! modifiers, in any order: a floor and a cap, a jitter, the longest hint it accepts. `a + b` pauses for the
//! sum. Pauses are whole nanoseconds in 64 bits: a pause longer than 584 years is 584 years.
//!
//! ```
//! # use persevere_core as persevere;
//! use core::time::Duration;
//! use persevere::{RetryPolicy, wait};
//!
//! let policy = RetryPolicy::new().wait(
//!     wait::exponential(Duration::from_millis(100)).max(Duration::from_secs(10)).full_jitter(),
//! );
//! # let _ = policy;
//! ```

use core::ops::Range;
use core::time::Duration;

use crate::time::ticks::nanos;

mod adaptive;
mod backoff;
mod chain;
pub(crate) mod contract;
mod formula;
mod outcome;

pub use self::adaptive::{Adaptive, Signal};
pub use self::backoff::Backoff;
pub use self::chain::Chain;
#[doc(hidden)]
pub use self::chain::WaitList;
pub use self::contract::BoxWait;
pub(crate) use self::contract::{HINT_MAX, Wait};
#[doc(hidden)]
pub use self::formula::Formula;
pub use self::formula::{
    Decorrelated, Exponential, Fibonacci, Fixed, Incrementing, Random, Scheduled, Sum,
};
pub use self::outcome::{FromErr, FromOutcome, OrElse};

/// Returns the wait of a policy that sets none: 100 ms, doubled, at most 10 s, with full jitter.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, wait};
///
/// let written_out = wait::exponential(Duration::from_millis(100))
///     .max(Duration::from_secs(10))
///     .full_jitter();
/// assert_eq!(wait::standard(), written_out);
/// ```
#[inline]
pub const fn standard() -> Backoff<Exponential> {
    exponential(Duration::from_millis(100))
        .max(Duration::from_secs(10))
        .full_jitter()
}

/// Never pauses; async calls still yield to their runtime.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let policy = RetryPolicy::new().stop(stop::after_attempt(3)).wait(wait::none());
/// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
/// assert_eq!(longest, [0, 0]);
/// ```
#[inline]
pub const fn none() -> Backoff<Fixed> {
    fixed(Duration::ZERO)
}

/// Pauses for the same time before every attempt.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let policy = RetryPolicy::new().stop(stop::after_attempt(4)).wait(wait::fixed(Duration::from_millis(250)));
/// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
/// assert_eq!(longest, [250, 250, 250]);
/// ```
#[inline]
pub const fn fixed(pause: Duration) -> Backoff<Fixed> {
    Backoff::new(Fixed(nanos(pause)))
}

/// Pauses for a random time in a range, both ends included: `U(start, end)`. A reversed range is swapped.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::wait;
///
/// let wait = wait::random(Duration::from_secs(1)..Duration::from_secs(3));
/// # let _ = wait;
/// ```
#[inline]
pub const fn random(range: Range<Duration>) -> Backoff<Random> {
    Backoff::new(Random(nanos(range.start), nanos(range.end)))
}

/// Pauses for a time that grows by the same step: `start + step · (n − 1)`.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let wait = wait::incrementing(Duration::from_millis(500), Duration::from_millis(100));
/// let policy = RetryPolicy::new().stop(stop::after_attempt(4)).wait(wait);
/// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
/// assert_eq!(longest, [500, 600, 700]);
/// ```
#[inline]
pub const fn incrementing(start: Duration, step: Duration) -> Backoff<Incrementing> {
    Backoff::new(Incrementing {
        start: nanos(start),
        step: nanos(step),
    })
}

/// Pauses for a time that grows by the same factor: `initial · factor^(n − 1)`.
///
/// The factor is 2 unless [`factor`](Backoff::factor) sets another. Give the wait a cap
/// ([`max`](Backoff::max)) and a jitter ([`full_jitter`](Backoff::full_jitter)).
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let wait = wait::exponential(Duration::from_millis(100)).max(Duration::from_secs(1));
/// let policy = RetryPolicy::new().stop(stop::after_attempt(7)).wait(wait);
/// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
/// assert_eq!(longest, [100, 200, 400, 800, 1000, 1000]);
/// ```
#[inline]
pub const fn exponential(initial: Duration) -> Backoff<Exponential> {
    Backoff::new(Exponential {
        initial: nanos(initial),
        factor: 2.0,
    })
}

/// Pauses for a time that grows as the Fibonacci numbers do: `unit` · 1, 1, 2, 3, 5, 8 …
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, stop, wait};
///
/// let policy = RetryPolicy::new().stop(stop::after_attempt(7)).wait(wait::fibonacci(Duration::from_millis(1)));
/// let longest = policy.schedule().rows().iter().map(|row| row.latest.as_millis()).collect::<Vec<_>>();
/// assert_eq!(longest, [1, 1, 2, 3, 5, 8]);
/// ```
#[inline]
pub const fn fibonacci(unit: Duration) -> Backoff<Fibonacci> {
    Backoff::new(Fibonacci(nanos(unit)))
}

/// Pauses for a random time that grows with the previous pause: `U(base, 3 · previous)`, previous starting at
/// `base`.
///
/// The form is from
/// [Exponential Backoff and Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
///
/// [`resume`](crate::RetryPolicy::resume) has no previous pause: it draws from `U(base, 3 · base)`.
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, wait};
///
/// let second = Duration::from_secs(1);
/// let policy = RetryPolicy::new().wait(wait::decorrelated(second).max(20 * second));
/// let rows = policy.schedule();
/// assert_eq!(rows.rows()[0].latest, 3 * second);
/// assert_eq!(rows.rows()[1].latest, 9 * second);
/// ```
#[inline]
pub const fn decorrelated(base: Duration) -> Backoff<Decorrelated> {
    Backoff::new(Decorrelated(nanos(base)))
}

/// Pauses by a list, one entry after the other, and by the last one from then on. An empty list has no
/// pauses.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::wait;
///
/// let wait = wait::schedule([1, 5, 30].map(Duration::from_secs));
/// # let _ = wait;
/// ```
#[inline]
pub const fn schedule<L: DurationList>(pauses: L) -> Backoff<Scheduled<L>> {
    Backoff::new(Scheduled(pauses))
}

/// Pauses by one wait after the other, and by the last one from then on: a tuple, an array or a `Vec`.
///
/// Each link sees the n of the whole call.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::wait;
///
/// let second = Duration::from_secs(1);
/// let wait = wait::chain((wait::none(), wait::fixed(second), wait::exponential(second)));
/// # let _ = wait;
/// ```
#[inline]
pub const fn chain<L>(links: L) -> Backoff<Chain<L>> {
    Backoff::new(Chain(links))
}

/// Pauses for a time read from the error; [`or`](FromErr::or) sets the wait for errors without one.
///
/// It is a request of the failure, as a hint is: one longer than [`hint_max`](Backoff::hint_max), 60 s by
/// default, ends the call.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::wait;
///
/// struct Busy { seconds: Option<u64> }
///
/// let wait = wait::from_err(|e: &Busy| e.seconds.map(Duration::from_secs)).or(wait::standard());
/// # let _ = wait;
/// ```
#[inline]
pub const fn from_err<F>(pause: F) -> FromErr<F> {
    FromErr(pause)
}

/// Pauses for a time read from the outcome; [`or`](FromOutcome::or) sets the wait for outcomes without one.
///
/// One longer than [`hint_max`](Backoff::hint_max), 60 s by default, ends the call.
///
/// A policy with it needs an outcome to pause: `schedule` and `resume` have none.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{Policy, RetryPolicy, Opaque, wait, when};
///
/// // The server says how many milliseconds it still needs.
/// let policy = RetryPolicy::new()
///     .when(when::outcome(|left: &Opaque<u64>| left.0 > 0))
///     .wait(wait::from_outcome(|left: &Opaque<u64>| Some(Duration::from_millis(left.0)))
///         .or(wait::none()));
/// let mut left = 3;
/// let done = policy.run(|| { left -= 1; Opaque(left) });
/// assert_eq!(done, Opaque(0));
/// ```
#[inline]
pub const fn from_outcome<F>(pause: F) -> FromOutcome<F> {
    FromOutcome(pause)
}

/// Pauses for a time that grows and shrinks with the pressure p of a signal: `v · (1 + (factor − 1) · p)`.
///
/// v is the pause of another wait, and p is in `0..=1`. The pause is v while all is well, and `factor · v`
/// when nothing works. The factor is 10 unless [`factor`](Backoff::factor) sets another. v is the
/// [`standard`] wait unless [`over`](Backoff::over) sets one; its jitter is multiplied too. Give the whole a
/// cap ([`max`](Backoff::max)): one inside `over` bounds v alone. A table of pauses shows the pressure at the
/// time it was made.
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryBudget, RetryPolicy, wait};
///
/// static BUDGET: RetryBudget = RetryBudget::tokens(500);
///
/// let wait = wait::adaptive(&BUDGET)
///     .over(wait::exponential(Duration::from_millis(100)))
///     .max(Duration::from_secs(30))
///     .full_jitter();
/// // Nothing of the budget is spent yet.
/// let row = RetryPolicy::new().wait(wait).schedule().rows()[1];
/// assert_eq!(row.latest, Duration::from_millis(200));
/// ```
#[inline]
pub const fn adaptive<S: Signal>(signal: S) -> Backoff<Adaptive<S>> {
    Backoff::new(Adaptive::new(signal))
}

/// A list of pauses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of durations",
    label = "expected durations",
    note = "write `schedule([1s, 5s, 30s])`, or pass a slice or a `Vec` of `Duration`"
)]
#[doc(hidden)]
pub trait DurationList: AsRef<[Duration]> {}

#[diagnostic::do_not_recommend]
impl<L: AsRef<[Duration]>> DurationList for L {}
