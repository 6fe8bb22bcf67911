//! The changing part of a limiter.

use std::sync::{OnceLock, PoisonError};
use std::time::Duration;

use super::adaptive::Adaptive;
use super::counts::{Counters, Counts};
use super::settings::Settings;
use super::shared::Shared;
use super::word::AtomicWord;
use crate::time::clock::read;
use crate::time::ticks::ticks;
use crate::util::listed::{Kind, List};
use crate::util::sync::Mutex;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The state of a limiter in use, which the inventory sees too.
#[derive(Debug)]
pub(crate) struct LimiterState {
    /// A copy of the limiter's own.
    pub(super) settings: Settings,
    /// The distance of permits that was learned, or that of the share which a process of a fleet holds; 0 for none.
    pub(super) learned: AtomicU64,
    pub(super) word: AtomicWord,
    /// The end of the last hold, in ticks, for people and for a share that changes meanwhile.
    pub(super) held_until: AtomicU64,
    pub(super) counters: Counters,
    pub(super) shared: OnceLock<Box<Mutex<Shared>>>,
    pub(super) adaptive: OnceLock<Box<Mutex<Adaptive>>>,
}

static LIMITERS: List<LimiterState> = List::new();

impl Kind for LimiterState {
    fn list() -> &'static List<Self> {
        &LIMITERS
    }
}

impl LimiterState {
    pub(super) fn new(settings: Settings) -> Self {
        LimiterState {
            settings,
            learned: AtomicU64::new(0),
            word: AtomicWord::new(),
            held_until: AtomicU64::new(0),
            counters: Counters::new(),
            shared: OnceLock::new(),
            adaptive: OnceLock::new(),
        }
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the totals since it was made.
    pub(crate) fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Returns the time for which it is held, if it is.
    pub(crate) fn held_for(&self) -> Option<Duration> {
        let until = self.held_until.load(Ordering::Relaxed);
        let left = until.checked_sub(ticks(read()))?;
        (left > 0).then(|| Duration::from_nanos(left))
    }

    /// Returns the number of calls that wait in line.
    pub(crate) fn waiting(&self) -> usize {
        match self.shared.get() {
            Some(_) => self.locked(|shared| shared.line.len()),
            None => 0,
        }
    }

    /// Changes the shared part, and marks the word as long as it is to be asked. Wake and drop wakers afterwards.
    pub(super) fn locked<T>(&self, change: impl FnOnce(&mut Shared) -> T) -> T {
        let lock = self.shared.get_or_init(Box::default);
        // Nothing that can panic happens under the lock.
        let mut shared = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut shared);
        let asked = shared.line.len() > 0 || !shared.news.is_empty();
        self.word.mark(asked);
        changed
    }
}
