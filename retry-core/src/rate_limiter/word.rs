//! The state of a limiter in one word.

use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// The arrival of a limiter, and whether its line is to be asked too: for calls that wait, or for news that the
/// arrival cannot hold.
///
/// Every access is relaxed: each change is one atomic step on this one word, and what is behind the lock is read
/// and written under the lock alone. The mark is changed under the lock, and so is the arrival while it is set;
/// a permit that is taken without the lock fails to exchange a word that was marked meanwhile.
///
/// It is alone on its cache lines, in pairs as most processors fetch them, so that threads that exchange it read the
/// settings beside it without waiting for each other.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct AtomicWord(AtomicU64);

/// An arrival in nanoseconds, at most 292 years, and the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

const MARK: u64 = 1;

impl Word {
    const fn new(arrival: u64, marked: bool) -> Self {
        let most = u64::MAX >> 1;
        let arrival = if arrival > most { most } else { arrival };
        Word(arrival << 1 | marked as u64)
    }

    #[inline]
    pub(super) const fn arrival(self) -> u64 {
        self.0 >> 1
    }

    /// Returns whether the line is to be asked.
    #[inline]
    pub(super) const fn is_marked(self) -> bool {
        self.0 & MARK != 0
    }
}

impl AtomicWord {
    pub(super) const fn new() -> Self {
        AtomicWord(AtomicU64::new(0))
    }

    #[inline]
    pub(super) fn load(&self) -> Word {
        Word(self.0.load(Ordering::Relaxed))
    }

    /// Replaces the arrival by that which `next` makes of it, unless it makes none.
    #[inline]
    pub(super) fn update(&self, mut next: impl FnMut(Word) -> Option<u64>) -> bool {
        let next = |bits| {
            let word = Word(bits);
            next(word).map(|arrival| Word::new(arrival, word.is_marked()).0)
        };
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }

    /// Moves the arrival to this time, if it is before it.
    pub(super) fn raise(&self, arrival: u64) {
        self.update(|word| (word.arrival() < arrival).then_some(arrival));
    }

    /// Sets or clears the mark; the caller has the lock.
    pub(super) fn mark(&self, marked: bool) {
        if self.load().is_marked() == marked {
            return;
        }
        if marked {
            self.0.fetch_or(MARK, Ordering::Relaxed);
        } else {
            self.0.fetch_and(!MARK, Ordering::Relaxed);
        }
    }
}
