//! Admission of calls.

use std::time::Duration;

use super::cached_clock::CachedClock;
use super::cached_clock::{duration, read};
use super::circuit_breaker::CircuitBreaker;
use super::circuit_open::CircuitOpen;
use super::epoch::Entered;
use super::metrics::in_flight::CallStart;
use super::packed::PackedState;
use super::permit::Permit;
use super::reason::Reason;
use super::state::State;
use super::transition::FOREVER;
use crate::time::clock::Instant;
use crate::util::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Takes the permission to make one call.
    ///
    /// # Errors
    ///
    /// The refusal: the breaker is open, all permits of its half-open time are taken, or it is closed and its
    /// ramp admits only a share of the calls.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(1);
    ///
    /// PAYMENTS.try_enter().expect("closed at first").failure();
    /// let refused = PAYMENTS.try_enter().unwrap_err();
    /// assert!(refused.retry_after <= Some(std::time::Duration::from_secs(30)));
    /// ```
    #[inline]
    pub fn try_enter(&self) -> Result<Permit<'_>, CircuitOpen> {
        self.enter(read)
    }

    /// Enters as [`try_enter`](CircuitBreaker::try_enter) does, with the clock of the call, which is read
    /// only where a rule needs it.
    #[doc(hidden)]
    #[inline]
    pub fn enter(&self, clock: fn() -> Instant) -> Result<Permit<'_>, CircuitOpen> {
        self.admit(clock).map_err(|refusal| self.refuse(refusal))
    }

    /// Admits a call, whose permit stays in registers where nothing as large as an error may take its place.
    #[inline]
    pub(super) fn admit(&self, clock: fn() -> Instant) -> Result<Permit<'_>, Refusal> {
        let word = self.load();
        let (entered, start) = if word.passes() && !self.times {
            (self.entered(word), CallStart::NEVER)
        } else {
            self.admit_slow_path(word, clock)?
        };
        Ok(Permit::new(self, clock, entered, start))
    }

    /// Counts a refusal and makes its error.
    #[cold]
    pub(super) fn refuse(&self, Refusal { retry_after }: Refusal) -> CircuitOpen {
        self.counters.refused.count([0]);
        CircuitOpen {
            name: self.name(),
            key: self.settings.key().copied(),
            retry_after,
        }
    }

    /// Returns the time for which the breaker will refuse every call; `None` where it may let one through.
    #[doc(hidden)]
    pub fn refuses_for(&self, clock: fn() -> Instant) -> Option<Duration> {
        let word = self.load();
        match word.state() {
            State::Open | State::ForcedOpen => {
                let left = self.time_left(word, &CachedClock::new(clock))?;
                Some(if left == FOREVER {
                    Duration::MAX
                } else {
                    duration(left)
                })
            }
            _ => None,
        }
    }

    /// Admits a call that is timed, or for which the word says more than "closed"; or returns the time until the
    /// next try.
    #[inline(never)]
    fn admit_slow_path(
        &self,
        word: PackedState,
        clock: fn() -> Instant,
    ) -> Result<(Entered, CallStart), Refusal> {
        let metrics = if word.passes() { self.metrics() } else { None };
        if let Some(metrics) = metrics {
            if let Some(start) = metrics.began(word.generation(), clock) {
                return Ok((self.entered(word), start));
            }
            self.open_hanging(word, clock);
        }
        self.admit_by_state(clock)
    }

    /// Admits a call and makes the transitions that are due, or returns the time until the next try.
    #[inline(never)]
    fn admit_by_state(&self, read: fn() -> Instant) -> Result<(Entered, CallStart), Refusal> {
        let clock = &CachedClock::new(read);
        let mut word = self.load();
        loop {
            let next = match word.state() {
                State::Disabled | State::ForcedClosed => {
                    return Ok((self.entered(word), CallStart::NEVER));
                }
                State::MetricsOnly => match self.begin(word, read) {
                    Some(start) => return Ok((self.entered(word), start)),
                    // Those that hang are not looked for again in this slice.
                    None => {
                        word = self.load();
                        continue;
                    }
                },
                State::Closed => match self.ramping(word, clock) {
                    Ramp::Over => Ok(word.admitting()),
                    Ramp::Refuses(left) => Err(self.next_try(left)),
                    Ramp::Admits => match self.begin(word, read) {
                        Some(start) => return Ok((self.entered(word), start)),
                        None => {
                            word = self.load();
                            continue;
                        }
                    },
                },
                State::Open | State::ForcedOpen => match self.time_left(word, clock) {
                    None => Ok(word.half_opened()),
                    Some(FOREVER) => return Err(Refusal { retry_after: None }),
                    Some(left) => Err(duration(left)),
                },
                State::HalfOpen => match self.time_left(word, clock) {
                    // The outstanding probes are presumed lost; reissue their permits.
                    None => Ok(word.renewed()),
                    Some(_) if word.used() < self.settings.permits() => Ok(word.granted()),
                    Some(left) => Err(self.half_open_retry_after(word, left)),
                },
            };
            let next = match next {
                Ok(next) => next,
                // The time left may be that of the next epoch, whose permits are available.
                Err(_) if !self.load().same(word) => {
                    word = self.load();
                    continue;
                }
                Err(left) => {
                    return Err(Refusal {
                        retry_after: Some(left),
                    });
                }
            };
            word = match self.exchange(word, next) {
                Ok(()) => {
                    self.after_transition(word, next, || Reason::OpenTimeOver.into(), clock);
                    if next.state() == State::HalfOpen {
                        let start = self
                            .metrics()
                            .map_or(CallStart::NEVER, |metrics| metrics.probe_start(clock));
                        return Ok((self.entered(next), start));
                    }
                    next
                }
                Err(seen) => seen,
            };
        }
    }

    /// Begins a call in a state that counts it; returns `None` if too many calls hang, which may have ended the state.
    fn begin(&self, word: PackedState, clock: fn() -> Instant) -> Option<CallStart> {
        let Some(metrics) = self.metrics() else {
            return Some(CallStart::NEVER);
        };
        let start = metrics.began(word.generation(), clock);
        if start.is_none() {
            self.open_hanging(word, clock);
        }
        start
    }

    /// Opens the breaker, since too many calls hang, or tells that it would be open.
    #[cold]
    fn open_hanging(&self, word: PackedState, clock: fn() -> Instant) {
        let clock = &CachedClock::new(clock);
        if self.is_quiet(word, clock) {
            return;
        }
        let metrics = self.metrics();
        let counts = metrics.and_then(|metrics| metrics.slow(word.generation(), clock));
        let cause = |_| Reason::HangingCalls(counts.unwrap_or_default()).into();
        self.transition(self.epoch(word), clock, cause, PackedState::tripped);
    }

    /// Applies the ramp, if the word has one, to a call.
    ///
    /// The admitted share of all calls is the share of the ramp's time that has passed. Each call adds the
    /// share to the credit, and goes through when the credit reaches a whole.
    fn ramping(&self, word: PackedState, clock: &CachedClock) -> Ramp {
        if !word.ramping() {
            return Ramp::Admits;
        }
        let Some(left) = self.time_left(word, clock) else {
            return Ramp::Over;
        };
        let ramp = self.settings.ramp_nanos();
        let share = ((u128::from(ramp - left) << 32) / u128::from(ramp)) as u64;
        // Relaxed: the credit is one number, and each call adds to it in one step.
        let saved = self.credit.fetch_add(share, Ordering::Relaxed);
        if (saved & 0xffff_ffff) + share > 0xffff_ffff {
            Ramp::Admits
        } else {
            Ramp::Refuses(left)
        }
    }

    /// Returns the time until the next try at a ramp, which admits that call or the one after it.
    fn next_try(&self, left: u64) -> Duration {
        duration((self.settings.ramp_nanos() / 100).clamp(1, left))
    }

    /// Returns the time until the next try at a breaker whose permits are all taken.
    fn half_open_retry_after(&self, word: PackedState, left: u64) -> Duration {
        let span = self.duration_of(word);
        duration((span - left).max(span / 100).min(left))
    }
}

/// A refusal that is not yet counted, with the time until the next try, if it is known.
pub(super) struct Refusal {
    retry_after: Option<Duration>,
}

enum Ramp {
    Admits,
    /// The call is refused; the ramp lasts for this many nanoseconds more.
    Refuses(u64),
    Over,
}
