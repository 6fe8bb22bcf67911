//! The count of calls that are dropped before they end.

use core::cell::Cell;

use crate::call::name::CallName;

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

    /// Notes that the call ends.
    #[inline(always)]
    pub fn ends(&self) {
        self.stage.set(Stage::Over);
    }
}

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
