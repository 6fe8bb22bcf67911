//! An epoch: one stay in one state, distinct from every other.

use super::packed::{GENERATION_AT, PackedState};
use super::state::State;

/// The word and the number of the newest epoch, as a permit keeps them from the moment it was taken.
///
/// Few calls ask which epoch that was: those that fail, those that are no longer in it, and those that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entered {
    pub(super) word: PackedState,
    pub(super) newest: u64,
}

impl Entered {
    pub(super) const fn epoch(self) -> Epoch {
        Epoch::of(self.word, self.newest)
    }
}

/// The number of an epoch, and its state, from the moment it was taken.
///
/// The word has room for the lowest bits of the number alone, and they wrap. A permit that is held over two
/// million changes must not be taken for one of the current epoch, so the whole number is kept beside the
/// word. The bits have the positions that they have in the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Epoch(u64);

const STATE: u64 = (1 << GENERATION_AT) - 1;

impl Epoch {
    /// Returns the epoch of a word, by the [mark](Epoch::next_mark) of a number that was read after it: its
    /// own, or one a little later.
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

    /// Returns the number of the epoch after this one, as it is kept beside the word.
    pub(super) const fn next_mark(self) -> u64 {
        (self.0 & !STATE).wrapping_add(1 << GENERATION_AT)
    }

    pub(super) const fn is(self, state: State) -> bool {
        self.0 & STATE == state as u64
    }
}
