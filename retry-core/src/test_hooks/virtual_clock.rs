//! A clock that a test advances.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::time::instant::Instant;
use crate::time::ticks::{landmark, nanos};
use crate::util::sync::AtomicU64;

/// A clock that stands still until it is advanced. Clones are the same clock, on any thread.
///
/// In a [`Scope`](crate::testing::Scope) blocking calls read it, and their pauses advance it at once.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::testing::{Scope, VirtualClock};
/// use persevere::{Policy, RetryPolicy, stop};
///
/// let clock = VirtualClock::new();
/// let policy = RetryPolicy::new().stop(stop::after_delay(Duration::from_secs(30)));
/// let report = Scope::new().clock(&clock).run(|| policy.report(|| {
///     clock.advance(Duration::from_secs(10)); // what an attempt takes
///     None::<u8>
/// }));
/// assert_eq!((report.attempts(), report.elapsed()), (3, clock.elapsed()));
/// ```
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Face>);

#[derive(Debug)]
struct Face {
    start: Instant,
    passed: AtomicU64,
}

impl VirtualClock {
    /// Creates a clock at zero. Zero is the same time for all clocks, so that windows of time are cut alike
    /// in every run.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::VirtualClock;
    ///
    /// assert_eq!(VirtualClock::new().now(), VirtualClock::new().now());
    /// ```
    pub fn new() -> Self {
        VirtualClock(Arc::new(Face {
            start: landmark(),
            passed: AtomicU64::new(0),
        }))
    }

    /// Returns the virtual time since the clock was made; it ends after 584 years.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.0.passed.load(Ordering::Relaxed))
    }

    /// Returns the current virtual time.
    pub fn now(&self) -> Instant {
        self.0.start + self.elapsed()
    }

    /// Advances the clock by this duration.
    pub fn advance(&self, by: Duration) {
        let add = |passed: u64| Some(passed.saturating_add(nanos(by)));
        let passed = &self.0.passed;
        let _ = passed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Advances the clock to this time after its start. It never goes back.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::testing::VirtualClock;
    ///
    /// let clock = VirtualClock::new();
    /// clock.advance_to(Duration::from_secs(5));
    /// clock.advance_to(Duration::from_secs(3));
    /// assert_eq!(clock.elapsed(), Duration::from_secs(5));
    /// ```
    pub fn advance_to(&self, since_start: Duration) {
        let passed = &self.0.passed;
        passed.fetch_max(nanos(since_start), Ordering::Relaxed);
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        VirtualClock::new()
    }
}
