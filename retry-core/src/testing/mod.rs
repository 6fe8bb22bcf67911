//! A kit for tests of code that retries: in milliseconds, without sleeping, the same in every run.
//!
//! ```
//! # use persevere_core as persevere;
//! use std::io::{Error, ErrorKind};
//! use std::time::Duration;
//! use persevere::testing::{self, Flaky};
//! use persevere::{Policy, RetryPolicy, wait};
//!
//! // What is tested: a function that retries.
//! fn fetch(server: &Flaky<Error>) -> Result<u32, Error> {
//!     let pauses = wait::exponential(Duration::from_secs(1));
//!     RetryPolicy::new().wait(pauses).run(|| server.call(|| Ok(7)))
//! }
//!
//! // It fails twice; the pauses of one and two seconds take no time.
//! let server = Flaky::times(2, || ErrorKind::TimedOut.into());
//! let (outcome, recorded) = testing::record(|| fetch(&server));
//! assert_eq!(outcome.unwrap(), 7);
//! recorded.attempts(3).pauses([1, 2].map(Duration::from_secs));
//! ```
//!
//! | part | purpose |
//! |---|---|
//! | [`record`], [`record_async`] | the usual test: virtual time, seeded jitter, a record |
//! | [`Scope`] | the same choices one by one; retries turned off or capped; scopes nest |
//! | [`VirtualClock`] | time that a test moves: pauses of blocking calls advance it at once |
//! | [`Recorder`], [`Recorded`] | attempts, pauses and give-ups, with assertions |
//! | [`Flaky`] | fails by number, by seed and rate, or by schedule; delays; panics |
//! | [`FlakyStreams`] | streams that fail after a number of items, end early, fall silent or panic (feature `stream`) |
//! | [`FlakyService`] | the same around a `tower` service (feature `tower`) |
//! | [`FlakyProxy`] | the same on a socket, before a real server |
//!
//! # Time
//!
//! *Blocking* calls in a scope with a [`VirtualClock`] read that clock, and their pauses advance it at once:
//! nothing sleeps, and elapsed time, deadlines and breakers follow. *Async* calls follow tokio's clock, as
//! always: pause it (`#[tokio::test(start_paused = true)]`), and the same test takes no time either. A
//! sleeper of the user's own is called unchanged.
//!
//! # Where a scope holds
//!
//! A scope holds for the thread that entered it, or for a future, on whatever thread it is polled.
//! Threads and tasks that are spawned inside are outside of it; [`Scope::current`] goes along:
//!
//! ```
//! # use persevere_core as persevere;
//! use std::thread;
//! use persevere::testing::Scope;
//! use persevere::{Policy, RetryPolicy};
//!
//! Scope::off().run(|| {
//!     let here = Scope::current();
//!     thread::spawn(move || {
//!         let report = here.run(|| RetryPolicy::new().report(|| None::<u8>));
//!         assert_eq!(report.attempts(), 1);
//!     });
//! });
//! ```
//!
//! Enable the feature under `[dev-dependencies]` alone: a production build then contains none of it, and pays
//! nothing for it.

mod faults;
mod flaky;
mod proxy;
mod recorded;
#[cfg(all(feature = "tower", any(feature = "tokio", feature = "futures-timer")))]
mod service;
#[cfg(all(feature = "stream", any(feature = "tokio", feature = "futures-timer")))]
mod streams;

pub use self::faults::{Fault, Faults};
pub use self::flaky::Flaky;
pub use self::proxy::FlakyProxy;
pub use self::recorded::{PauseLike, Recorded};
#[cfg(all(feature = "tower", any(feature = "tokio", feature = "futures-timer")))]
pub use self::service::{FlakyFuture, FlakyLayer, FlakyService};
#[cfg(all(feature = "stream", any(feature = "tokio", feature = "futures-timer")))]
pub use self::streams::{FlakyStream, FlakyStreams, StreamFault};
pub use crate::test_hooks::recorder::{Event, Recorder};
pub use crate::test_hooks::scope::{Entered, Scope, Scoped};
pub use crate::test_hooks::virtual_clock::VirtualClock;

/// Runs blocking code in virtual time, with the jitter of a fixed seed; records its calls.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::testing;
/// use persevere::{Policy, RetryPolicy, StopReason, wait};
///
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(3600)));
/// let (outcome, recorded) = testing::record(|| policy.run(|| Err::<(), _>("refused")));
/// assert_eq!(outcome, Err("refused"));
/// recorded.attempts(3).slept(Duration::from_secs(7200)).gave_up(StopReason::Attempts);
/// ```
pub fn record<T>(test: impl FnOnce() -> T) -> (T, Recorded) {
    let recorder = Recorder::new();
    let scope = Scope::new().virtual_time().seed(0).record(&recorder);
    let outcome = scope.run(test);
    (outcome, recorder.recorded())
}

/// Awaits a future with the jitter of a fixed seed; records its calls.
///
/// Time is tokio's: with its clock paused, nothing sleeps.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// use std::time::Duration;
/// use persevere::testing;
/// use persevere::{Policy, RetryPolicy, wait};
///
/// // In a test: #[tokio::test(start_paused = true)]
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(3600)));
/// # let policy = policy.sleep_async(tokio::time::sleep);
/// let call = policy.run_async(|| async { Err::<(), _>("refused") });
/// let (outcome, recorded) = testing::record_async(call).await;
/// assert_eq!(outcome, Err("refused"));
/// recorded.attempts(3).slept(Duration::from_secs(7200));
/// # });
/// ```
pub async fn record_async<F: Future>(test: F) -> (F::Output, Recorded) {
    let recorder = Recorder::new();
    let scope = Scope::new().seed(0).record(&recorder);
    let outcome = scope.run_async(test).await;
    (outcome, recorder.recorded())
}
