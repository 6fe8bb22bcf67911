//! The limit of an adaptive bulkhead.

use super::latency_average::LatencyAverage;
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// A limit that follows the gradient of latency, and shrinks on each overload.
///
/// It is the Gradient2 of Netflix's
/// [concurrency-limits](https://github.com/Netflix/concurrency-limits), with the decrease of AIMD. It differs in that
/// a timeout is never a sample of latency, or else a service that only times out would seem well before long.
///
/// All accesses are relaxed: each number is exact by itself, and whoever changes the limit publishes it afterwards.
#[derive(Debug)]
pub(super) struct Gradient {
    least: f64,
    most: f64,
    /// The limit with its fraction: the bits of an `f64`.
    limit: AtomicU64,
    /// The average latency over a long time, in nanoseconds.
    average: LatencyAverage,
}

/// The latency, by the average of a long time, above which a service is taken to queue.
const TOLERANCE: f64 = 1.5;
/// The share of the new limit in one step.
const SMOOTHING: f64 = 0.2;
/// The share of the limit that is left after an overload.
const BACKOFF: f64 = 0.9;

impl Gradient {
    pub(super) const fn new(least: u32, most: u32, first: u32) -> Self {
        Gradient {
            least: least as f64,
            most: most as f64,
            limit: AtomicU64::new((first as f64).to_bits()),
            average: LatencyAverage::new(),
        }
    }

    /// Returns the whole places of the limit.
    pub(super) fn limit(&self) -> u32 {
        f64::from_bits(self.limit.load(Ordering::Relaxed)) as u32
    }

    /// Learns from an attempt that took `nanos`, at the end of which this many places were in use, its own included.
    pub(super) fn succeeded(&self, nanos: u64, in_use: u32) {
        // A clock that stands still is taken to measure something.
        let latency = nanos.max(1) as f64;
        let gradient = (TOLERANCE * self.average.add(latency) / latency).clamp(0.5, 1.0);
        self.change(|limit| {
            // A limit that is not reached has not shown what the service can bear.
            let counts = f64::from(in_use) >= limit / 2.0;
            let aim = limit * gradient + limit.sqrt();
            counts.then(|| (1.0 - SMOOTHING) * limit + SMOOTHING * aim)
        });
    }

    /// Learns from an attempt that timed out, or that the service refused for its load.
    pub(super) fn overloaded(&self) {
        self.change(|limit| Some(BACKOFF * limit));
    }

    fn change(&self, next: impl Fn(f64) -> Option<f64>) {
        let next = |bits| {
            let limit = next(f64::from_bits(bits))?;
            Some(limit.clamp(self.least, self.most).to_bits())
        };
        let order = Ordering::Relaxed;
        // An error only says that the limit stays.
        let _ = self.limit.fetch_update(order, order, next);
    }
}
