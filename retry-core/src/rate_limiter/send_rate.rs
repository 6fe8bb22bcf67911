//! The rate at which attempts are made.

/// The weight of the newest half second.
const SMOOTH: f64 = 0.8;

/// The attempts a second, smoothed over half seconds: `0.8 · newest + 0.2 · before`.
#[derive(Clone, Copy, Debug)]
pub(super) struct SendRate {
    rate: f64,
    /// The beginning of the current half second, in seconds.
    since: f64,
    attempts: u32,
}

impl SendRate {
    pub(super) fn new(now: f64) -> Self {
        SendRate {
            rate: 0.0,
            since: half_second(now),
            attempts: 0,
        }
    }

    /// Returns the rate.
    #[cfg(all(test, not(persevere_loom)))]
    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    /// Counts an attempt at that time, and returns the rate.
    pub(super) fn count(&mut self, at: f64) -> f64 {
        let half = half_second(at);
        self.attempts += 1;
        if half > self.since {
            let newest = f64::from(self.attempts) / (half - self.since);
            self.rate = newest * SMOOTH + self.rate * (1.0 - SMOOTH);
            self.attempts = 0;
            self.since = half;
        }
        self.rate
    }
}

/// Returns the beginning of the half second of a time.
fn half_second(time: f64) -> f64 {
    (time * 2.0).floor() / 2.0
}
