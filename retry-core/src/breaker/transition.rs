//! Transitions of the state word, and their consequences.
//!
//! Each change reads the word, computes the next one, and exchanges the two. The thread that succeeds has
//! made the transition, alone, and carries out its consequences.

use super::cached_clock::{CachedClock, read};
use super::change::{Cause, Transition};
use super::circuit_breaker::CircuitBreaker;
use super::counts::add;
use super::epoch::Epoch;
use super::packed::PackedState;
use super::reason::Reason;
use super::state::State;
use crate::telemetry::breakers;
use crate::util::caught::caught;
use crate::util::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Makes a transition, unless the epoch in which a call `entered` is over; a listener hears its `cause`.
    #[inline(never)]
    pub(super) fn transition(
        &self,
        entered: Epoch,
        clock: &CachedClock,
        cause: impl Fn(PackedState) -> Cause,
        next: impl Fn(PackedState) -> PackedState,
    ) {
        let mut word = self.load();
        while self.lasts(word, entered) && next(word) != word {
            match self.exchange(word, next(word)) {
                Ok(()) => {
                    return self.after_transition(word, next(word), || cause(word), clock);
                }
                Err(seen) => word = seen,
            }
        }
    }

    /// Changes the state, whichever it is.
    pub(super) fn force(
        &self,
        reason: Reason,
        next: impl Fn(PackedState) -> PackedState,
    ) -> PackedState {
        let mut word = self.load();
        let mut from = self.forced_from(word);
        while let Err(seen) = self.exchange(word, next(word)) {
            (word, from) = (seen, self.forced_from(seen));
        }
        if next(word).same(word) {
            return word;
        }
        let from = match next(word).state() {
            State::ForcedOpen => from,
            _ => word.state(),
        };
        self.notify_listener(from, next(word), || reason.into());
        self.wake(word, next(word));
        next(word)
    }

    /// Returns the state that a breaker is forced open from: half-open, if it was forced until a time that is over.
    fn forced_from(&self, word: PackedState) -> State {
        match word.state() {
            State::ForcedOpen => self.parts().shown(word, &CachedClock::new(read)).0,
            state => state,
        }
    }

    pub(super) fn exchange(&self, word: PackedState, next: PackedState) -> Result<(), PackedState> {
        if !next.same(word) {
            self.prepare(word, next);
        }
        let (before, after) = (word.bits(), next.bits());
        // Release: pairs with the acquire in `load` and here; with the word, others see what `prepare` wrote.
        // Acquire: pairs with the release of the change before, whose `prepare` is seen here.
        let done = self
            .word
            .compare_exchange(before, after, Ordering::AcqRel, Ordering::Acquire);
        match done {
            Ok(_) => {
                // In a model it would be one more step in every order; it has a model of its own.
                #[cfg(not(all(test, persevere_loom)))]
                self.parts().copy(|| self.load());
                Ok(())
            }
            Err(seen) => Err(PackedState::from_bits(seen)),
        }
    }

    /// Writes the state that precedes an epoch.
    ///
    /// A thread that then fails to make the change leaves nothing wrong: the numbers only grow, and no
    /// further than to the next epoch of a word that was the newest.
    fn prepare(&self, word: PackedState, next: PackedState) {
        let epoch = self.epoch(word);
        // Relaxed, both: the exchange that follows releases them.
        self.newest.fetch_max(epoch.next_mark(), Ordering::Relaxed);
        if next.state() == State::HalfOpen && word.state() != State::HalfOpen {
            self.probing
                .fetch_max(epoch.number() + 1, Ordering::Relaxed);
        }
        if next.counts_calls() {
            self.reset_metrics(word, next);
        }
    }

    /// Erases the records of earlier calls before an epoch begins.
    ///
    /// A thread may be late here, in an epoch that began long ago. So it erases only what was recorded while
    /// the word was still the one that it is about to change.
    fn reset_metrics(&self, word: PackedState, next: PackedState) {
        let bits = word.bits();
        // It writes nothing new, but is a step in the word's own order: it comes before the change, and so
        // before every count of the next epoch. A plain load could be older than that. Its release and
        // acquire pair as those of `exchange`; a failure reads nothing more, so it is relaxed.
        let still = || {
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let same = self.word.compare_exchange(bits, bits, done, lost);
            same.is_ok()
        };
        // Relaxed, load and exchange: only a value that was present while `still` held is erased.
        let rest = self.parts().rest.load(Ordering::Relaxed);
        if rest != 0 && still() {
            let order = Ordering::Relaxed;
            let _ = self.parts().rest.compare_exchange(rest, 0, order, order);
        }
        if let Some(metrics) = self.metrics() {
            metrics.begin(next.generation(), &still);
        }
    }

    /// Carries out the consequences of a step from one word to another.
    pub(super) fn after_transition(
        &self,
        from: PackedState,
        to: PackedState,
        cause: impl FnOnce() -> Cause,
        clock: &CachedClock,
    ) {
        if from.same(to) {
            return self.wake(from, to);
        }
        if to.end_pending() {
            self.write_end(to, clock.now().saturating_add(self.duration_of(to)));
        }
        self.notify_listener(from.state(), to, cause);
        self.wake(from, to);
    }

    fn notify_listener(&self, from: State, after: PackedState, cause: impl FnOnce() -> Cause) {
        let to = after.state();
        if from != to {
            self.parts().counters.count_transition(to);
        } else if after.would_be_open() {
            add(&self.parts().counters.would_have_opened);
        }
        let listener = self.settings.on_change();
        // Every change has a number, and those before the first that somebody hears of must not be missing.
        if listener.is_some() || cfg!(feature = "reports") {
            // Another epoch in the same state has a number too, and nothing to report, unless it would be another
            // state.
            let tells = from != to || after.would_be_open();
            let transition = tells.then(|| self.told(from, to, cause()));
            self.sequencer
                .put(self.epoch(after).number(), transition, |transition| {
                    if let Some(transition) = transition {
                        // Panics of the recorder and of the listener are caught: the call has an outcome,
                        // and may even be unwinding.
                        caught(|| breakers::changed(&transition));
                        caught(|| listener.map(|listener| listener(&transition)));
                    }
                });
        }
    }

    fn told(&self, from: State, to: State, cause: Cause) -> Transition {
        let Cause {
            reason,
            last_failure,
        } = cause;
        Transition {
            name: self.name(),
            key: self.settings.key().copied(),
            from,
            to,
            reason,
            last_failure,
            counts: self.counts(),
        }
    }

    /// Writes the end of the epoch in `word`. A thread that needs the end and finds it unwritten writes it,
    /// so that no thread waits for one that was interrupted here.
    pub(super) fn write_end(&self, word: PackedState, until: u64) {
        loop {
            // Acquire: pairs with the release below. A thread that sees the end of a later epoch sees its
            // word too, so that a late thread of an earlier epoch returns here or finds its value gone.
            let before = self.parts().until.load(Ordering::Acquire);
            let now = self.load();
            if !now.same(word) || !now.end_pending() {
                return;
            }
            // Release: pairs with the acquire above and in `time_left`. A failure reads again above: relaxed.
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let exchange = self
                .parts()
                .until
                .compare_exchange(before, until, done, lost);
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

    /// Returns the time left in this state, in nanoseconds: [`FOREVER`] for one without an end, `None` once it is over.
    pub(super) fn time_left(&self, word: PackedState, clock: &CachedClock) -> Option<u64> {
        if word.state() == State::ForcedOpen {
            return self.forced_time_left(word, clock);
        }
        if word.end_pending() {
            let span = self.duration_of(word);
            self.write_end(word, clock.now().saturating_add(span));
        }
        self.parts().time_left(word, clock)
    }

    /// Returns the time left of one that is open by force.
    ///
    /// An end that is not written yet is that of a thread which is about to write it, and no other knows it. Calls are
    /// refused until then, as they are afterwards.
    fn forced_time_left(&self, word: PackedState, clock: &CachedClock) -> Option<u64> {
        if !word.has_forced_end() {
            return Some(FOREVER);
        }
        self.parts().time_left(word, clock)
    }

    /// Returns the whole length of an epoch, in nanoseconds.
    pub(super) fn duration_of(&self, word: PackedState) -> u64 {
        self.parts().duration_of(word)
    }
}

/// The time left in a state without an end.
pub(super) const FOREVER: u64 = u64::MAX;
