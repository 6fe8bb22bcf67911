//! The average latency over a long time.

use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// An exponential average of latencies over 600 samples. The first 10 make a plain mean.
///
/// It is one word: an `f64`, in whose lowest four bits is the number of samples up to 10. They are worth less than
/// 2⁻⁴⁸ of it.
///
/// All accesses are relaxed: the average is exact by itself, and no other memory depends on it.
#[derive(Debug)]
pub(super) struct LatencyAverage(AtomicU64);

const PLAIN: u64 = 10;
const COUNT: u64 = 0b1111;
/// The weight of a sample in an exponential average over 600: 2 / (600 + 1).
const WEIGHT: f64 = 2.0 / 601.0;
/// The share that is kept of an average above twice the sample, so that it comes down soon after a long overload.
const KEPT: f64 = 0.95;

impl LatencyAverage {
    pub(super) const fn new() -> Self {
        LatencyAverage(AtomicU64::new(0))
    }

    /// Adds a sample, and returns the average with it.
    pub(super) fn add(&self, sample: f64) -> f64 {
        let next = |bits: u64| {
            let average = with_sample(bits, sample);
            let kept = if average > 2.0 * sample { KEPT } else { 1.0 };
            let count = (bits & COUNT).min(PLAIN - 1) + 1;
            Some((average * kept).to_bits() & !COUNT | count)
        };
        let order = Ordering::Relaxed;
        let (Ok(before) | Err(before)) = self.0.fetch_update(order, order, next);
        with_sample(before, sample)
    }
}

fn with_sample(bits: u64, sample: f64) -> f64 {
    let (average, count) = (f64::from_bits(bits & !COUNT), bits & COUNT);
    let weight = match count {
        0..PLAIN => 1.0 / (count + 1) as f64,
        _ => WEIGHT,
    };
    average + weight * (sample - average)
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    /// Adds the samples, and asserts that the last average is this one.
    fn assert_average(average: &LatencyAverage, samples: &[f64], expected: f64) {
        let last = samples.iter().map(|sample| average.add(*sample)).last();
        let error = last.unwrap() / expected - 1.0;
        assert!(error.abs() < 1e-12, "{last:?} in place of {expected}");
    }

    #[test]
    fn the_first_ten_are_a_plain_mean() {
        let average = LatencyAverage::new();
        for count in 1..=10_i32 {
            assert_average(&average, &[count.into()], f64::from(count + 1) / 2.0);
        }
        // 5.5 + 2 / 601 · 600, and from there on.
        assert_average(&average, &[605.5], 5.5 + 1200.0 / 601.0);
        assert_average(&average, &[5.5], 5.5 + 1200.0 / 601.0 * 599.0 / 601.0);
    }

    #[test]
    fn six_hundred_samples_make_up_86_per_cent() {
        let average = LatencyAverage::new();
        assert_average(&average, &[1000.0; 10], 1000.0);
        let left = (1.0 - WEIGHT).powi(600);
        assert!((0.13..0.14).contains(&left));
        assert_average(&average, &[2000.0; 600], 2000.0 - 1000.0 * left);
    }

    #[test]
    fn an_average_above_twice_the_sample_shrinks_by_a_twentieth_each_time() {
        let average = LatencyAverage::new();
        assert_average(&average, &[1000.0; 10], 1000.0);
        let mut expected = 1000.0;
        for _ in 0..40 {
            // The average is that before it shrinks.
            let with = expected + WEIGHT * (100.0 - expected);
            assert_average(&average, &[100.0], with);
            expected = if with > 200.0 { 0.95 * with } else { with };
        }
        assert!(expected < 200.0);
    }

    #[test]
    fn the_count_takes_nothing_from_the_average() {
        let average = LatencyAverage::new();
        // Three centuries, in nanoseconds, and one.
        assert_average(&average, &[1e19; 700], 1e19);
        assert_average(&LatencyAverage::new(), &[1.0; 700], 1.0);
    }
}
