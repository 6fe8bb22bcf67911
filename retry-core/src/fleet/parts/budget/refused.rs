//! Retries that a budget has refused: the demand that it does not see otherwise.

use crate::budget::RetryBudget;

/// The kind of every budget.
pub(super) const KIND: &str = "budget";

/// The retries that were refused, smoothed: half of them count for the next exchange too.
#[derive(Debug, Default)]
pub(super) struct Refused {
    counted: u64,
    recent: u64,
}

impl Refused {
    /// Counts those since the last time.
    pub(super) fn count(&mut self, budget: &RetryBudget) -> u64 {
        let refused = budget.refused();
        self.recent = self.recent / 2 + refused.saturating_sub(self.counted);
        self.counted = refused;
        self.recent
    }
}
