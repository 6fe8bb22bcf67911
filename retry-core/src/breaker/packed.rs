//! The state of a breaker in one word, so that a transition changes all of it at once.

use super::state::State;

/// A packed state, from the lowest bit: state 3, end_pending 1, ramp or end 1, openings in a row 8, generation 21,
/// counts 30.
///
/// While closed, or counting only, the counts are the failures in a row. While half-open they are the permits
/// taken, the successes and the failures among them, 10 bits each. The generation is the lowest bits of the epoch's
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedState(u64);

/// The most permits of a half-open time that the word can count.
pub(super) const MOST_PROBES: u32 = TEN as u32;
/// The most failures in a row that the word can count.
pub(super) const MOST_FAILURES: u32 = (1 << 30) - 1;

const STATE: u64 = 0b111;
const END_PENDING: u64 = 1 << 3;
const RAMP: u64 = 1 << 4;
const STREAK: u64 = 0xff << STREAK_AT;
const STREAK_AT: u32 = 5;
/// The number of epochs after which the generation wraps.
pub(super) const GENERATIONS: u64 = 1 << 21;

const GENERATION: u64 = (GENERATIONS - 1) << GENERATION_AT;
pub(super) const GENERATION_AT: u32 = 13;
const COUNTS_AT: u32 = 34;
const PERMIT: u64 = 1 << COUNTS_AT;
const SUCCESS: u64 = 1 << (COUNTS_AT + 10);
const FAILURE: u64 = 1 << (COUNTS_AT + 20);
const TEN: u64 = (1 << 10) - 1;

impl PackedState {
    /// Returns the word of a new breaker.
    pub(super) const fn first(state: State) -> PackedState {
        PackedState(state as u64)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        PackedState(bits)
    }

    pub(super) const fn state(self) -> State {
        match self.0 & STATE {
            0 => State::Closed,
            1 => State::Open,
            2 => State::HalfOpen,
            3 => State::ForcedOpen,
            4 => State::ForcedClosed,
            5 => State::Disabled,
            _ => State::MetricsOnly,
        }
    }

    /// Returns whether it is closed, without a failure, a ramp or an opening before: a success changes nothing.
    #[inline]
    pub(super) const fn is_calm(self) -> bool {
        self.0 & !GENERATION == State::Closed as u64
    }

    /// Returns whether both are of one epoch in one state.
    pub(super) const fn same(self, other: PackedState) -> bool {
        (self.0 ^ other.0) & GENERATION == 0
    }

    /// Returns the lowest bits of the number of this epoch.
    #[inline]
    pub(super) const fn generation(self) -> u32 {
        ((self.0 & GENERATION) >> GENERATION_AT) as u32
    }

    /// Returns the distance by which a number, in the bits that the word has, is ahead of the word's own.
    #[inline]
    pub(super) const fn ahead(self, newest: u64) -> u64 {
        newest.wrapping_sub(self.0 & GENERATION) & GENERATION
    }

    /// Returns whether it is closed and admits calls without a further check.
    pub(super) const fn passes(self) -> bool {
        self.0 & (STATE | RAMP) == State::Closed as u64
    }

    /// Returns whether it admits every call.
    pub(super) const fn admits_all(self) -> bool {
        match self.state() {
            State::Closed => !self.ramping(),
            State::ForcedClosed | State::Disabled | State::MetricsOnly => true,
            State::Open | State::HalfOpen | State::ForcedOpen => false,
        }
    }

    /// Returns whether it admits a call without waiting for time to pass; for a ramp this is unknown, so
    /// `false`.
    pub(super) const fn has_room(self, permits: u32) -> bool {
        self.admits_all() || matches!(self.state(), State::HalfOpen) && self.used() < permits
    }

    /// Returns a new epoch, without counts, in a state that has not opened before.
    pub(super) const fn next(self, state: State) -> PackedState {
        let generation = self.0.wrapping_add(1 << GENERATION_AT) & GENERATION;
        PackedState(generation | state as u64)
    }

    /// Returns a new epoch whose end is still to be written; the openings in a row are kept.
    pub(super) const fn next_until(self, state: State) -> PackedState {
        PackedState(self.next(state).0 | END_PENDING | self.0 & STREAK)
    }

    /// Returns the open state, with one more opening in a row.
    pub(super) const fn opened(self) -> PackedState {
        let next = self.next_until(State::Open);
        match next.streak() {
            0xff => next,
            _ => PackedState(next.0 + (1 << STREAK_AT)),
        }
    }

    /// Returns the word after too many failures: open, or one that only counts, until it would no longer be open.
    pub(super) const fn tripped(self) -> PackedState {
        match self.state() {
            State::MetricsOnly => self.next_until(State::MetricsOnly).with_streak(1),
            _ => self.opened(),
        }
    }

    /// Returns whether it only counts, and began when it would have opened.
    pub(super) const fn would_be_open(self) -> bool {
        matches!(self.state(), State::MetricsOnly) && self.streak() > 0
    }

    /// Returns whether the outcomes of calls count, in a row and in windows.
    pub(super) const fn counts_calls(self) -> bool {
        matches!(self.state(), State::Closed | State::MetricsOnly)
    }

    /// Returns the state that is open by force, until an end that is still to be written.
    ///
    /// The bit of the ramp tells it from one without an end.
    pub(super) const fn forced_open_for_a_time(self) -> PackedState {
        PackedState(self.next(State::ForcedOpen).0 | END_PENDING | RAMP)
    }

    /// Returns whether it is open by force, and the end of that is written.
    pub(super) const fn has_forced_end(self) -> bool {
        let bits = self.0 & (STATE | RAMP | END_PENDING);
        bits == State::ForcedOpen as u64 | RAMP
    }

