//! States that a configuration forces on a breaker, and takes back.

use super::cached_clock::{CachedClock, read};
use super::circuit_breaker::CircuitBreaker;
use super::epoch::Epoch;
use super::packed::PackedState;
use super::reason::Reason;
use super::state::State;

/// The stay in a state that a configuration has forced, which ends with any later change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold(Epoch);

impl CircuitBreaker {
    /// Forces a state until it is released, or changed by hand.
    pub(crate) fn hold(&self, state: State) -> Hold {
        let word = self.force(Reason::Configuration, |word| word.next(state));
        Hold(self.epoch(word))
    }

    /// Closes it as a reset does, unless it was changed by hand since the hold began.
    pub(crate) fn release_hold(&self, hold: Hold) {
        let closed = |word: PackedState| word.next(self.settings.initial());
        let cause = |_| Reason::Configuration.into();
        self.transition(hold.0, &CachedClock::new(read), cause, closed);
    }
}
