//! A histogram in which old samples lose weight.

use crate::util::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The weight of a new sample, which eight halvings leave above zero.
pub(super) const SAMPLE: u32 = 256;

/// A histogram of `N` buckets, in which the weight of all samples is halved every `PERIOD` samples.
///
/// No thread waits: a sample is two additions, and the thread that adds the last one of a period halves the
/// buckets, one atomic step each, while others go on adding. So no sample is lost, and the weight of all
/// stays under twice a period's.
///
/// Every access is relaxed: each bucket is a number by itself, changed in one atomic step, and an estimate
/// may miss a sample that was added a moment ago.
#[derive(Debug)]
pub(super) struct DecayingHistogram<const N: usize, const PERIOD: u64> {
    buckets: [AtomicU32; N],
    seen: AtomicU64,
}

impl<const N: usize, const PERIOD: u64> DecayingHistogram<N, PERIOD> {
    pub(super) const fn new(buckets: [AtomicU32; N], seen: AtomicU64) -> Self {
        DecayingHistogram { buckets, seen }
    }

    /// Adds a sample; an index past the end means the last bucket.
    pub(super) fn add(&self, bucket: usize) {
        self.buckets[bucket.min(N - 1)].fetch_add(SAMPLE, Ordering::Relaxed);
        let seen = self.seen.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if seen % PERIOD == 0 {
            self.halve();
        }
    }

    #[cold]
    fn halve(&self) {
        for bucket in &self.buckets {
            let half = |weight| (weight > 0).then_some(weight / 2);
            // An empty bucket stays as it is.
            let _ = bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, half);
        }
    }

    /// Returns the number of samples ever added.
    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Returns the weights, read one after the other.
    pub(super) fn weights(&self) -> [u32; N] {
        core::array::from_fn(|bucket| self.buckets[bucket].load(Ordering::Relaxed))
    }
}
