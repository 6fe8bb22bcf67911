//! A window of the last calls.

use super::rings::{Place, Rings, ThreadRings};
use super::window_counts::WindowCounts;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// A count window.
///
/// Good calls are only counted, by each busy thread in a cache line of its own: a ring's first counter, without a
/// tag. A bad call is numbered among all
/// calls so far, and the last of these numbers are kept: the bad calls in the window are those with a number
/// above its first.
///
/// Every access is relaxed, since each of these numbers is complete in itself. The state in which an epoch
/// begins is written before the word that begins it, which is released and acquired. Of two concurrent bad
/// calls, the fence in `Threshold::bad` makes one see both.
#[derive(Debug)]
pub(in crate::breaker) struct CountWindow {
    size: u64,
    place: Place,
    /// The number of good calls before this epoch in the closed state.
    base: AtomicU64,
    /// The generation, and the number of bad calls in it.
    bad: AtomicU64,
    /// The generation and the number of each bad call.
    ring: Box<[AtomicU64]>,
}

impl CountWindow {
    pub(in crate::breaker) fn new(size: u32, place: Place) -> Self {
        CountWindow {
            size: u64::from(size),
            place,
            base: AtomicU64::new(0),
            bad: AtomicU64::new(0),
            ring: (0..size).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    #[inline]
    pub(in crate::breaker) fn good(&self, rings: ThreadRings<'_>) {
        let count = rings.ring(self.place).at(0).untagged();
        rings.writer.add_one(count);
    }

    pub(in crate::breaker) fn bad(&self, rings: &Rings, generation: u32) {
        let mut seen = self.bad.load(Ordering::Relaxed);
        let index = loop {
            let index = match open(seen) {
                (held, count) if held == generation => count,
                // Of an earlier epoch: the count of a new epoch is written before it begins.
                _ => return,
            };
            let next = pack(generation, index + 1);
            match self.exchange(seen, next) {
                Ok(_) => break index,
                Err(other) => seen = other,
            }
        };
        let number = pack(generation, self.good_ones(rings) + index + 1);
        self.slot(index).store(number, Ordering::Relaxed);
    }

    /// Counts calls as if they ended now, the bad ones evenly among them, while the epoch is `still` the same.
    pub(in crate::breaker) fn restore(
        &self,
        rings: &Rings,
        generation: u32,
        WindowCounts { calls, bad }: WindowCounts,
        still: &dyn Fn() -> bool,
    ) {
        let mut due = 0;
        for _ in 0..calls.min(self.size) {
            if !still() {
                return;
            }
            due += bad;
            if due >= calls {
                due -= calls;
                self.bad(rings, generation);
            } else {
                self.good(rings.mine());
            }
        }
    }

    /// Returns the counts of the window.
    pub(in crate::breaker) fn counts(&self, rings: &Rings, generation: u32) -> WindowCounts {
        let bad = match open(self.bad.load(Ordering::Relaxed)) {
            (held, count) if held == generation => count,
            _ => 0,
        };
        let calls = self.good_ones(rings) + bad;
        if calls <= self.size {
            return WindowCounts { calls, bad };
        }
        // The newest first, as far back as they are in the window.
        let recent = |back: u64| {
            let entry = self.slot(bad - 1 - back).load(Ordering::Relaxed);
            let (held, number) = open(entry);
            held == generation && (calls.wrapping_sub(number) & NUMBER) < self.size
        };
        let (mut inside, mut outside) = (0, bad.min(self.size));
        while inside < outside {
            let middle = inside.midpoint(outside);
            if recent(middle) {
                inside = middle + 1;
            } else {
                outside = middle;
            }
        }
        WindowCounts {
            calls: self.size,
            bad: inside,
        }
    }

    /// Forgets the counts so far, before the breaker is closed.
    ///
    /// The count of good calls only grows, so that a late thread cannot bring any back. The bad calls begin
    /// again under the generation of the epoch to come.
    pub(in crate::breaker) fn begin(
        &self,
        rings: &Rings,
        generation: u32,
        still: &dyn Fn() -> bool,
    ) {
        let good = self.all_good(rings);
        if still() {
            self.base.fetch_max(good, Ordering::Relaxed);
        }
        let mut seen = self.bad.load(Ordering::Relaxed);
        while still() {
            match self.exchange(seen, pack(generation, 0)) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    fn good_ones(&self, rings: &Rings) -> u64 {
        let base = self.base.load(Ordering::Relaxed);
        self.all_good(rings).saturating_sub(base)
    }

    fn all_good(&self, rings: &Rings) -> u64 {
        let counts = rings.all(self.place).map(|ring| ring.at(0).untagged());
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn slot(&self, index: u64) -> &AtomicU64 {
        &self.ring[(index % self.size) as usize]
    }

    fn exchange(&self, seen: u64, next: u64) -> Result<u64, u64> {
        let order = Ordering::Relaxed;
        self.bad.compare_exchange_weak(seen, next, order, order)
    }
}

const NUMBER_BITS: u32 = 43;
const NUMBER: u64 = (1 << NUMBER_BITS) - 1;

const fn pack(generation: u32, number: u64) -> u64 {
    (generation as u64) << NUMBER_BITS | number & NUMBER
}

const fn open(bits: u64) -> (u32, u64) {
    ((bits >> NUMBER_BITS) as u32, bits & NUMBER)
}
