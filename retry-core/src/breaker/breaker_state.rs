//! The part of a breaker beside its word, which the inventory sees too.

use std::sync::Arc;

use super::cached_clock::{CachedClock, read};
use super::counts::{Counters, Counts};
use super::metrics::Metrics;
use super::packed::PackedState;
use super::recent_calls::{RecentCalls, recent};
use super::settings::Settings;
use super::state::State;
use crate::util::listed::{Kind, List};
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The state of a breaker in use: all that no call reads which succeeds while it is closed.
///
/// Its word is a copy of the breaker's, which calls read without a way through here.
#[derive(Debug)]
pub(crate) struct BreakerState {
    /// A copy of the breaker's own.
    pub(super) settings: Settings,
    word: AtomicU64,
    /// The end of the state, in ticks: of the refusals while open, of the permits while half-open, of the
    /// ramp while closed. Set only after the state word has been exchanged.
    pub(super) until: AtomicU64,
    /// The end of the rest that failures have asked for, in ticks.
    pub(super) rest: AtomicU64,
    pub(super) counters: Counters,
    pub(super) metrics: Option<Arc<Metrics>>,
}

/// The longest rest that a failure can ask for: 60 s.
pub(super) const LONGEST_REST: u64 = 60_000_000_000;

static BREAKERS: List<BreakerState> = List::new();

impl Kind for BreakerState {
    fn list() -> &'static List<Self> {
        &BREAKERS
    }
}

impl BreakerState {
    pub(super) fn new(settings: Settings) -> Self {
        let word = PackedState::first(settings.initial());
        BreakerState {
            settings,
            word: AtomicU64::new(word.bits()),
            until: AtomicU64::new(0),
            rest: AtomicU64::new(0),
            counters: Counters::new(),
            metrics: settings
                .has_metrics()
                .then(|| Arc::new(Metrics::new(&settings))),
        }
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the totals since it was made.
    pub(crate) fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Copies the word of the breaker after a change of it.
    ///
    /// Two threads may come here in either order. Acquire and release: the one that comes last has acquired what the
    /// other released, the newer word among it, and so finds that its own is no longer the breaker's.
    #[cfg_attr(all(test, persevere_loom), allow(dead_code))]
    pub(super) fn copy(&self, load: impl Fn() -> PackedState) {
        let mut word = load();
        loop {
            self.word.swap(word.bits(), Ordering::AcqRel);
            match load() {
                same if same == word => return,
                newer => word = newer,
            }
        }
    }

    /// Returns the state as the next call will find it, the time left of it in nanoseconds if it has an end, and the
    /// failure counts.
    pub(crate) fn seen(&self) -> (State, Option<u64>, RecentCalls) {
        let clock = &CachedClock::new(read);
        // Acquire: pairs with the release in `copy`; the end that was written before the word is seen.
        let word = PackedState::from_bits(self.word.load(Ordering::Acquire));
        let recent = recent(self.metrics.as_deref(), word, clock);
        let (state, left) = self.shown(word, clock);
        (state, left, recent)
    }

    /// Returns the state of a word as the next call will find it, and the time left of it in nanoseconds if it has an
    /// end.
    pub(super) fn shown(&self, word: PackedState, clock: &CachedClock) -> (State, Option<u64>) {
        let has_end = match word.state() {
            State::Open | State::HalfOpen => true,
            State::ForcedOpen => word.has_forced_end(),
            _ => false,
        };
        if !has_end {
            return (word.state(), None);
        }
        match (self.time_left(word, clock), word.state()) {
            (None, State::Open | State::ForcedOpen) => (State::HalfOpen, None),
            (left, state) => (state, left),
        }
    }

    /// Returns the time left in a state, in nanoseconds; `None` once it is over. One whose end is still to be written
    /// has just begun.
    pub(super) fn time_left(&self, word: PackedState, clock: &CachedClock) -> Option<u64> {
        let (span, rest) = match word.state() {
            // Relaxed: the rest of the failure that opened it was written before the word.
            State::Open => (self.duration_of(word), self.rest.load(Ordering::Relaxed)),
            State::ForcedOpen => (u64::MAX, 0),
            _ => (self.duration_of(word), 0),
        };
        // A clock that jumped back must not make it longer than the whole.
        let left = |until: u64, most: u64| until.saturating_sub(clock.now()).min(most);
        let own = if word.end_pending() {
            span
        } else {
            // Acquire: pairs with the release in `write_end`. A thread that sees the end of the next epoch sees its
            // word too, and so that this one is over.
            left(self.until.load(Ordering::Acquire), span)
        };
        match own.max(left(rest, LONGEST_REST)) {
            0 => None,
            left => Some(left),
        }
    }

    /// Returns the whole length of an epoch, in nanoseconds.
    pub(super) fn duration_of(&self, word: PackedState) -> u64 {
        match word.state() {
            State::Closed => self.settings.ramp_nanos(),
            _ => self.settings.open_nanos(word.streak()),
        }
    }
}

#[cfg(all(test, persevere_loom))]
mod model {
    use std::sync::Arc;

    use loom::thread;

    use super::*;

    /// Two threads change the word at once, and each copies it: the last copy is the last word.
    #[test]
    fn the_copy_is_the_word_once_both_are_done() {
        loom::model(|| {
            let state = Arc::new(BreakerState::new(Settings::new("b")));
            let word = Arc::new(AtomicU64::new(0));
            let change = |state: &BreakerState, word: &AtomicU64| {
                word.fetch_add(1 << 40, Ordering::AcqRel);
                state.copy(|| PackedState::from_bits(word.load(Ordering::Acquire)));
            };
            let (other_state, other_word) = (Arc::clone(&state), Arc::clone(&word));
            let other = thread::spawn(move || change(&other_state, &other_word));
            change(&state, &word);
            other.join().unwrap();
            let copied = state.word.load(Ordering::Acquire);
            assert_eq!(copied, word.load(Ordering::Acquire));
        });
    }
}
