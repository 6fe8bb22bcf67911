//! A stay in one state, told from every other.

use super::State;
use super::word::{GENERATIONS, Word};

/// The number of a stay, and its state: what a permit remembers of the moment it was given.
///
/// The word has room for the lowest bits of the number alone, and they wrap. A permit that is held over
/// two million changes must not be taken for one of today, so the whole number is kept beside the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay(u64);

/// The state is in the lowest bits.
const STATE_BITS: u32 = 3;

impl Stay {
    /// The stay of a word, by a number that was read after it: its own, or one a little later.
    #[inline]
    pub(super) const fn of(word: Word, newest: u64) -> Stay {
        let ahead = newest.wrapping_sub(word.generation() as u64) & (GENERATIONS - 1);
        Stay(newest.wrapping_sub(ahead) << STATE_BITS | word.state() as u64)
    }

    #[inline]
    pub(super) const fn number(self) -> u64 {
        self.0 >> STATE_BITS
    }

    /// The bits of the number that the word has too.
    #[inline]
    pub(super) const fn generation(self) -> u32 {
        (self.number() & (GENERATIONS - 1)) as u32
    }

    pub(super) const fn is(self, state: State) -> bool {
        self.0 & ((1 << STATE_BITS) - 1) == state as u64
    }
}
