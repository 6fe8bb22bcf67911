//! Counts over a moving window of time, cut into slices that are numbered from the start.
//!
//! Every word holds the number of its slice beside the count, so that what has grown old need not
//! be cleared: it no longer matches. Retries are withdrawn by one word, that of the latest slice, so
//! that two of them cannot both take the last; the finished slices stand beside it.
//!
//! The window begins within a slice. Calls of that slice do not count any more, since some of them are
//! too old. Retries of it do, until the last of them is: what was granted never exceeds what the calls
//! of the very same time allow.

use crate::util::sync::atomic::{AtomicU64, Ordering};

/// How many slices a window has.
pub(in crate::budget) const SLICES: usize = 10;

/// One more for the slice in which the window begins, and one for what a length that is no multiple of
/// `SLICES` leaves over.
const EXTRA: usize = 2;

#[derive(Debug)]
pub(in crate::budget) struct Window<const N: usize = SLICES> {
    /// The lengths of the window and of a slice, in nanoseconds.
    length: u64,
    slice: u64,
    calls: Slices,
    /// The retries withdrawn in the latest slice that had one.
    latest: AtomicU64,
    /// Those of the slices before.
    finished: Slices,
    /// Those that were given back, in the slice where they had been withdrawn.
    returned: Slices,
    /// The time at which the last retry of a slice was withdrawn, or a little later: in nanoseconds.
    last: Box<[AtomicU64]>,
}

impl<const N: usize> Window<N> {
    /// A window of so many nanoseconds.
    pub(in crate::budget) fn new(length: u64) -> Self {
        Window {
            length,
            slice: length / N as u64,
            calls: Slices::new(N),
            latest: AtomicU64::new(0),
            finished: Slices::new(N + EXTRA),
            returned: Slices::new(N + EXTRA),
            last: words(N + EXTRA),
        }
    }

    /// A call begins, so many nanoseconds after the first one.
    pub(in crate::budget) fn call(&self, now: u64) {
        self.calls.add(self.slice(now));
    }

    /// Draws a retry, if `allowed` says so of the calls and retries of the window; gives its slice.
    pub(in crate::budget) fn withdraw(
        &self,
        now: u64,
        allowed: impl Fn(u64, u64) -> bool,
    ) -> Option<u32> {
        let mut latest = self.latest.load(Ordering::Acquire);
        loop {
            let (slice, count) = unpack(latest);
            let now = self.not_before(slice, now);
            let withdrawn = self.slice(now);
            let (calls, retries) = self.counts_beside(latest, now);
            if !allowed(calls, retries) {
                return None;
            }
            let count = if slice == withdrawn {
                count.checked_add(1)?
            } else {
                // Whoever begins a slice has kept the one before.
                self.finished.keep(latest);
                1
            };
            // Before the draw, so that who sees it sees this too.
            self.last(withdrawn).fetch_max(now, Ordering::Relaxed);
            match self.latest.compare_exchange_weak(
                latest,
                pack(withdrawn, count),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(withdrawn),
                Err(changed) => latest = changed,
            }
        }
    }

    /// A retry withdrawn in that slice does not begin.
    pub(in crate::budget) fn refund(&self, slice: u32) {
        self.returned.add(slice);
    }

    /// Calls and retries of the window that ends at `now`.
    pub(in crate::budget) fn counts(&self, now: u64) -> (u64, u64) {
        let latest = self.latest.load(Ordering::Acquire);
        self.counts_beside(latest, self.not_before(unpack(latest).0, now))
    }

    fn counts_beside(&self, latest: u64, now: u64) -> (u64, u64) {
        let (slice, count) = unpack(latest);
        let end = self.slice(now);
        let age = |slice: u32| end.saturating_sub(slice) as usize;
        let whole = |slice: u32| age(slice) < N;
        let since = |slice: u32| now.saturating_sub(self.last(slice).load(Ordering::Relaxed));
        // Of older ones a later slice may have taken the word.
        let partly = |slice: u32| age(slice) < N + EXTRA && since(slice) < self.length;
        let counts = |slice: u32| whole(slice) || partly(slice);
        let latest = if counts(slice) { count.into() } else { 0 };
        let withdrawn = self.finished.sum(|kept| kept < slice && counts(kept)) + latest;
        let returned = self.returned.sum(counts);
        (self.calls.sum(whole), withdrawn.saturating_sub(returned))
    }

    /// The clock may have been read before another's draw in a later slice.
    fn not_before(&self, slice: u32, now: u64) -> u64 {
        now.max(u64::from(slice).saturating_mul(self.slice))
    }

    fn slice(&self, now: u64) -> u32 {
        u32::try_from(now / self.slice).unwrap_or(u32::MAX)
    }

    fn last(&self, slice: u32) -> &AtomicU64 {
        &self.last[slice as usize % self.last.len()]
    }
}

/// A count for each slice of a window, at the slice's number modulo theirs.
#[derive(Debug)]
struct Slices(Box<[AtomicU64]>);

impl Slices {
    fn new(count: usize) -> Self {
        Slices(words(count))
    }

    fn at(&self, slice: u32) -> &AtomicU64 {
        &self.0[slice as usize % self.0.len()]
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

    /// The sum over the slices that count.
    fn sum(&self, counts: impl Fn(u32) -> bool) -> u64 {
        let words = self.0.iter().map(|word| word.load(Ordering::Relaxed));
        words
            .map(unpack)
            .filter(|&(slice, _)| counts(slice))
            .map(|(_, count)| u64::from(count))
            .sum()
    }
}

fn words(count: usize) -> Box<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

/// The number of a slice above its count, so that later slices are greater.
const fn pack(slice: u32, count: u32) -> u64 {
    (slice as u64) << 32 | count as u64
}

const fn unpack(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
