//! The rate that a service bears, by CUBIC.

/// The share of the rate that is left after a throttle.
const BETA: f64 = 0.7;
/// The scale of the growth, in calls a second per cubic second.
const SCALE: f64 = 0.4;

/// The growth of a rate since its last throttle, by RFC 8312 in calls a second, as the AWS SDKs use it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cubic {
    /// The rate at which the last throttle came.
    max_rate: f64,
    throttled_at: f64,
    /// The seconds after a throttle in which the rate is back where it was: `∛(max_rate · (1 − β) / C)`.
    time_window: f64,
}

impl Cubic {
    /// Creates the growth since a throttle at `rate` and that time, in seconds.
    pub(super) fn throttled(rate: f64, at: f64) -> Self {
        Cubic {
            max_rate: rate,
            throttled_at: at,
            time_window: (rate * (1.0 - BETA) / SCALE).cbrt(),
        }
    }

    /// Returns the rate right after the throttle.
    pub(super) fn reduced(self) -> f64 {
        BETA * self.max_rate
    }

    /// Returns the rate for a success at that time: `C · (t − K)³ + max_rate`.
    pub(super) fn succeeded(self, at: f64) -> f64 {
        let past = at - self.throttled_at - self.time_window;
        SCALE * past.powi(3) + self.max_rate
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    }

    #[test]
    fn the_rate_is_back_after_the_time_window() {
        let cubic = Cubic::throttled(10.0, 0.0);
        close(cubic.time_window, 1.957_433_820_584_431_7);
        close(cubic.succeeded(cubic.time_window), 10.0);
        close(Cubic::throttled(8.0, 0.0).reduced(), 5.6);
    }

    /// The table "Cubic success #1" of AWS's specification of retries.
    #[test]
    fn successes_grow_the_rate() {
        let cubic = Cubic::throttled(10.0, 5.0);
        let rates = [
            7.0,
            9.648_936_009_66,
            10.000_030_849_917_364,
            10.453_284_520_772_092,
            13.408_697_022_224_185,
            21.266_268_354_273_64,
            36.425_998_516_920_465,
        ];
        for (second, rate) in rates.into_iter().enumerate() {
            close(cubic.succeeded(5.0 + second as f64), rate);
        }
    }

    /// The table "Cubic success #2".
    #[test]
    fn throttles_shrink_it() {
        let cubic = Cubic::throttled(10.0, 5.0);
        let first = Cubic::throttled(cubic.succeeded(6.0), 7.0);
        close(first.reduced(), 6.754_255_206_761_999);
        let second = Cubic::throttled(first.reduced(), 8.0);
        close(second.reduced(), 4.727_978_644_733_399);
        let rates = [
            6.606_547_753_887_045,
            6.763_279_816_944_947,
            7.598_174_833_907_107,
            11.511_232_804_773_524,
        ];
        for (rate, second_after) in rates.into_iter().zip([9.0, 10.0, 11.0, 12.0]) {
            close(second.succeeded(second_after), rate);
        }
    }
}
