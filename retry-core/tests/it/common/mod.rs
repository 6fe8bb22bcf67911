//! Helpers that several test files share.
#![allow(dead_code)]

use std::cell::RefCell;
use std::time::Duration;

use persevere_core::stop::{self, Never};
use persevere_core::{RetryPolicy, StopReason, Wait};

/// The result of the tests' operations.
pub(crate) type Outcome = Result<u32, &'static str>;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Returns a duration from seconds, as the tables contain it.
pub(crate) fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Returns the pause after attempt `n`.
pub(crate) fn pause(wait: impl Wait<()>, n: u32) -> Duration {
    endless(wait)
        .resume(n, Duration::ZERO)
        .expect("nothing stops it")
}

/// Returns the pauses after attempts 1 to `n`, computed one by one.
pub(crate) fn pauses(wait: impl Wait<()> + Copy, n: u32) -> Vec<Duration> {
    (1..=n).map(|n| pause(wait, n)).collect()
}

/// Returns a policy that never gives up by itself.
pub(crate) fn endless<W: Wait<()>>(wait: W) -> RetryPolicy<Never, W> {
    RetryPolicy::new().stop(stop::never()).wait(wait)
}

/// Returns the first `n` rows of the schedule: earliest, median and latest pause.
pub(crate) fn windows<W: Wait<()>>(wait: W, n: usize) -> Vec<(Duration, Duration, Duration)> {
    endless(wait).schedule().rows()[..n]
        .iter()
        .map(|row| (row.earliest, row.median, row.latest))
        .collect()
}

/// Returns whether `stop` would end a call after attempt `n`, `elapsed` after its start, before `pause`.
pub(crate) fn stops<S: persevere_core::Stop>(
    stop: S,
    n: u32,
    elapsed: f64,
    pause: f64,
) -> Option<StopReason> {
    RetryPolicy::new()
        .stop(stop)
        .wait(persevere_core::wait::fixed(secs(pause)))
        .resume(n, secs(elapsed))
        .err()
}

/// A list that callbacks and sleepers write to.
#[derive(Debug)]
pub(crate) struct Recorder<T>(RefCell<Vec<T>>);

impl<T: Clone> Recorder<T> {
    pub(crate) fn new() -> Self {
        Recorder(RefCell::new(Vec::new()))
    }

    pub(crate) fn push(&self, item: T) {
        self.0.borrow_mut().push(item);
    }

    pub(crate) fn items(&self) -> Vec<T> {
        self.0.borrow().clone()
    }
}

/// Returns an operation with one of these outcomes per attempt, which fails the test after the last one.
pub(crate) fn script<O: Clone>(outcomes: impl AsRef<[O]>) -> impl FnMut() -> O {
    let mut next = 0;
    move || {
        next += 1;
        outcomes
            .as_ref()
            .get(next - 1)
            .expect("no further attempt is expected")
            .clone()
    }
}
