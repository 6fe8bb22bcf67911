//! Transitions of the state word, and what follows each.
//!
//! Each change reads the word, computes the next one, and exchanges the two; whoever succeeds has made
//! the transition, alone. What else belongs to it follows.

use std::panic::catch_unwind;

use super::admission::LONGEST_REST;
use super::cached_clock::CachedClock;
use super::circuit_breaker::CircuitBreaker;
use super::epoch::Epoch;
use super::packed::PackedState;
use super::state::State;
use super::state::Transition;
use crate::util::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Takes a step, unless the state has changed since a call `entered`.
    #[inline(never)]
    pub(super) fn transition(
        &self,
        entered: Epoch,
        clock: &CachedClock,
        next: impl Fn(PackedState) -> PackedState,
    ) {
        let mut word = self.load();
        while self.lasts(word, entered) && next(word) != word {
            match self.exchange(word, next(word)) {
                Ok(()) => return self.after_transition(word, next(word), clock),
                Err(seen) => word = seen,
            }
        }
    }

    /// Turns it to another state, whichever it is in.
    pub(super) fn force(&self, next: impl Fn(PackedState) -> PackedState) -> PackedState {
        let mut word = self.load();
        while let Err(seen) = self.exchange(word, next(word)) {
            word = seen;
        }
        self.notify_listener(word, next(word));
        self.wake(word, next(word));
        next(word)
    }

    pub(super) fn exchange(&self, word: PackedState, next: PackedState) -> Result<(), PackedState> {
        if !next.same(word) {
            self.prepare(word, next);
        }
        let (before, after) = (word.bits(), next.bits());
        // Release: pairs with the acquire in `load` and here; with the word, others see what `prepare` wrote. Acquire:
        // pairs with the release of the change before, whose `prepare` is seen here.
        let done = self
            .word
            .compare_exchange(before, after, Ordering::AcqRel, Ordering::Acquire);
        done.map(drop).map_err(PackedState::from_bits)
    }

    /// The state that is written before an epoch begins. Whoever fails to make the change leaves nothing wrong:
    /// the numbers only grow, and no further than to the next epoch of a word that was the newest.
    fn prepare(&self, word: PackedState, next: PackedState) {
        let epoch = self.epoch(word);
        // Relaxed, both: the exchange that follows releases them.
        self.newest.fetch_max(epoch.next_mark(), Ordering::Relaxed);
        if next.state() == State::HalfOpen && word.state() != State::HalfOpen {
            self.probing
                .fetch_max(epoch.number() + 1, Ordering::Relaxed);
        }
        if next.state() == State::Closed {
            self.reset_metrics(word, next);
        }
    }

    /// What is known of earlier calls is none of the business of the epoch that is about to begin.
    ///
    /// A thread may be late here, in an epoch that began long ago. So it takes away only what was there while
    /// the word was still the one that it is about to change.
    fn reset_metrics(&self, word: PackedState, next: PackedState) {
        let bits = word.bits();
        // It writes nothing new, but is a step in the word's own order: it comes before the change, and so
        // before everything that anybody counts in the next epoch. A plain load could be older than that. Its release
        // and acquire pair as those of `exchange`; a failure reads nothing more, so it is relaxed.
        let still = || {
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let same = self.word.compare_exchange(bits, bits, done, lost);
            same.is_ok()
        };
        // Relaxed, load and exchange: only a value that was there while `still` held is taken away.
        let rest = self.rest.load(Ordering::Relaxed);
        if rest != 0 && still() {
            let order = Ordering::Relaxed;
            let _ = self.rest.compare_exchange(rest, 0, order, order);
        }
        if let Some(metrics) = self.metrics() {
            metrics.begin(next.generation(), &still);
        }
    }

    /// What belongs to a step from one word to another.
    pub(super) fn after_transition(&self, from: PackedState, to: PackedState, clock: &CachedClock) {
        if from.same(to) {
            return self.wake(from, to);
        }
        if to.end_pending() {
            self.write_end(to, clock.now().saturating_add(self.duration_of(to)));
        }
        self.notify_listener(from, to);
        self.wake(from, to);
    }

    fn notify_listener(&self, before: PackedState, after: PackedState) {
        let (from, to) = (before.state(), after.state());
        if from != to {
            self.counters.count_transition(to);
        }
        if let Some(listener) = self.settings.on_change() {
            // An epoch in the same state once more has a number too, and nothing to tell.
            let (name, key) = (self.name(), self.settings.key().copied());
            let transition = Transition {
                name,
                key,
                from,
                to,
            };
            let transition = (from != to).then_some(transition);
            self.sequencer
                .put(self.epoch(after).number(), transition, |transition| {
                    if let Some(transition) = transition {
                        // Its panic is its own: the call has an outcome, and may even be unwinding.
                        let _ = catch_unwind(|| listener(&transition));
                    }
                });
        }
    }

    /// Writes down when the epoch in `word` ends. Whoever needs it and finds it unwritten writes it, so
    /// that nobody waits for a thread that was interrupted here.
    pub(super) fn write_end(&self, word: PackedState, until: u64) {
        loop {
            // Acquire: pairs with the release below. Who sees the end of a later epoch sees its word too, so
            // that one that is late, of an earlier epoch, goes away here or finds its value gone.
            let before = self.until.load(Ordering::Acquire);
            let now = self.load();
            if !now.same(word) || !now.end_pending() {
                return;
            }
            // Release: pairs with the acquire above and in `time_left`. A failure reads again above: relaxed.
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let exchange = self.until.compare_exchange(before, until, done, lost);
            if exchange.is_ok() {
                break;
            }
        }
        let mut now = self.load();
        while now.same(word) && now.end_pending() {
            match self.exchange(now, now.end_written()) {
                Ok(()) => return,
                Err(seen) => now = seen,
            }
        }
    }

    /// Time left in this state, in nanoseconds; `None` once it is over.
    pub(super) fn time_left(&self, word: PackedState, clock: &CachedClock) -> Option<u64> {
        let span = self.duration_of(word);
        let rest = match word.state() {
            // Relaxed: what the opening itself brought was written before the word.
            State::Open => self.rest.load(Ordering::Relaxed),
            _ => 0,
        };
        // A clock that jumped back makes it no longer than it ever was.
        let left = |until: u64, most: u64| until.saturating_sub(clock.now()).min(most);
        let own = if word.end_pending() {
            self.write_end(word, clock.now().saturating_add(span));
            span
        } else {
            // Acquire: pairs with the release in `write_end`. Who sees the end of the next epoch sees its word too,
            // and so that this one is over.
            left(self.until.load(Ordering::Acquire), span)
        };
        match own.max(left(rest, LONGEST_REST)) {
            0 => None,
            left => Some(left),
        }
    }

    /// How long an epoch lasts as a whole, in nanoseconds.
    pub(super) fn duration_of(&self, word: PackedState) -> u64 {
        match word.state() {
            State::Closed => self.settings.ramp_nanos(),
            _ => self.settings.open_nanos(word.streak()),
        }
    }
}
