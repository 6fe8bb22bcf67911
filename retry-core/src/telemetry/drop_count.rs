//! The counts of calls that are dropped before they end, and of attempts that an end cuts.

use core::cell::Cell;
use core::marker::PhantomData;

use crate::call::name::PathOf;
use crate::call::state::RetryState;
use crate::engine::machine::{Call, History};

/// The stage of a call, which counts the call if it is dropped, or panics.
#[derive(Debug)]
pub struct DropCount<'a, K: PathOf> {
    #[cfg_attr(not(feature = "metrics"), allow(dead_code))]
    path: &'a str,
    stage: Cell<Stage>,
    path_of: PhantomData<fn() -> K>,
}

/// The stage of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It waits for its first or its next attempt.
    Waits,
    Attempts,
    Over,
}

impl<M: History, K: PathOf> Call<M, K> {
    /// Creates the count of a call that begins, of the function with this path.
    #[inline(always)]
    pub fn counted(path: &str) -> DropCount<'_, K> {
        DropCount {
            path,
            stage: Cell::new(Stage::Waits),
            path_of: PhantomData,
        }
    }
}

impl<K: PathOf> DropCount<'_, K> {
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
            super::counts::cut(K::name(self.path));
        }
        #[cfg(not(feature = "metrics"))]
        let _ = is_cut;
    }
}

#[cfg(feature = "metrics")]
impl<K: PathOf> Drop for DropCount<'_, K> {
    #[inline(always)]
    fn drop(&mut self) {
        let stage = self.stage.get();
        if stage != Stage::Over {
            super::counts::dropped(K::name(self.path), stage == Stage::Attempts);
        }
    }
}
