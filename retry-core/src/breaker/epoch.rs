//! A stay in one state, told from every other.

use super::State;
use super::packed::{GENERATION_AT, GENERATIONS, PackedState};

/// The number of a stay, and its state: what a permit remembers of the moment it was given.
///
/// The word has room for the lowest bits of the number alone, and they wrap. A permit that is held over
/// two million changes must not be taken for one of today, so the whole number is kept beside the word.
/// The bits are where they are in the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Epoch(u64);

const STATE: u64 = (1 << GENERATION_AT) - 1;

impl Epoch {
    /// The stay of a word, by the [mark](Epoch::next_mark) of a number that was read after it: its own, or one
    /// a little later.
    #[inline]
    pub(super) const fn of(word: PackedState, newest: u64) -> Epoch {
        match word.ahead(newest) {
            // Nearly always, and so without a computation.
            0 => Epoch(newest | word.state() as u64),
            ahead => Epoch::earlier(word, newest, ahead),
        }
    }

    #[cold]
    const fn earlier(word: PackedState, newest: u64, ahead: u64) -> Epoch {
        Epoch(newest.wrapping_sub(ahead) | word.state() as u64)
    }

    #[inline]
    pub(super) const fn number(self) -> u64 {
        self.0 >> GENERATION_AT
    }

    /// The number of the stay after this one, as it is kept beside the word.
    pub(super) const fn next_mark(self) -> u64 {
        (self.0 & !STATE).wrapping_add(1 << GENERATION_AT)
    }

    /// The word of a closed stay without failures.
    #[inline]
    pub(super) const fn calm(self) -> u64 {
        self.0 & ((GENERATIONS - 1) << GENERATION_AT)
    }

    /// The bits of the number that the word has too.
    #[inline]
    pub(super) const fn generation(self) -> u32 {
        (self.number() & (GENERATIONS - 1)) as u32
    }

    pub(super) const fn is(self, state: State) -> bool {
        self.0 & STATE == state as u64
    }
}
