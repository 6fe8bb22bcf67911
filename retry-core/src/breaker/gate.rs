//! Who gets through, and what their outcomes change.
//!
//! Each question reads the word, computes the next one, and exchanges the two; whoever succeeds has
//! made the transition, alone. What else belongs to a transition follows it.

use std::panic::catch_unwind;
use std::thread;
use std::time::{Duration, Instant};

use super::counts::add;
use super::flights::Departure;
use super::reading::Reading;
use super::word::Word;
use super::{CircuitBreaker, CircuitOpen, Permit, State, Transition, Weight, duration, read};
use crate::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Asks for the permission to make one call.
    ///
    /// # Errors
    ///
    /// The refusal: the breaker is open, all permits of its half-open time are given, or it is closed
    /// and its ramp lets only a share of the calls through.
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
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
            return Ok(Permit::new(self, clock, word, Departure::NEVER));
        }
        match self.admit(clock) {
            Ok((entered, departure)) => Ok(Permit::new(self, clock, entered, departure)),
            Err(retry_after) => {
                add(&self.counters.refused);
                Err(CircuitOpen {
                    name: self.name(),
                    retry_after,
                })
            }
        }
    }

    /// Lets a call through, which makes the transitions that are due; or says when to ask again.
    #[inline(never)]
    fn admit(&self, read: fn() -> Instant) -> Result<(Word, Departure), Option<Duration>> {
        let clock = &Reading::new(read);
        let mut word = self.load();
        loop {
            let next = match word.state() {
                State::Disabled | State::ForcedClosed => return Ok((word, Departure::NEVER)),
                State::ForcedOpen => return Err(None),
                State::Closed => match self.ramping(word, clock) {
                    Ramp::Over => Ok(word.admitting()),
                    Ramp::Refuses(left) => Err(duration(left)),
                    Ramp::Admits => match self.depart(word, read) {
                        Some(departure) => return Ok((word, departure)),
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
                State::HalfOpen if word.used() < self.settings.permits() => Ok(word.granted()),
                State::HalfOpen => match self.left(word, clock) {
                    // The probes are taken for lost: their permits are given anew.
                    None => Ok(word.half_opened()),
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
                        return Ok((next, self.time(clock)));
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
            self.step(word, &Reading::new(clock), Word::opened);
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
        entered: Word,
        departure: Departure,
        weight: Weight,
        clock: fn() -> Instant,
    ) {
        if weight == Weight::Success && self.load().calm_since(entered) {
            if let Some(watch) = self.watch() {
                if watch.succeeded(entered.generation(), departure, clock) {
                    self.step(entered, &Reading::new(clock), Word::opened);
                }
            }
        } else {
            self.weigh_in(entered, departure, weight, clock);
        }
    }

    /// The permit of a call was dropped.
    #[cold]
    pub(super) fn abandon(&self, entered: Word, departure: Departure, clock: fn() -> Instant) {
        let weight = if thread::panicking() {
            Weight::Failure
        } else {
            Weight::Ignored
        };
        self.weigh_in(entered, departure, weight, clock);
    }

    #[inline(never)]
    fn weigh_in(
        &self,
        entered: Word,
        departure: Departure,
        mut weight: Weight,
        clock: fn() -> Instant,
    ) {
        if entered.state() == State::Disabled {
            return;
        }
        match weight {
            Weight::Success => {}
            Weight::Failure => add(&self.counters.failures),
            Weight::Ignored => add(&self.counters.ignored),
        }
        let word = self.load();
        if !word.same(entered) {
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
                    if watch.was_slow(departure, clock) {
                        weight = Weight::Failure;
                    }
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
            (State::HalfOpen, Weight::Ignored) => word.returned(),
            _ => word,
        });
    }

    /// Takes a step, unless the state has changed since a call `entered`.
    #[inline(never)]
    fn step(&self, entered: Word, clock: &Reading, next: impl Fn(Word) -> Word) {
        let mut word = self.load();
        while word.same(entered) && next(word) != word {
            match self.exchange(word, next(word)) {
                Ok(()) => return self.follow(word, next(word), clock),
                Err(seen) => word = seen,
            }
        }
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

    /// Turns it to another state, whichever it is in.
    pub(super) fn turn(&self, next: impl Fn(Word) -> Word) -> Word {
        let mut word = self.load();
        while let Err(seen) = self.exchange(word, next(word)) {
            word = seen;
        }
        self.tell(word, next(word));
        next(word)
    }

    fn exchange(&self, word: Word, next: Word) -> Result<(), Word> {
        if next.state() == State::Closed && !next.same(word) {
            if let Some(watch) = self.watch() {
                watch.anew();
            }
        }
        let (before, after) = (word.bits(), next.bits());
        let done = self
            .word
            .compare_exchange(before, after, Ordering::AcqRel, Ordering::Acquire);
        done.map(drop).map_err(Word::from_bits)
    }

    /// What belongs to a step from one word to another.
    fn follow(&self, from: Word, to: Word, clock: &Reading) {
        if from.same(to) {
            return;
        }
        if to.unsettled() {
            self.settle(to, clock.now().saturating_add(self.span(to)));
        }
        self.tell(from, to);
    }

    fn tell(&self, from: Word, to: Word) {
        let (from, to) = (from.state(), to.state());
        if from == to {
            return;
        }
        self.counters.transition(to);
        if let Some(listener) = self.settings.listens() {
            let name = self.name();
            // Its panic is its own: the call has an outcome, and may even be unwinding.
            let _ = catch_unwind(|| listener(&Transition { name, from, to }));
        }
    }

    /// Writes down when the stay in `word` ends. Whoever needs it and finds it unwritten writes it, so
    /// that nobody waits for a thread that was interrupted here.
    pub(super) fn settle(&self, word: Word, until: u64) {
        loop {
            let before = self.until.load(Ordering::Acquire);
            // Asked after the load: one that is late, of an earlier stay, finds its value gone.
            let now = self.load();
            if !now.same(word) || !now.unsettled() {
                return;
            }
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let exchange = self.until.compare_exchange(before, until, done, lost);
            if exchange.is_ok() {
                break;
            }
        }
        let mut now = self.load();
        while now.same(word) && now.unsettled() {
            match self.exchange(now, now.settled()) {
                Ok(()) => return,
                Err(seen) => now = seen,
            }
        }
    }

    /// How long the stay in `word` lasts yet, in nanoseconds; `None` once it is over.
    pub(super) fn left(&self, word: Word, clock: &Reading) -> Option<u64> {
        let span = self.span(word);
        if word.unsettled() {
            self.settle(word, clock.now().saturating_add(span));
            return Some(span);
        }
        let until = self.until.load(Ordering::Acquire);
        // A clock that jumped back makes it no longer than it ever was.
        match until.saturating_sub(clock.now()) {
            0 => None,
            left => Some(left.min(span)),
        }
    }

    /// How long a stay lasts as a whole, in nanoseconds.
    pub(super) fn span(&self, word: Word) -> u64 {
        match word.state() {
            State::Closed => self.settings.ramp_nanos(),
            _ => self.settings.open_nanos(word.streak()),
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
        let saved = self.credit.fetch_add(share, Ordering::Relaxed);
        if (saved & 0xffff_ffff) + share > 0xffff_ffff {
            Ramp::Admits
        } else {
            Ramp::Refuses(left)
        }
    }

    /// When it is worth asking again of a breaker whose permits are all given.
    fn patience(&self, word: Word, left: u64) -> Duration {
        let span = self.span(word);
        duration((span - left).max(span / 100).min(left))
    }
}

enum Ramp {
    Admits,
    /// For so many nanoseconds yet.
    Refuses(u64),
    Over,
}
