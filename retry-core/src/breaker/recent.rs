//! What opens a breaker, as it stands now.

use super::reading::Reading;
use super::share::Share;
use super::{CircuitBreaker, State, read};
use crate::time::clock::Instant;

/// What a closed breaker holds against the calls since it was closed; of other states, nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recent {
    /// The failures in a row; 0 where they are not counted.
    pub in_a_row: u32,
    /// Of the window of [`failure_rate`](CircuitBreaker::failure_rate): the failures.
    pub failed: Option<Share>,
    /// Of the window of [`slow_calls`](CircuitBreaker::slow_calls): the slow calls, those under way
    /// past the threshold included.
    pub slow: Option<Share>,
}

impl CircuitBreaker {
    /// What it holds against the calls since it was closed.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments");
    /// breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.recent().in_a_row, 1);
    /// ```
    pub fn recent(&self) -> Recent {
        self.recent_at(read)
    }

    #[doc(hidden)]
    pub fn recent_at(&self, clock: fn() -> Instant) -> Recent {
        let (word, clock) = (self.load(), Reading::new(clock));
        let closed = word.state() == State::Closed;
        let of_closed = |share: Share| if closed { share } else { Share::default() };
        let (watch, generation) = (self.watch(), word.generation());
        let failed = watch.and_then(|watch| watch.failed(generation, &clock));
        let slow = watch.and_then(|watch| watch.slow(generation, &clock));
        Recent {
            in_a_row: if closed { word.row() } else { 0 },
            failed: failed.map(of_closed),
            slow: slow.map(of_closed),
        }
    }
}
