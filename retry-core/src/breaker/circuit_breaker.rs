//! The breaker and its parts.

use std::fmt;
use std::mem;
use std::sync::{Arc, OnceLock};

use super::breaker_state::BreakerState;
use super::cached_clock::{CachedClock, read};
use super::change::Transition;
use super::counts::Counts;
use super::epoch::{Entered, Epoch};
use super::metrics::Metrics;
use super::packed::PackedState;
use super::recent_calls::{RecentCalls, recent};
use super::sequencer::Sequencer;
use super::settings::Settings;
use super::state::State;
use super::wait_queue::WaitQueue;
use crate::time::clock::Instant;
use crate::util::key::{Key, Named};
use crate::util::listed::Listed;
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// A circuit breaker, shared by the calls to one dependency: as a `static`, or in an `Arc`.
///
/// By default it opens after 5 failures in a row, for 30 s, and one successful probe closes it. A value that
/// can only be a mistake does not compile in a `static` or `const`:
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::CircuitBreaker;
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(0);
/// ```
///
/// For values known only at run time, call the same methods on [`Settings`](crate::breaker::Settings) and end
/// with [`build`](crate::breaker::Settings::build).
pub struct CircuitBreaker {
    pub(super) settings: Settings,
    /// Whether calls, and successes among them, are remembered beyond failures in a row, and whether calls are timed:
    /// copied from the settings, since every call reads them.
    has_metrics: bool,
    pub(super) counts_successes: bool,
    pub(super) times: bool,
    /// State, generation, permits and failures in a row.
    pub(super) word: AtomicU64,
    /// The number of the newest epoch, or of the one about to begin, a moment before its word is written.
    pub(super) newest: AtomicU64,
    /// The number of the epoch in which the last half-open time began; also written before the word.
    pub(super) probing: AtomicU64,
    /// The credit of a ramp toward the next call that it admits; its lower half counts.
    pub(super) credit: AtomicU64,
    pub(super) wait_queue: WaitQueue,
    /// The changes that are due to the listener.
    pub(super) sequencer: Sequencer<Option<Transition>>,
    /// The windows of rates, which the parts have too: calls go no way around.
    pub(super) metrics: OnceLock<Arc<Metrics>>,
    parts: Listed<BreakerState>,
}

impl CircuitBreaker {
    /// Creates a closed breaker; the name is for people, in errors and events.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
    /// assert_eq!(PAYMENTS.name(), "payments");
    /// ```
    pub const fn new(name: &'static str) -> Self {
        CircuitBreaker::of(Settings::new(name))
    }

    pub(super) const fn of(settings: Settings) -> Self {
        CircuitBreaker {
            settings,
            has_metrics: settings.has_metrics(),
            counts_successes: settings.counts_successes(),
            times: settings.times(),
            word: AtomicU64::new(PackedState::unused(settings.initial()).bits()),
            newest: AtomicU64::new(0),
            probing: AtomicU64::new(0),
            credit: AtomicU64::new(0),
            wait_queue: WaitQueue::new(),
            sequencer: Sequencer::new(),
            metrics: OnceLock::new(),
            parts: Listed::new(),
        }
    }

    /// Returns a new breaker of these settings. One that was used before it was complete begins with them.
    pub(super) const fn with(self, settings: Settings) -> Self {
        // No constant can drop a value.
        mem::forget(self);
        CircuitBreaker::of(settings)
    }

