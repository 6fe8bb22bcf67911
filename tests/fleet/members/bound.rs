//! The bound of a limiter, over all windows of time.

/// A permit: the times before and after it was taken, in nanoseconds.
pub(crate) type Permit = (i64, i64);

/// At most so many permits at once, and at a rate in any time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Permits a second.
    pub(crate) rate: f64,
    /// Permits at once.
    pub(crate) burst: f64,
}

impl Bound {
    /// Allows more at once.
    pub(crate) fn and(self, permits: f64) -> Self {
        let burst = self.burst + permits;
        Bound { burst, ..self }
    }

    /// Checks the bound over every window.
    ///
    /// A permit is surely in a window that begins before it was taken and ends after it, so that a process that loses
    /// its processor while it takes one is not accused.
    ///
    /// # Panics
    ///
    /// If a window has more permits.
    #[track_caller]
    pub(crate) fn check(self, permits: impl IntoIterator<Item = Permit>) {
        let mut permits: Vec<_> = permits.into_iter().collect();
        permits.sort_by_key(|(_, after)| *after);
        let most = self.most_beyond(&permits);
        println!(
            "{} permits, {most:.2} beyond the rate at most, of {}",
            permits.len(),
            self.burst
        );
        assert!(most <= self.burst + 0.01, "{most} > {self:?}");
    }

    /// Returns the most permits of a window beyond those of the rate.
    fn most_beyond(self, permits: &[Permit]) -> f64 {
        let beyond = |start: i64| {
            let mut count = 0.0;
            let within = permits.iter().filter(move |(before, _)| *before >= start);
            let each = within.map(move |(_, after)| {
                count += 1.0;
                count - self.rate * (after - start) as f64 / 1e9
            });
            each.fold(0.0, f64::max)
        };
        let starts = permits.iter().map(|(before, _)| *before);
        starts.map(beyond).fold(0.0, f64::max)
    }
}

#[test]
fn windows_have_what_they_may() {
    let bound = Bound {
        rate: 10.0,
        burst: 2.0,
    };
    let at = |millis: i64| (millis * 1_000_000, millis * 1_000_000);
    bound.check([at(0), at(0), at(100), at(200)]);
    assert!(bound.most_beyond(&[at(0), at(0), at(99)]) > 2.0);
    let late = (0, 99_000_000);
    bound.check([at(0), late, at(99)]);
}
