//! The breaker: its parts, and what operators do to it.

use std::fmt;
use std::sync::OnceLock;

use super::cached_clock::{CachedClock, read};
use super::counts::{Counters, Counts};
use super::epoch::Epoch;
use super::key::{Key, Named};
use super::metrics::Metrics;
use super::packed::PackedState;
use super::sequencer::Sequencer;
use super::settings::Settings;
use super::state::{State, Transition};
use super::wait_queue::WaitQueue;
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// A circuit breaker, to be shared by the calls to one dependency: as a `static`, or in an `Arc`.
///
/// Without further words it opens after 5 failures in a row, for 30 s, and one successful probe closes
/// it. A value that can only be a mistake does not compile in a `static` or `const`:
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::CircuitBreaker;
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(0);
/// ```
///
/// For values known only at run time, call the same methods on [`Settings`](crate::breaker::Settings) and end with
/// [`build`](crate::breaker::Settings::build).
pub struct CircuitBreaker {
    pub(super) settings: Settings,
    /// Whether calls are remembered beyond failures in a row, and whether they are timed: the settings
    /// say so too, but every call asks.
    pub(super) has_metrics: bool,
    pub(super) times: bool,
    /// State, generation, permits and failures in a row.
    pub(super) word: AtomicU64,
    /// The number of the newest epoch; of one that is about to begin, a moment before the word says so.
    pub(super) newest: AtomicU64,
    /// The number of the epoch in which the last half-open time began; it too is written before the word.
    pub(super) probing: AtomicU64,
    /// When the state ends, in ticks: of open the refusals, of half-open the permits, of closed the
    /// ramp. Set only after the state word has been exchanged.
    pub(super) until: AtomicU64,
    /// Until when failures have asked for rest, in ticks.
    pub(super) rest: AtomicU64,
    /// What a ramp has saved up toward the next call that it admits; its lower half counts.
    pub(super) credit: AtomicU64,
    pub(super) counters: Counters,
    pub(super) wait_queue: WaitQueue,
    /// The change that the listener is to hear of.
    pub(super) sequencer: Sequencer<Option<Transition>>,
    /// What rates are taken over: made by the first call, so that a breaker without rates is small.
    pub(super) metrics: OnceLock<Box<Metrics>>,
}

impl CircuitBreaker {
    /// A closed breaker; the name is for people, in errors and events.
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
            times: settings.times(),
            word: AtomicU64::new(PackedState::CLOSED.bits()),
            newest: AtomicU64::new(0),
            probing: AtomicU64::new(0),
            until: AtomicU64::new(0),
            rest: AtomicU64::new(0),
            credit: AtomicU64::new(0),
            counters: Counters::new(),
            wait_queue: WaitQueue::new(),
            sequencer: Sequencer::new(),
            metrics: OnceLock::new(),
        }
    }

    /// What it is called.
    pub const fn name(&self) -> &'static str {
        self.settings.name()
    }

    /// Tells it from others of its name, in errors, listeners and metrics: see [`Key`]. One that comes from a
    /// [`Registry`](crate::Registry) by a text has that text already.
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
        self.settings.set_key(key);
        self
    }

    /// The key that tells it from others of its name.
    pub fn key(&self) -> Option<&str> {
        self.settings.key().map(Key::as_str)
    }

    /// The key that a registry has it under, unless it was given another.
    pub(crate) fn kept_by(&mut self, key: &str) {
        if self.settings.key().is_none() {
            self.settings.set_key(key);
        }
    }

    /// Whether it knows what a new one would not: that calls are refused, or let through, for a while or
    /// until it is told otherwise.
    pub(crate) fn is_engaged(&self) -> bool {
        let word = self.load();
        match word.state() {
            State::ForcedOpen | State::ForcedClosed | State::Disabled => true,
            State::Closed if !word.ramping() => false,
            _ => self.time_left(word, &CachedClock::new(read)).is_some(),
        }
    }

    /// The state, as the last call left it: a breaker whose open time is over is open until a call
    /// comes and is let through.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1);
    /// let _ = breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.state(), State::Open);
    /// ```
    pub fn state(&self) -> State {
        self.load().state()
    }

    /// Refuses every call until [`reset`](CircuitBreaker::reset), or another of its kind.
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
        self.force(|word| word.next(State::ForcedOpen));
    }

    /// Lets every call through, whatever fails, until [`reset`](CircuitBreaker::reset). Failures count
    /// in [`counts`](CircuitBreaker::counts) alone.
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
        self.force(|word| word.next(State::ForcedClosed));
    }

    /// Lets every call through and counts nothing, until [`reset`](CircuitBreaker::reset).
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
        self.force(|word| word.next(State::Disabled));
    }

    /// Closes it and forgets what it knew of earlier calls, those in flight included; its
    /// [`counts`](CircuitBreaker::counts) go on.
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
        self.force(|word| word.next(State::Closed));
    }

    /// How often it did what, since it was made.
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
        self.counters.read()
    }

    #[inline]
    pub(super) fn metrics(&self) -> Option<&Metrics> {
        if !self.has_metrics {
            return None;
        }
        let make = || Box::new(Metrics::new(&self.settings));
        Some(self.metrics.get_or_init(make))
    }

    #[inline]
    pub(super) fn load(&self) -> PackedState {
        // Pairs with the release in `exchange`: what was written before a change is seen with it.
        PackedState::from_bits(self.word.load(Ordering::Acquire))
    }

    /// The epoch of a word that was loaded before.
    #[inline]
    pub(super) fn epoch(&self, word: PackedState) -> Epoch {
        // Relaxed: the word was acquired, so the number is at least its own.
        Epoch::of(word, self.newest.load(Ordering::Relaxed))
    }

    /// Whether the epoch lasts that a call `entered` in. A half-open one lasts until it is closed or
    /// opened, however often the permits of lost probes are given once more.
    pub(super) fn lasts(&self, word: PackedState, entered: Epoch) -> bool {
        if word.state() == State::HalfOpen && entered.is(State::HalfOpen) {
            // Relaxed: as `newest` in `epoch`, written before the word that was acquired.
            return entered.number() >= self.probing.load(Ordering::Relaxed);
        }
        self.epoch(word) == entered
    }
}

/// Name and state.
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