    /// Returns its name.
    pub const fn name(&self) -> &'static str {
        self.settings.name()
    }

    /// Sets the key that distinguishes it from other breakers of its name, in errors, listeners and metrics:
    /// see [`Key`].
    ///
    /// A breaker from a [`Registry`](crate::Registry) with text keys has that text as its key already.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{CircuitBreaker, Registry};
    ///
    /// static HOSTS: Registry<(String, u16), CircuitBreaker> = Registry::new(1024, |(host, port)| {
    ///     CircuitBreaker::new("payments").keyed(&format!("{host}:{port}"))
    /// });
    /// let breaker = HOSTS.get(&("eu.example".to_owned(), 443));
    /// assert_eq!(breaker.key(), Some("eu.example:443"));
    /// ```
    #[must_use]
    pub fn keyed(mut self, key: &str) -> Self {
        self.set_key(key);
        self
    }

    /// Returns the key that distinguishes it from other breakers of its name.
    pub fn key(&self) -> Option<&str> {
        self.settings.key().map(Key::as_str)
    }

    /// Sets the key under which a registry holds it, unless it has a key already.
    pub(crate) fn kept_by(&mut self, key: &str) {
        if self.settings.key().is_none() {
            self.set_key(key);
        }
    }

    fn set_key(&mut self, key: &str) {
        self.settings.set_key(key);
        self.parts.change(|state| state.settings.set_key(key));
    }

    /// Returns whether its state differs from that of a new breaker: calls are refused, or admitted by force,
    /// for a while or until a reset.
    pub(crate) fn is_engaged(&self) -> bool {
        let word = self.load();
        match word.state() {
            State::ForcedClosed | State::Disabled => true,
            state @ (State::Closed | State::MetricsOnly) if !word.ramping() => {
                state != self.settings.initial()
            }
            _ => self.time_left(word, &CachedClock::new(read)).is_some(),
        }
    }

    /// Returns the state. A breaker whose open time is over is half-open, whether a call has come or not.
    ///
    /// It has no thread that ends the open time: the next call does, and a listener hears of it then. So that those who
    /// watch it see the same as that call will, the end is compared with the clock here; nothing is changed by it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// let _ = breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.state(), State::Open);
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1).open_for(Duration::from_nanos(1));
    /// let _ = breaker.call(|| None::<u8>);
    /// std::thread::sleep(Duration::from_millis(1));
    /// assert_eq!((breaker.state(), breaker.counts().half_opened), (State::HalfOpen, 0));
    /// ```
    pub fn state(&self) -> State {
        self.state_at(read)
    }

    #[doc(hidden)]
    pub fn state_at(&self, clock: fn() -> Instant) -> State {
        let word = self.load();
        let (shown, _) = self.parts().shown(word, &CachedClock::new(clock));
        // An end that was read may be that of a later state.
        match self.load() {
            now if now.same(word) => shown,
            now => now.state(),
        }
    }

    /// Returns the totals since it was made.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// let _ = breaker.call(|| None::<u8>);
    /// let _ = breaker.call(|| None::<u8>);
    /// let counts = breaker.counts();
    /// assert_eq!((counts.failures, counts.refused, counts.opened), (1, 1, 1));
    /// ```
    pub fn counts(&self) -> Counts {
        self.parts().counts()
    }

    /// Returns the failure counts since it was closed.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments");
    /// breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.recent().in_a_row, 1);
    /// ```
    pub fn recent(&self) -> RecentCalls {
        self.recent_at(read)
    }

    #[doc(hidden)]
    pub fn recent_at(&self, clock: fn() -> Instant) -> RecentCalls {
        recent(self.metrics(), self.load(), &CachedClock::new(clock))
    }

    #[inline]
    pub(super) fn metrics(&self) -> Option<&Metrics> {
        if !self.has_metrics {
            return None;
        }
        if let Some(metrics) = self.metrics.get() {
            return Some(metrics);
        }
        let metrics = self.parts().metrics.as_ref()?;
        Some(self.metrics.get_or_init(|| Arc::clone(metrics)))
    }

    /// Returns the parts beside the word, which a breaker has from its first use on.
    #[inline]
    pub(crate) fn parts(&self) -> &BreakerState {
        self.parts.get_or_list(|| BreakerState::new(self.settings))
    }

    #[inline]
    pub(super) fn load(&self) -> PackedState {
        // Pairs with the release in `exchange`: writes before a change are seen with it.
        PackedState::from_bits(self.word.load(Ordering::Acquire))
    }

    /// Returns a word that was loaded before, with what tells its epoch from all others.
    #[inline]
    pub(super) fn entered(&self, word: PackedState) -> Entered {
        // Relaxed: the word was acquired, so the number is at least its own.
        let newest = self.newest.load(Ordering::Relaxed);
        Entered { word, newest }
    }

    /// Returns the epoch of a word that was loaded before.
    pub(super) fn epoch(&self, word: PackedState) -> Epoch {
        self.entered(word).epoch()
    }

    /// Returns whether the epoch in which a call `entered` still lasts. A half-open one lasts until it is
    /// closed or opened, however often the permits of lost probes are reissued.
    pub(super) fn lasts(&self, word: PackedState, entered: Epoch) -> bool {
        if word.state() == State::HalfOpen && entered.is(State::HalfOpen) {
            // Relaxed: as `newest` in `epoch`, written before the word that was acquired.
            return entered.number() >= self.probing.load(Ordering::Relaxed);
        }
        self.epoch(word) == entered
    }
}

/// Shows the name and the state.
impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field(
                "name",
                &Named(self.name(), self.settings.key().copied()).to_string(),
            )
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
