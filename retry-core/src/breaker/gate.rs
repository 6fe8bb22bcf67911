//! Who gets through, and what their outcomes change.

use std::time::Duration;

use super::counts::add;
use super::flights::Departure;
use super::reading::Reading;
use super::stay::Stay;
use super::word::Word;
use super::{CircuitBreaker, CircuitOpen, Permit, State, Weight, duration, read};
use crate::time::clock::Instant;
use crate::time::ticks::{nanos, ticks};
use crate::util::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Asks for the permission to make one call.
    ///
    /// # Errors
    ///
    /// The refusal: the breaker is open, all permits of its half-open time are given, or it is closed
    /// and its ramp lets only a share of the calls through.
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

    /// As [`try_enter`](CircuitBreaker::try_enter), with the clock of the call; it is read only where a
    /// rule needs it.
    #[doc(hidden)]
    #[inline]
    pub fn enter(&self, clock: fn() -> Instant) -> Result<Permit<'_>, CircuitOpen> {
        let word = self.load();
        if word.passes() && !self.times {
            return Ok(Permit::new(self, clock, self.stay(word), Departure::NEVER));
        }
        match self.admit(clock) {
            Ok((entered, departure)) => Ok(Permit::new(self, clock, entered, departure)),
            Err(retry_after) => {
                add(&self.counters.refused);
                Err(CircuitOpen {
                    name: self.name(),
                    key: self.settings.key().copied(),
                    retry_after,
                })
            }
        }
    }

    /// How long it will refuse every call from now on; `None` where it may let one through.
    #[doc(hidden)]
    pub fn shut_for(&self, clock: fn() -> Instant) -> Option<Duration> {
        let word = self.load();
        match word.state() {
            State::ForcedOpen => Some(Duration::MAX),
            State::Open => self.left(word, &Reading::new(clock)).map(duration),
            _ => None,
        }
    }

    /// Lets a call through, which makes the transitions that are due; or says when to ask again.
    #[inline(never)]
    fn admit(&self, read: fn() -> Instant) -> Result<(Stay, Departure), Option<Duration>> {
        let clock = &Reading::new(read);
        let mut word = self.load();
        loop {
            let next = match word.state() {
                State::Disabled | State::ForcedClosed => {
                    return Ok((self.stay(word), Departure::NEVER));
                }
                State::ForcedOpen => return Err(None),
                State::Closed => match self.ramping(word, clock) {
                    Ramp::Over => Ok(word.admitting()),
                    Ramp::Refuses(left) => Err(self.next_try(left)),
                    Ramp::Admits => match self.depart(word, read) {
                        Some(departure) => return Ok((self.stay(word), departure)),
                        None => {
                            word = self.load();
                            continue;
                        }
                    },
                },
                State::Open => match self.left(word, clock) {
                    None => Ok(word.half_opened()),
                    Some(left) => Err(duration(left)),
                },
                State::HalfOpen => match self.left(word, clock) {
                    // The probes are taken for lost, and others sent besides them.
                    None => Ok(word.renewed()),
                    Some(_) if word.used() < self.settings.permits() => Ok(word.granted()),
                    Some(left) => Err(self.patience(word, left)),
                },
            };
            let next = match next {
                Ok(next) => next,
                // The time left may be that of the next stay: then its permits are to be had.
                Err(_) if !self.load().same(word) => {
                    word = self.load();
                    continue;
                }
                Err(left) => return Err(Some(left)),
            };
            word = match self.exchange(word, next) {
                Ok(()) => {
                    self.follow(word, next, clock);
                    if next.state() == State::HalfOpen {
                        return Ok((self.stay(next), self.time(clock)));
                    }
                    next
                }
                Err(seen) => seen,
            };
        }
    }

    /// A call begins in the closed state; `None` if that has just ended, since too many hang.
    #[inline]
    fn depart(&self, word: Word, clock: fn() -> Instant) -> Option<Departure> {
        if !self.times {
            return Some(Departure::NEVER);
        }
        let departure = self.watch()?.began(word.generation(), clock);
        if departure.is_none() {
            self.step(self.stay(word), &Reading::new(clock), Word::opened);
        }
        departure
    }

    /// When a probe begins.
    fn time(&self, clock: &Reading) -> Departure {
        if self.times {
            Departure::uncounted(clock.now())
        } else {
            Departure::NEVER
        }
    }

    /// What the outcome of a call changes that `entered` then.
    #[inline]
    pub(super) fn leave(
        &self,
        entered: Stay,
        departure: Departure,
        weight: Weight,
        clock: fn() -> Instant,
    ) {
        let word = self.load();
        if weight == Weight::Success && word.calm_since(entered) {
            if let Some(watch) = self.watch().filter(|_| self.stay(word) == entered) {
                if watch.succeeded(entered.generation(), departure, clock) {
                    self.step(entered, &Reading::new(clock), Word::opened);
                }
            }
        } else {
            self.weigh_in(entered, departure, weight, clock);
        }
    }

    /// The permit of a call was dropped: by a panic too, which may be anyone's.
    #[cold]
    pub(super) fn abandon(&self, entered: Stay, departure: Departure, clock: fn() -> Instant) {
        self.weigh_in(entered, departure, Weight::Ignored, clock);
    }

    /// A failure asks for rest. It counts for the opening that it leads to, and for one that came before it
    /// while its call was under way.
    #[cold]
    pub(super) fn asked_for(&self, entered: Stay, rest: Duration, clock: fn() -> Instant) {
        let word = self.load();
        let opened = word.state() == State::Open
            && match entered.is(State::HalfOpen) {
                true => entered.number() >= self.probing.load(Ordering::Relaxed),
                false => self.stay(word).number() == entered.number() + 1,
            };
        if opened || self.lasts(word, entered) {
            let rest = nanos(rest).min(LONGEST_REST);
            let until = ticks(clock()).saturating_add(rest);
            // Relaxed: a change that it leads to is made by this thread, and releases it. For another one it
            // is in time if it is seen a moment later.
            self.rest.fetch_max(until, Ordering::Relaxed);
        }
    }

    #[inline(never)]
    fn weigh_in(
        &self,
        entered: Stay,
        departure: Departure,
        mut weight: Weight,
        clock: fn() -> Instant,
    ) {
        if entered.is(State::Disabled) {
            return;
        }
        match weight {
            Weight::Success => {}
            Weight::Failure => add(&self.counters.failures),
            Weight::Ignored => add(&self.counters.ignored),
        }
        let word = self.load();
        if !self.lasts(word, entered) {
            return;
        }
        let clock = &Reading::new(clock);
        let mut trips = false;
        if let Some(watch) = self.watch() {
            match word.state() {
                State::Closed => {
                    trips = watch.ended(word.generation(), departure, weight, clock);
                }
                State::HalfOpen if weight == Weight::Success => {
                    weight = watch.weight_of_probe(departure, clock);
                }
                _ => {}
            }
        }
        self.step(entered, clock, |word| match (word.state(), weight) {
            (State::Closed, _) if trips => word.opened(),
            (State::Closed, Weight::Success) => word.with_row(0),
            (State::Closed, Weight::Failure) => self.failed(word),
            (State::HalfOpen, Weight::Success) => self.probe_succeeded(word),
            (State::HalfOpen, Weight::Failure) => self.probe_failed(word),
            // One that was taken for lost has no place to give back.
            (State::HalfOpen, Weight::Ignored) if self.stay(word) == entered => word.returned(),
            _ => word,
        });
    }

    fn failed(&self, word: Word) -> Word {
        let row = word.row() + 1;
        match self.settings.threshold() {
            Some(threshold) if row >= threshold => word.opened(),
            Some(_) => word.with_row(row),
            None => word,
        }
    }

    fn probe_succeeded(&self, word: Word) -> Word {
        let word = word.succeeded();
        if word.successes() < self.settings.needed() {
            word
        } else if self.settings.ramp_nanos() > 0 {
            word.ramped()
        } else {
            word.next(State::Closed)
        }
    }

    fn probe_failed(&self, word: Word) -> Word {
        let word = word.failed();
        let may_fail = self.settings.permits() - self.settings.needed();
        if word.failures() > may_fail {
            word.opened()
        } else {
            word
        }
    }

    /// What a ramp, if there is one, does with a call: as many of all go through as have passed of its
    /// time. Each call adds the share, and whole ones go through.
    fn ramping(&self, word: Word, clock: &Reading) -> Ramp {
        if !word.ramping() {
            return Ramp::Admits;
        }
        let Some(left) = self.left(word, clock) else {
            return Ramp::Over;
        };
        let ramp = self.settings.ramp_nanos();
        let share = ((u128::from(ramp - left) << 32) / u128::from(ramp)) as u64;
        // Relaxed: it is a number by itself.
        let saved = self.credit.fetch_add(share, Ordering::Relaxed);
        if (saved & 0xffff_ffff) + share > 0xffff_ffff {
            Ramp::Admits
        } else {
            Ramp::Refuses(left)
        }
    }

    /// The time to ask a ramp again: it lets the next call through, or the one after it.
    fn next_try(&self, left: u64) -> Duration {
        duration((self.settings.ramp_nanos() / 100).clamp(1, left))
    }

    /// When it is worth asking again of a breaker whose permits are all given.
    fn patience(&self, word: Word, left: u64) -> Duration {
        let span = self.span(word);
        duration((span - left).max(span / 100).min(left))
    }
}

/// 60 s: the longest rest that a failure can ask for.
pub(super) const LONGEST_REST: u64 = 60_000_000_000;

enum Ramp {
    Admits,
    /// For so many nanoseconds yet.
    Refuses(u64),
    Over,
}
