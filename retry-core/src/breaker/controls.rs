//! The controls of an operator.

use std::time::Duration;

use super::cached_clock::{CachedClock, read};
use super::circuit_breaker::CircuitBreaker;
use super::packed::PackedState;
use super::reason::Reason;
use super::state::State;
use crate::time::clock::Instant;
use crate::time::ticks::{nanos, ticks};

impl CircuitBreaker {
    /// Refuses every call until [`reset`](CircuitBreaker::reset), or another method of its kind.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments");
    /// breaker.force_open();
    /// assert_eq!(breaker.try_enter().unwrap_err().retry_after, None);
    /// breaker.reset();
    /// assert!(breaker.try_enter().is_ok());
    /// ```
    pub fn force_open(&self) {
        self.force(Reason::Forced, |word| word.next(State::ForcedOpen));
    }

    /// Refuses every call for this long. After that it is half-open, and its probes decide.
    ///
    /// It is [`ForcedOpen`](State::ForcedOpen) meanwhile, and refusals tell the time that is left. For an instant, pass
    /// the time until it. A fleet leaves it alone until it is half-open. resilience4j has `transitionToOpenStateFor`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments");
    /// breaker.force_open_for(Duration::from_secs(600)); // a deployment of the service
    /// let refused = breaker.try_enter().unwrap_err();
    /// assert!(refused.retry_after > Some(Duration::from_secs(599)));
    /// ```
    pub fn force_open_for(&self, time: Duration) {
        self.force_open_at(time, read);
    }

    #[doc(hidden)]
    pub fn force_open_at(&self, time: Duration, clock: fn() -> Instant) {
        let until = ticks(clock()).saturating_add(nanos(time));
        let word = self.force(Reason::Forced, PackedState::forced_open_for_a_time);
        self.write_end(word, until);
        // Waiting calls sleep to the end of a former state.
        self.wait_queue.wake(true);
    }

    /// Makes it half-open: the next calls are probes, whose outcomes close or open it.
    ///
    /// One that is half-open already goes on as it is. resilience4j has `transitionToHalfOpenState`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// breaker.call(|| None::<u8>);
    /// breaker.half_open(); // the service is said to be back
    /// assert_eq!(breaker.call(|| Some(1)), Some(1));
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn half_open(&self) {
        self.half_open_at(read);
    }

    #[doc(hidden)]
    pub fn half_open_at(&self, clock: fn() -> Instant) {
        let word = self.force(Reason::Forced, |word| match word.state() {
            State::HalfOpen => word,
            _ => word.probing(),
        });
        let clock = CachedClock::new(clock);
        self.write_end(word, clock.now().saturating_add(self.duration_of(word)));
    }

    /// Admits every call, despite failures, until [`reset`](CircuitBreaker::reset). Failures count in
    /// [`counts`](CircuitBreaker::counts) alone.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// breaker.force_close();
    /// let _ = breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.call(|| Some(1)), Some(1));
    /// assert_eq!(breaker.counts().failures, 1);
    /// ```
    pub fn force_close(&self) {
        self.force(Reason::Forced, |word| word.next(State::ForcedClosed));
    }

    /// Admits every call and counts nothing, until [`reset`](CircuitBreaker::reset).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// breaker.disable();
    /// let _ = breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.counts().failures, 0);
    /// ```
    pub fn disable(&self) {
        self.force(Reason::Forced, |word| word.next(State::Disabled));
    }

    /// Admits every call and counts them as a closed breaker does, until [`reset`](CircuitBreaker::reset), as
    /// `transitionToMetricsOnlyState` of resilience4j does.
    ///
    /// The setting [`metrics_only`](CircuitBreaker::metrics_only) is the same from the start, and says what a listener
    /// hears.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// breaker.force_metrics_only();
    /// let _ = breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.call(|| Some(1)), Some(1));
    /// assert_eq!((breaker.state(), breaker.counts().would_have_opened), (State::MetricsOnly, 1));
    /// ```
    pub fn force_metrics_only(&self) {
        self.force(Reason::Forced, |word| word.next(State::MetricsOnly));
    }

    /// Closes it and forgets earlier calls, those in flight included; its [`counts`](CircuitBreaker::counts)
    /// go on. One with the setting [`metrics_only`](CircuitBreaker::metrics_only) is in that state again.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// let _ = breaker.call(|| None::<u8>);
    /// breaker.reset();
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn reset(&self) {
        self.force(Reason::Reset, |word| word.next(self.settings.initial()));
    }
}
