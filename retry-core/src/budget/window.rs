//! Counts over a moving window of time, cut into slices that are numbered from the start.
//!
//! Every word holds the number of its slice beside the count, so that what has grown old need not
//! be cleared: it no longer matches. Retries are drawn by one word, that of the latest slice, so
//! that two of them cannot both take the last; the finished slices stand beside it.

use core::array;

use crate::sync::atomic::{AtomicU64, Ordering};

/// How many slices a window has.
pub(super) const SLICES: usize = 10;

#[derive(Debug)]
pub(super) struct Window<const N: usize = SLICES> {
    calls: Slices<N>,
    /// The retries drawn in the latest slice that had one.
    latest: AtomicU64,
    /// Those of the slices before.
    finished: Slices<N>,
    /// Those that were given back, in the slice where they had been drawn.
    returned: Slices<N>,
}

impl<const N: usize> Window<N> {
    pub(super) fn new() -> Self {
        Window {
            calls: Slices::new(),
            latest: AtomicU64::new(0),
            finished: Slices::new(),
            returned: Slices::new(),
        }
    }

    /// A call begins.
    pub(super) fn call(&self, now: u32) {
        self.calls.add(now);
    }

    /// Draws a retry, if `allowed` says so of the calls and retries of the window; gives its slice.
    pub(super) fn draw(&self, now: u32, allowed: impl Fn(u64, u64) -> bool) -> Option<u32> {
        let mut latest = self.latest.load(Ordering::Acquire);
        loop {
            let (slice, count) = unpack(latest);
            // A clock that was read before another's draw.
            let now = now.max(slice);
            let (calls, retries) = self.counts_beside(latest, now);
            if !allowed(calls, retries) {
                return None;
            }
            let count = if slice == now {
                count.checked_add(1)?
            } else {
                // Whoever begins a slice has kept the one before.
                self.finished.keep(latest);
                1
            };
            match self.latest.compare_exchange_weak(
                latest,
                pack(now, count),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(now),
                Err(changed) => latest = changed,
            }
        }
    }

    /// A retry drawn in that slice does not begin.
    pub(super) fn give_back(&self, slice: u32) {
        self.returned.add(slice);
    }

    /// Calls and retries of the window that ends in this slice.
    pub(super) fn counts(&self, now: u32) -> (u64, u64) {
        let latest = self.latest.load(Ordering::Acquire);
        self.counts_beside(latest, now.max(unpack(latest).0))
    }

    fn counts_beside(&self, latest: u64, now: u32) -> (u64, u64) {
        let (slice, count) = unpack(latest);
        let drawn = self.finished.sum(now, |kept| kept < slice)
            + if within::<N>(slice, now) {
                count.into()
            } else {
                0
            };
        let returned = self.returned.sum(now, |_| true);
        (
            self.calls.sum(now, |_| true),
            drawn.saturating_sub(returned),
        )
    }
}

/// A count for each slice of a window, at the slice's number modulo N.
#[derive(Debug)]
struct Slices<const N: usize>([AtomicU64; N]);

impl<const N: usize> Slices<N> {
    fn new() -> Self {
        Slices(array::from_fn(|_| AtomicU64::new(0)))
    }

    fn at(&self, slice: u32) -> &AtomicU64 {
        &self.0[slice as usize % N]
    }

    /// One more in this slice; nothing if the window has left it behind.
    fn add(&self, slice: u32) {
        let one_more = |word| match unpack(word) {
            (older, _) if older < slice => Some(pack(slice, 1)),
            (same, count) if same == slice => Some(pack(slice, count.saturating_add(1))),
            _ => None,
        };
        let _ = self
            .at(slice)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
    }

    /// Keeps this count, unless that of a later slice or a later count of the same one is there.
    fn keep(&self, word: u64) {
        self.at(unpack(word).0).fetch_max(word, Ordering::Relaxed);
    }

    /// The sum over the slices of the window that ends with `now`.
    fn sum(&self, now: u32, counts: impl Fn(u32) -> bool) -> u64 {
        let words = self.0.iter().map(|word| word.load(Ordering::Relaxed));
        words
            .map(unpack)
            .filter(|&(slice, _)| within::<N>(slice, now) && counts(slice))
            .map(|(_, count)| u64::from(count))
            .sum()
    }
}

/// Whether the window that ends with `now` has this slice.
fn within<const N: usize>(slice: u32, now: u32) -> bool {
    (now.saturating_sub(slice) as usize) < N
}

/// The number of a slice above its count, so that later slices are greater.
const fn pack(slice: u32, count: u32) -> u64 {
    (slice as u64) << 32 | count as u64
}

const fn unpack(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
