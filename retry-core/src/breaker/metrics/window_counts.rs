//! The counts of a window.

/// The number of calls in a window, and of the bad ones among them: failed, or slow.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::count;
///
/// let breaker = CircuitBreaker::new("payments").failure_rate(0.5, count(4));
/// breaker.call(|| Some(1));
/// breaker.call(|| None::<u8>);
/// let failed = breaker.recent().failed.unwrap();
/// assert_eq!((failed.calls, failed.bad, failed.rate()), (2, 1, 0.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WindowCounts {
    /// The calls in the window.
    pub calls: u64,
    /// The bad ones among them.
    pub bad: u64,
}

impl WindowCounts {
    pub(super) const fn of(good: u64, bad: u64) -> Self {
        WindowCounts {
            calls: good + bad,
            bad,
        }
    }

    /// Returns `bad / calls`, or 0 without calls.
    pub fn rate(self) -> f64 {
        if self.calls == 0 {
            0.0
        } else {
            self.bad as f64 / self.calls as f64
        }
    }
}
