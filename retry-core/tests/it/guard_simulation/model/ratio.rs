//! The model of a ratio of retries to calls, which keeps the time of each.

use std::time::Duration;

const WINDOW: u64 = 1_000_000_000;
const SLICE: u64 = WINDOW / 10;

/// Times in nanoseconds from the first call.
#[derive(Debug, Default)]
pub(crate) struct Ratio {
    began: Option<u64>,
    calls: Vec<u64>,
    /// The time at which each retry was drawn, and whether it was given back.
    retries: Vec<(u64, bool)>,
}

impl Ratio {
    fn time(&self, now: Duration) -> u64 {
        (now.as_nanos() as u64).saturating_sub(self.began.unwrap_or_default())
    }

    pub(crate) fn call(&mut self, now: Duration) {
        self.began.get_or_insert(now.as_nanos() as u64);
        let now = self.time(now);
        self.calls.push(now);
    }

    /// Returns the retries left, by whole slices of the window.
    ///
    /// A call counts as long as its whole slice is in the window. A retry counts as long as any part of its
    /// slice is.
    pub(crate) fn left(&self, now: Duration, tenths: u32, reserve: u32) -> u64 {
        let now = match self.began {
            Some(_) => self.time(now),
            None => 0,
        };
        let age = |at: u64| now / SLICE - at / SLICE;
        let last = |at: u64| {
            let slice = self.retries.iter().filter(|it| it.0 / SLICE == at / SLICE);
            slice.map(|it| it.0).max().unwrap_or(at)
        };
        let calls = self.calls.iter().filter(|at| age(**at) < 10).count() as u64;
        let kept = self.retries.iter().filter(|(_, returned)| !returned);
        let counts = |at: u64| age(at) < 10 || now - last(at) < WINDOW;
        let retries = kept.filter(|(at, _)| counts(*at)).count() as u64;
        let tenths = 10 * u64::from(reserve) + u64::from(tenths) * calls;
        tenths.saturating_sub(10 * retries) / 10
    }

    pub(crate) fn draw(&mut self, now: Duration, tenths: u32, reserve: u32) -> Option<u64> {
        if self.left(now, tenths, reserve) == 0 {
            return None;
        }
        let now = self.time(now);
        self.retries.push((now, false));
        self.promise(now, tenths, reserve);
        Some(self.retries.len() as u64 - 1)
    }

    /// Checks that over every window retries are at most the ratio of its calls, plus the reserve.
    fn promise(&self, now: u64, tenths: u32, reserve: u32) {
        let within = |at: u64| now - at < WINDOW;
        let calls = self.calls.iter().filter(|at| within(**at)).count() as u64;
        let kept = self.retries.iter().filter(|(_, returned)| !returned);
        let retries = kept.filter(|(at, _)| within(*at)).count() as u64;
        let most = 10 * u64::from(reserve) + u64::from(tenths) * calls;
        assert!(10 * retries <= most, "{retries} retries of {calls} calls");
    }

    pub(crate) fn give_back(&mut self, retry: u64) {
        self.retries[retry as usize].1 = true;
    }
}
