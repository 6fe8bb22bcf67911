//! The clock that the program set, for a platform on which std has none.

use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::sync::OnceLock;
use std::time::Duration;

static CLOCK: OnceLock<fn() -> Duration> = OnceLock::new();

pub(crate) fn set(clock: fn() -> Duration) {
    CLOCK.get_or_init(|| clock);
}

/// A point in time by the clock that was set, in place of [`std::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// Reads the clock.
    ///
    /// # Panics
    ///
    /// If no clock was [set](crate::time::clock::set).
    pub fn now() -> Self {
        let clock = CLOCK.get().expect(
            "this platform has no clock: give the program's own with `persevere::clock::set` before the first call",
        );
        // A day late, so that a time before the start can be represented.
        Instant(clock() + Duration::from_secs(24 * 3600))
    }

    /// Returns the time since this point; zero if it is still to come.
    pub fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(*self)
    }

    /// Returns the time between both; zero if `earlier` is the later one.
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }

    /// Returns the time between both; zero if `earlier` is the later one.
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the time between both; `None` if `earlier` is the later one.
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    /// Returns the point in time `duration` later, if it can be represented.
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Instant)
    }

    /// Returns the point in time `duration` earlier, if it can be represented.
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant(self.0 + duration)
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant(self.0 - duration)
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Instant, set};

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn the_first_clock_that_is_given_counts() {
        set(|| 5 * S);
        set(|| panic!("a second clock"));
        let now = Instant::now();
        let (earlier, later) = (now - S, now + S);
        assert_eq!(earlier.elapsed(), S);
        assert_eq!((later - now, now - later), (S, Duration::ZERO));
        assert_eq!(now.checked_duration_since(later), None);
        // A time before the start of the clock can be represented, as by an operating system.
        assert!(now.checked_sub(3600 * S).is_some());
        assert!(now.checked_add(Duration::MAX).is_none());
    }
}
