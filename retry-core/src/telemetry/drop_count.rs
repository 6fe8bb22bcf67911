//! The counts of calls that are dropped before they end, and of attempts that an end cuts.

use core::cell::Cell;

use crate::call::name::CallName;
use crate::call::state::RetryState;

/// The stage of a call of this name, which counts the call if it is dropped, or panics.
#[derive(Debug)]
pub struct DropCount<'a> {
    #[cfg_attr(not(feature = "metrics"), allow(dead_code))]
    name: CallName<'a>,
    stage: Cell<Stage>,
}

/// The stage of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It waits for its first or its next attempt.
    Waits,
    Attempts,
    Over,
}

impl<'a> DropCount<'a> {
    /// Creates the count of a call that begins.
    #[inline(always)]
    pub const fn new(name: CallName<'a>) -> Self {
        DropCount {
            name,
            stage: Cell::new(Stage::Waits),
        }
    }

    /// Notes that an attempt begins.
    #[inline(always)]
    pub fn attempts(&self) {
        self.stage.set(Stage::Attempts);
    }

    /// Notes that a pause begins.
    #[inline(always)]
    pub fn pauses(&self) {
        self.stage.set(Stage::Waits);
    }

    /// Notes that a callback ends the call.
    #[inline(always)]
    pub fn ends(&self) {
        self.stage.set(Stage::Over);
    }

    /// Notes that the call has ended, and counts the attempt that its deadline or a token has cut. It has no outcome
    /// that was judged, and so is not among those that the engine reports.
    #[inline(always)]
    pub fn ended<O: ?Sized>(&self, state: &RetryState<'_, O>) {
        let stage = self.stage.replace(Stage::Over);
        let is_cut = state.progress.halted && stage == Stage::Attempts;
        #[cfg(feature = "metrics")]
        if is_cut {
            super::counts::cut(self.name);
        }
        #[cfg(not(feature = "metrics"))]
        let _ = is_cut;
    }
}

#[cfg(feature = "metrics")]
impl super::counts::Metered for DropCount<'_> {}

#[cfg(feature = "metrics")]
impl Drop for DropCount<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        let stage = self.stage.get();
        if stage != Stage::Over {
            super::counts::dropped(self.name, stage == Stage::Attempts);
        }
    }
}
