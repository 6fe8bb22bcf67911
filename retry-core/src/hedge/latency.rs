//! A moving estimate of the duration of attempts, fed by any number of threads.

use core::fmt;
use core::time::Duration;

use super::decaying_histogram::{DecayingHistogram, SAMPLE};
use crate::time::display::DisplayDuration;
use crate::time::ticks::nanos;

/// The number of buckets in an octave: the error bound is `1/8`.
const STEPS: u64 = 8;
/// The number of buckets, for octaves up to 2^42 nanoseconds.
const BUCKETS: usize = 320;
const LONGEST: u64 = (1 << 42) - 1;
/// The number of samples after which older ones weigh half.
const PERIOD: u64 = 512;
/// The number of samples that an estimate needs.
const ENOUGH: u64 = 100;

/// A moving estimate of the duration of attempts, for [`quantile`](crate::hedge::quantile()).
///
/// It is a histogram with eight buckets to every doubling, which all threads share without a lock. A quantile
/// is the upper end of its bucket: never less than the sample it stands for, and at most 12.5 % more. It
/// follows a change: a sample counts half after every 512 later ones, so all samples together weigh as much
/// as 512 to 1024 new ones. Anything over 73 minutes counts as 73 minutes. It takes 1.3 kB.
///
/// Hedged attempts record the time until their answer. An attempt that is cut or dropped before it has an
/// answer would have taken at least as long as it ran: it counts as that, unless the estimate is longer
/// already. An attempt that fails and may be retried does not count.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::hedge::Latency;
///
/// static LATENCY: Latency = Latency::new();
///
/// for millis in 1..=100 {
///     LATENCY.record(Duration::from_millis(millis));
/// }
/// let p95 = LATENCY.quantile(0.95).unwrap();
/// assert!(p95 >= Duration::from_millis(95) && p95 <= Duration::from_millis(95).mul_f64(1.125));
/// assert_eq!(LATENCY.to_string(), "p50 50.332ms, p95 100.663ms, p99 100.663ms of 100 measured");
/// ```
pub struct Latency {
    histogram: DecayingHistogram<BUCKETS, PERIOD>,
}

// loom's atomics cannot be made in a constant; its model makes the histogram alone.
#[cfg(not(all(test, persevere_loom)))]
impl Latency {
    /// Creates an estimate without measurements.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::hedge::Latency;
    ///
    /// static LATENCY: Latency = Latency::new();
    /// assert_eq!(LATENCY.to_string(), "0 of 100 measured");
    /// ```
    pub const fn new() -> Self {
        use crate::util::sync::atomic::{AtomicU32, AtomicU64};
        let buckets = [const { AtomicU32::new(0) }; BUCKETS];
        Latency {
            histogram: DecayingHistogram::new(buckets, AtomicU64::new(0)),
        }
    }
}

#[cfg(not(all(test, persevere_loom)))]
impl Default for Latency {
    fn default() -> Self {
        Latency::new()
    }
}

impl Latency {
    /// Records the duration of an attempt. Hedged attempts do so by themselves.
    pub fn record(&self, took: Duration) {
        self.histogram.add(bucket(nanos(took)));
    }

    /// Records an attempt without an answer after this time, unless the time is shorter than the estimate,
    /// and so carries no information.
    pub(super) fn record_unanswered(&self, ran: Duration, estimate: Option<Duration>) {
        if estimate.is_none_or(|estimate| ran >= estimate) {
            self.record(ran);
        }
    }

    /// Returns the time within which the share `quantile` of the attempts ended: the nearest-rank quantile,
    /// at most 12.5 % too long.
    ///
    /// It is `None` until 100 attempts were measured, and if `quantile` is not between 0 and 1.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::hedge::Latency;
    ///
    /// let latency = Latency::new();
    /// assert_eq!(latency.quantile(0.5), None);
    /// (0..100).for_each(|_| latency.record(Duration::from_nanos(15)));
    /// assert_eq!(latency.quantile(0.5), Some(Duration::from_nanos(15)));
    /// ```
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        if self.histogram.seen() < ENOUGH {
            return None;
        }
        rank(&self.histogram.weights(), quantile)
    }

    /// Returns the weight of all samples, in whole samples.
    #[doc(hidden)]
    pub fn weight(&self) -> f64 {
        let weights = self.histogram.weights();
        weights.into_iter().map(f64::from).sum::<f64>() / f64::from(SAMPLE)
    }
}

fn rank(weights: &[u32; BUCKETS], quantile: f64) -> Option<Duration> {
    let all: u64 = weights.iter().copied().map(u64::from).sum();
    if all == 0 || !(0.0..=1.0).contains(&quantile) {
        return None;
    }
    let rank = ((all as f64 * quantile).ceil() as u64).max(1);
    let mut below = 0;
    let found = weights.iter().position(|&weight| {
        below += u64::from(weight);
        below >= rank
    });
    found.map(|bucket| Duration::from_nanos(upper_end(bucket as u64)))
}

/// Returns the bucket of a time: one for each of the lowest values, then eight to an octave.
fn bucket(nanos: u64) -> usize {
    let nanos = nanos.min(LONGEST);
    let octave = (nanos / STEPS).checked_ilog2().unwrap_or(0);
    (u64::from(octave) * STEPS + (nanos >> octave)) as usize
}

/// Returns the longest time that falls into the bucket.
fn upper_end(bucket: u64) -> u64 {
    let octave = (bucket / STEPS).saturating_sub(1);
    ((bucket - octave * STEPS + 1) << octave) - 1
}

/// Writes one line, such as `p50 12ms, p95 40ms, p99 80ms of 1234 measured`.
impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seen, weights) = (self.histogram.seen(), self.histogram.weights());
        if seen < ENOUGH {
            return write!(f, "{seen} of {ENOUGH} measured");
        }
        let at = |quantile| DisplayDuration(rank(&weights, quantile).unwrap_or_default());
        let (half, most, nearly_all) = (at(0.5), at(0.95), at(0.99));
        write!(
            f,
            "p50 {half}, p95 {most}, p99 {nearly_all} of {seen} measured"
        )
    }
}

/// Writes the same line, instead of hundreds of buckets.
impl fmt::Debug for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Latency({self})")
    }
}