    /// Returns the half-open state, with all permits to be taken.
    pub(super) const fn probing(self) -> PackedState {
        match self.state() {
            State::MetricsOnly => self.with_streak(0).next_until(State::HalfOpen),
            _ => self.next_until(State::HalfOpen),
        }
    }

    /// Returns the half-open state, with its first permit taken.
    pub(super) const fn half_opened(self) -> PackedState {
        self.next_until(State::HalfOpen).granted()
    }

    /// Reissues the permits of probes that are taken for lost, in a half-open state, the first of them at
    /// once.
    ///
    /// Probes that have ended keep their permits, and their counts.
    pub(super) const fn renewed(self) -> PackedState {
        let ended = self.0 & (TEN << (COUNTS_AT + 10) | TEN << (COUNTS_AT + 20));
        let used = self.successes() + self.failures();
        PackedState(self.next_until(State::HalfOpen).0 | ended | (used as u64) << COUNTS_AT)
            .granted()
    }

    /// Returns the closed state, at first for a growing share of the calls.
    pub(super) const fn ramped(self) -> PackedState {
        PackedState(self.next(State::Closed).0 | END_PENDING | RAMP)
    }

    pub(super) const fn ramping(self) -> bool {
        self.0 & (STATE | RAMP) == State::Closed as u64 | RAMP
    }

    /// Returns the same word without the ramp, which is over.
    pub(super) const fn admitting(self) -> PackedState {
        PackedState(self.0 & !RAMP)
    }

    /// Returns whether its end is still to be written.
    pub(super) const fn end_pending(self) -> bool {
        self.0 & END_PENDING != 0
    }

    pub(super) const fn end_written(self) -> PackedState {
        PackedState(self.0 & !END_PENDING)
    }

    /// Returns the number of openings since it was last closed, at most 255.
    pub(super) const fn streak(self) -> u32 {
        ((self.0 & STREAK) >> STREAK_AT) as u32
    }

    pub(super) const fn with_streak(self, openings: u32) -> PackedState {
        let openings = if openings > 0xff { 0xff } else { openings };
        PackedState(self.0 & !STREAK | (openings as u64) << STREAK_AT)
    }

    /// Returns the failures in a row of a state that counts calls.
    pub(super) const fn consecutive_failures(self) -> u32 {
        (self.0 >> COUNTS_AT) as u32
    }

    pub(super) const fn with_consecutive_failures(self, failures: u32) -> PackedState {
        PackedState(self.0 & (PERMIT - 1) | (failures as u64) << COUNTS_AT)
    }

    /// Returns the permits of a half-open state that are neither returned unused nor taken for lost.
    pub(super) const fn used(self) -> u32 {
        (self.0 >> COUNTS_AT & TEN) as u32
    }

    pub(super) const fn granted(self) -> PackedState {
        PackedState(self.0 + PERMIT)
    }

    pub(super) const fn returned(self) -> PackedState {
        PackedState(self.0 - PERMIT)
    }

    /// Returns the successful probes of a half-open state.
    pub(super) const fn successes(self) -> u32 {
        (self.0 >> (COUNTS_AT + 10) & TEN) as u32
    }

    pub(super) const fn succeeded(self) -> PackedState {
        PackedState(self.0 + SUCCESS)
    }

    /// Returns the failed probes of a half-open state.
    pub(super) const fn failures(self) -> u32 {
        (self.0 >> (COUNTS_AT + 20) & TEN) as u32
    }

    pub(super) const fn failed(self) -> PackedState {
        PackedState(self.0 + FAILURE)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;
    use crate::breaker::epoch::Epoch;

    #[test]
    fn fields_do_not_touch_each_other() {
        let mut word = PackedState::first(State::Closed);
        for _ in 0..300 {
            word = word.opened();
        }
        assert_eq!((word.streak(), word.generation()), (255, 300));
        word = word.end_written().half_opened();
        for _ in 0..MOST_PROBES {
            word = word.succeeded().failed();
        }
        for _ in 1..MOST_PROBES {
            word = word.granted();
        }
        let counts = (word.used(), word.successes(), word.failures());
        assert_eq!(counts, (MOST_PROBES, MOST_PROBES, MOST_PROBES));
        assert_eq!((word.state(), word.streak()), (State::HalfOpen, 255));
        assert_eq!((word.generation(), word.end_pending()), (301, true));
        let probed = word.next(State::HalfOpen).succeeded().failed().failed();
        let renewed = probed.granted().granted().granted().granted().renewed();
        let counts = (renewed.used(), renewed.successes(), renewed.failures());
        assert_eq!(counts, (4, 1, 2));
        let closed = word
            .next(State::Closed)
            .with_consecutive_failures(MOST_FAILURES);
        assert_eq!(
            (closed.consecutive_failures(), closed.generation()),
            (MOST_FAILURES, 302)
        );
    }

    #[test]
    fn the_generation_wraps_and_the_number_of_the_stay_does_not() {
        let mut word = PackedState::first(State::Closed);
        let first = Epoch::of(word, 0);
        let mark = |number: u64| number << GENERATION_AT;
        for number in 1..=GENERATIONS {
            word = word.next(State::Closed);
            let epoch = Epoch::of(word, mark(number));
            assert_eq!(
                (epoch.number(), epoch.next_mark()),
                (number, mark(number + 1))
            );
            // A number that is read a little late gives the same epoch.
            assert_eq!(Epoch::of(word, mark(number + 1)), epoch);
            assert!(word.is_calm());
        }
        assert_eq!(word, PackedState::first(State::Closed).with_generation(0));
        assert!(Epoch::of(word, mark(GENERATIONS)) != first);
    }

    impl PackedState {
        fn with_generation(self, generation: u64) -> PackedState {
            PackedState(self.0 & !GENERATION | generation << GENERATION_AT)
        }
    }
}
