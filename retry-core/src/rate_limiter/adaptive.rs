//! A rate that is learned from throttles.

use super::cubic::Cubic;
use super::send_rate::SendRate;

/// A rate that is learned from throttles, as the AWS SDKs do in their adaptive mode.
#[derive(Debug)]
pub(super) struct Adaptive {
    sent: SendRate,
    growth: Cubic,
    /// Calls a second.
    rate: f64,
    bounds: Bounds,
    /// Whether a throttle has come so far; before it, the learned rate does not count.
    throttled: bool,
}

/// The bounds of a learned rate, in calls a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) floor: f64,
    pub(super) most: f64,
}

impl Adaptive {
    pub(super) fn new(now: f64, bounds: Bounds) -> Self {
        Adaptive {
            sent: SendRate::new(now),
            growth: Cubic::throttled(0.0, now),
            rate: bounds.floor,
            bounds,
            throttled: false,
        }
    }

    /// Learns from an attempt that a service has answered at that time, in seconds.
    pub(super) fn learn(&mut self, now: f64, throttled: bool) {
        let sent = self.sent.count(now);
        let rate = if throttled {
            let rate = if self.throttled {
                sent.min(self.rate)
            } else {
                sent
            };
            self.throttled = true;
            self.growth = Cubic::throttled(rate, now);
            self.growth.reduced()
        } else {
            self.growth.succeeded(now)
        };
        let Bounds { floor, most } = self.bounds;
        self.rate = rate.min(2.0 * sent).clamp(floor, most);
    }

    /// Returns the rate, if a throttle has come.
    pub(super) fn rate(&self) -> Option<f64> {
        self.throttled.then_some(self.rate)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    /// The table "End-to-end test for client sending rates" of AWS's specification of retries.
    #[test]
    fn the_rate_follows_successes_and_throttles() {
        let bounds = Bounds {
            floor: 0.5,
            most: f64::MAX,
        };
        let mut adaptive = Adaptive::new(0.0, bounds);
        let mut throttled = false;
        for (tenths, throttle, sent, rate) in [
            (2, false, 0.0, 0.5),
            (4, false, 0.0, 0.5),
            (6, false, 4.8, 0.5),
            (8, false, 4.8, 0.5),
            (10, false, 4.16, 0.5),
            (12, false, 4.16, 0.6912),
            (14, false, 4.16, 1.0976),
            (16, false, 5.632, 1.6384),
            (18, false, 5.632, 2.3328),
            (20, true, 4.3264, 3.02848),
            (22, false, 4.3264, 3.486_639),
            (24, false, 4.3264, 3.821_874),
            (26, false, 5.665_28, 4.053_386),
            (28, false, 5.665_28, 4.200_373),
            (30, false, 4.333_056, 4.282_037),
            (32, true, 4.333_056, 2.997_426),
            (34, false, 4.333_056, 3.452_226),
        ] {
            throttled |= throttle;
            adaptive.learn(f64::from(tenths) / 10.0, throttle);
            let close = |one: f64, other: f64| (one - other).abs() < 1e-6;
            assert!(close(adaptive.sent.rate(), sent), "{tenths}: {adaptive:?}");
            assert!(close(adaptive.rate, rate), "{tenths}: {adaptive:?}");
            assert_eq!(adaptive.rate().is_some(), throttled);
        }
    }

    #[test]
    fn the_rate_stays_within_its_bounds() {
        let bounds = Bounds {
            floor: 2.0,
            most: 5.0,
        };
        let mut adaptive = Adaptive::new(0.0, bounds);
        adaptive.learn(0.1, true);
        assert_eq!(adaptive.rate(), Some(2.0), "nothing was measured so far");
        for hundredths in 0..2000 {
            adaptive.learn(f64::from(hundredths) / 100.0, false);
        }
        assert_eq!(adaptive.rate(), Some(5.0));
    }
}
