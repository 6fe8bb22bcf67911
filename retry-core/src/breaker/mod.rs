//! Circuit breakers: no call to what fails anyway.
//!
//! A breaker lets calls through while it is *closed*. When too many fail it *opens*: calls are refused
//! at once, without a wait and without load on what is down. After the open time it is *half-open*: a
//! few probes go through, and their outcomes close it or open it again. The words are those of
//! resilience4j; the idea is Nygard's ("Release It!", 2007).
//!
//! ```
//! # use persevere_core as persevere;
//! use std::time::Duration;
//! use persevere::CircuitBreaker;
//!
//! static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
//!     .consecutive(2)
//!     .open_for(Duration::from_secs(30));
//!
//! let refused = || Err::<(), _>(std::io::Error::other("refused"));
//! for _ in 0..2 {
//!     assert_eq!(PAYMENTS.call(refused).unwrap_err().to_string(), "refused");
//! }
//! assert_eq!(PAYMENTS.call(refused).unwrap_err().to_string(), "the circuit is open");
//! ```
//!
//! Everything is in atomics: no call waits for another, and one that succeeds through a closed breaker
//! writes nothing that another thread reads: of failures in a row it writes nothing at all, of a rate
//! a count in a cache line of its thread. The state, the permits of its half-open time and the failures
//! in a row are one word, so that each transition happens once. Calls allocate nothing; a breaker with
//! a rate does once, at its first call.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

#[cfg(feature = "async")]
use crate::time::clock::read_async as read;
#[cfg(not(feature = "async"))]
use crate::time::clock::read_blocking as read;
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

mod admission;
mod cached_clock;
mod call;
mod circuit_open;
mod classified;
mod classify;
mod counts;
mod epoch;
mod key;
mod metrics;
#[cfg(all(test, persevere_loom))]
mod model;
#[cfg(feature = "tower")]
mod owned_permit;
mod packed;
mod panics;
mod permit;
mod pressure;
mod recent_calls;
mod sequencer;
mod settings;
mod snapshot;
mod state;
mod transition;
mod try_call;
mod wait_for;
mod wait_queue;

#[cfg(feature = "async")]
pub use self::call::Calling;
pub use self::circuit_open::CircuitOpen;
pub use self::classified::ClassifiedBreaker;
pub use self::classify::{Breaker, CallResult};
pub use self::counts::Counts;
pub use self::key::Key;
pub use self::metrics::WindowCounts;
#[cfg(feature = "tower")]
pub(crate) use self::owned_permit::OwnedPermit;
pub(crate) use self::panics::{during, fail, on_panic};
#[cfg(feature = "tower")]
pub(crate) use self::permit::DetachedPermit;
pub use self::permit::Permit;
pub use self::recent_calls::RecentCalls;
pub use self::settings::Settings;
pub use self::settings::window::{Window, count, time};
pub use self::snapshot::Snapshot;
pub use self::state::{State, Transition};
pub use self::try_call::CallError;
#[cfg(feature = "async")]
pub use self::try_call::TryCalling;
pub use self::wait_for::{WaitFor, wait_for};
pub(crate) use self::wait_queue::Waiter;

use self::cached_clock::CachedClock;
use self::counts::Counters;
use self::epoch::Epoch;
use self::metrics::Metrics;
use self::packed::PackedState;
use self::sequencer::Sequencer;
use self::wait_queue::WaitQueue;

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
/// For values that are known at run time only there is [`Settings`], which reports them instead.
pub struct CircuitBreaker {
    settings: Settings,
    /// Whether calls are remembered beyond failures in a row, and whether they are timed: the settings
    /// say so too, but every call asks.
    has_metrics: bool,
    times: bool,
    /// State, generation, permits and failures in a row.
    word: AtomicU64,
    /// The number of the newest stay; of one that is about to begin, a moment before the word says so.
    newest: AtomicU64,
    /// The number of the stay in which the last half-open time began; it too is written before the word.
    probing: AtomicU64,
    /// When the state ends, in ticks: of open the refusals, of half-open the permits, of closed the
    /// ramp. Written once the word says that there is such an end.
    until: AtomicU64,
    /// Until when failures have asked for rest, in ticks.
    rest: AtomicU64,
    /// What a ramp has saved up toward the next call that it admits; its lower half counts.
    credit: AtomicU64,
    counters: Counters,
    wait_queue: WaitQueue,
    /// The change that the listener is to hear of.
    sequencer: Sequencer<Option<Transition>>,
    /// What rates are taken over: made by the first call, so that a breaker without rates is small.
    metrics: OnceLock<Box<Metrics>>,
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

    const fn of(settings: Settings) -> Self {
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
    fn metrics(&self) -> Option<&Metrics> {
        if !self.has_metrics {
            return None;
        }
        let make = || Box::new(Metrics::new(&self.settings));
        Some(self.metrics.get_or_init(make))
    }

    #[inline]
    fn load(&self) -> PackedState {
        // Pairs with the release in `exchange`: what was written before a change is seen with it.
        PackedState::from_bits(self.word.load(Ordering::Acquire))
    }

    /// The stay of a word that was loaded before.
    #[inline]
    fn epoch(&self, word: PackedState) -> Epoch {
        // Relaxed: the word was acquired, so the number is at least its own.
        Epoch::of(word, self.newest.load(Ordering::Relaxed))
    }

    /// Whether the stay lasts that a call `entered` in. A half-open one lasts until it is closed or
    /// opened, however often the permits of lost probes are given once more.
    fn lasts(&self, word: PackedState, entered: Epoch) -> bool {
        if word.state() == State::HalfOpen && entered.is(State::HalfOpen) {
            // Relaxed: as of the number in `stay`.
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
                &key::Named(self.name(), self.settings.key().copied()).to_string(),
            )
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

fn duration(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}
