//! Counts over a moving window of time, cut into slices that are numbered from the start.
//!
//! Every word holds the number of its slice beside the count, so that an old count need not be cleared: its number
//! no longer matches. Retries are withdrawn from one word, that of the latest slice, so that two of them cannot both
//! take the last; the finished slices stand beside it.
//!
//! The window begins within a slice. Calls of that slice no longer count, since some of them are too old. Its retries
//! count until the last of them is too old: the number granted never exceeds what the calls of the same time allow.
//!
//! Orderings: `latest` publishes a withdrawal. A thread that reads a value of it (acquire) also sees the
//! finished slices and the times that were written before it (release). All else is relaxed: a call or a
//! refund that is not seen yet only makes the budget stricter until it is.

use crate::util::striped::{ThreadCopies, Writer};
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The number of slices of a window.
pub(in crate::budget) const SLICES: usize = 10;

/// The number of extra slices: one for the slice in which the window begins, and one for the remainder of a
/// length that is no multiple of `SLICES`.
const EXTRA: usize = 2;

#[derive(Debug)]
pub(in crate::budget) struct Window<const N: usize = SLICES> {
    /// The lengths of the window and of a slice, in nanoseconds.
    length: u64,
    slice: u64,
    /// The calls, which busy threads count apart.
    calls: CallSlices<N>,
    copies: ThreadCopies<Box<CallSlices<N>>>,
    /// The retries of the latest slice that had one.
    latest: AtomicU64,
    /// The retries of the slices before it.
    finished: Slices<Box<[AtomicU64]>>,
    /// The refunds, in the slice of their withdrawal.
    refunded: Slices<Box<[AtomicU64]>>,
    /// The time of the last withdrawal of a slice, or a little later, in nanoseconds.
    last: Box<[AtomicU64]>,
}

impl<const N: usize> Window<N> {
    /// Creates a window of `length` nanoseconds.
    pub(in crate::budget) fn new(length: u64) -> Self {
        Window {
            length,
            slice: length / N as u64,
            calls: CallSlices::new(),
            copies: ThreadCopies::new(),
            latest: AtomicU64::new(0),
            finished: Slices(words(N + EXTRA)),
            refunded: Slices(words(N + EXTRA)),
            last: words(N + EXTRA),
        }
    }

    /// Counts a call that begins `now` nanoseconds after the first one.
    pub(in crate::budget) fn call(&self, now: u64) {
        let slice = self.slice(now);
        match self.copies.own() {
            Some((calls, writer)) => calls.0.add(slice, writer),
            None => {
                self.calls.0.add(slice, Writer::OneOfMany);
                self.copies.visit(|| Box::new(CallSlices::new()));
            }
        }
    }

    /// Withdraws a retry, if `allowed` accepts the calls and retries of the window; returns its slice.
    pub(in crate::budget) fn withdraw(
        &self,
        now: u64,
        allowed: impl Fn(u64, u64) -> bool,
    ) -> Option<u32> {
        // Pairs with the release half of the exchange below.
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
                // The thread that begins a slice has kept the one before: released by the exchange.
                self.finished.keep(latest);
                1
            };
            // Relaxed: released by the exchange, so that a thread that sees the withdrawal sees its time too.
            self.last(withdrawn).fetch_max(now, Ordering::Relaxed);
            // Release: publishes what was kept and timed above. Acquire, also of a failure: pairs with the release of
            // the withdrawal that came first, whose slices are counted next.
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

    /// Refunds a retry of this slice.
    pub(in crate::budget) fn refund(&self, slice: u32) {
        self.refunded.add(slice, Writer::OneOfMany);
    }

    /// Returns the calls and retries of the window that ends at `now`.
    pub(in crate::budget) fn counts(&self, now: u64) -> (u64, u64) {
        // Pairs with the release half of the exchange in `withdraw`.
        let latest = self.latest.load(Ordering::Acquire);
        self.counts_beside(latest, self.not_before(unpack(latest).0, now))
    }

    fn counts_beside(&self, latest: u64, now: u64) -> (u64, u64) {
        let (slice, count) = unpack(latest);
        let end = self.slice(now);
        let age = |slice: u32| end.saturating_sub(slice) as usize;
        let whole = |slice: u32| age(slice) < N;
        let since = |slice: u32| now.saturating_sub(self.last(slice).load(Ordering::Relaxed));
        // A later slice may have taken the word of an older one.
        let partly = |slice: u32| age(slice) < N + EXTRA && since(slice) < self.length;
        let counts = |slice: u32| whole(slice) || partly(slice);
        let latest = if counts(slice) { count.into() } else { 0 };
        let withdrawn = self.finished.sum(|kept| kept < slice && counts(kept)) + latest;
        let refunded = self.refunded.sum(counts);
        let copies: u64 = self.copies.all().map(|calls| calls.0.sum(whole)).sum();
        (
            self.calls.0.sum(whole) + copies,
            withdrawn.saturating_sub(refunded),
        )
    }

    /// Moves `now` into `slice`: the clock may have been read before another thread's withdrawal in a later slice.
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

/// The counts of a window, one for each slice, at the slice's number modulo their number.
#[derive(Debug)]
struct Slices<W>(W);

/// The calls of each slice, on cache lines of their own.
#[derive(Debug)]
#[repr(align(128))]
struct CallSlices<const N: usize>(Slices<[AtomicU64; N]>);

impl<const N: usize> CallSlices<N> {
    fn new() -> Self {
        CallSlices(Slices([(); N].map(|()| AtomicU64::new(0))))
    }
}

impl<W: AsRef<[AtomicU64]>> Slices<W> {
    fn at(&self, slice: u32) -> &AtomicU64 {
        let words = self.0.as_ref();
        &words[slice as usize % words.len()]
    }

    /// Adds one to this slice, unless a later one has taken its word.
    #[inline]
    fn add(&self, slice: u32, writer: Writer) {
        let one_more = |word| match unpack(word) {
            (older, _) if older < slice => Some(pack(slice, 1)),
            (same, count) if same == slice => Some(pack(slice, count.saturating_add(1))),
            _ => None,
        };
        // Relaxed: one step on one word; see the head of the file.
        let (word, order) = (self.at(slice), Ordering::Relaxed);
        match writer {
            Writer::Only => {
                if let Some(word_after) = one_more(word.load(order)) {
                    word.store(word_after, order);
                }
            }
            Writer::OneOfMany => {
                let _ = word.fetch_update(order, order, one_more);
            }
        }
    }

    /// Keeps this count, unless a later slice or a later count of the same slice holds the word.
    fn keep(&self, word: u64) {
        self.at(unpack(word).0).fetch_max(word, Ordering::Relaxed);
    }

    /// Sums the slices for which `counts` is true.
    fn sum(&self, counts: impl Fn(u32) -> bool) -> u64 {
        let words = self.0.as_ref().iter();
        words
            .map(|word| unpack(word.load(Ordering::Relaxed)))
            .filter(|&(slice, _)| counts(slice))
            .map(|(_, count)| u64::from(count))
            .sum()
    }
}

fn words(count: usize) -> Box<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

/// Packs the number of a slice above its count, so that later slices are greater.
const fn pack(slice: u32, count: u32) -> u64 {
    (slice as u64) << 32 | count as u64
}

const fn unpack(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
