//! The memory of a call, beside the number of its attempts: when it began, and its pauses so far.

use crate::call::state::Progress;
use crate::engine::machine::{FullHistory, History};
use crate::time::stopwatch::Stopwatch;

/// The memory of a call. What it has to remember depends on the policy and on what the call returns.
// Public for the futures that store one.
#[cfg_attr(not(feature = "async"), allow(unreachable_pub))]
pub trait Memory {
    /// Whether a report of the call is asked for, so that it remembers all.
    const REPORTS: bool;

    /// Remembers when the call began.
    fn start(&mut self, stopwatch: Stopwatch);

    /// Returns the stopwatch of the call.
    fn stopwatch(&self) -> Stopwatch;

    /// Returns the history, if one was made.
    fn history(&self) -> Option<&FullHistory>;

    /// Returns the history, and makes one if there is none.
    fn history_mut(&mut self) -> &mut FullHistory;

    /// Writes the history into a fresh snapshot.
    #[inline(always)]
    fn apply(&self, progress: &mut Progress<'_>) {
        if let Some(history) = self.history() {
            history.apply(progress);
        }
    }
}

/// A memory in place. With `REPORTS` a report is asked for.
#[derive(Debug)]
pub(crate) struct InPlace<const REPORTS: bool> {
    stopwatch: Stopwatch,
    history: FullHistory,
}

impl<const REPORTS: bool> InPlace<REPORTS> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        InPlace {
            stopwatch: Stopwatch::idle(),
            history: FullHistory::default(),
        }
    }
}

impl<const REPORTS: bool> Memory for InPlace<REPORTS> {
    const REPORTS: bool = REPORTS;

    #[inline(always)]
    fn start(&mut self, stopwatch: Stopwatch) {
        self.stopwatch = stopwatch;
    }

    #[inline(always)]
    fn stopwatch(&self) -> Stopwatch {
        self.stopwatch
    }

    #[inline(always)]
    fn history(&self) -> Option<&FullHistory> {
        Some(&self.history)
    }

    #[inline(always)]
    fn history_mut(&mut self) -> &mut FullHistory {
        &mut self.history
    }
}
