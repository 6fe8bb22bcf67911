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
