//! A retry budget of the inventory.

use std::fmt;

use crate::budget::{BudgetState, write_retries};

/// The status of a retry budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BudgetStatus {
    /// Its [name](crate::RetryBudget::named), if it has one.
    pub name: Option<&'static str>,
    /// The constructor of its kind: `tokens`, which is also that of `total`, `ratio`, `throttle` or `in_flight`.
    pub kind: &'static str,
    /// The retries that it would pay for now.
    pub available: u64,
    /// The retries and further copies that were paid for.
    pub granted: u64,
    /// The retries and further copies that were refused.
    pub refused: u64,
}

impl From<&BudgetState> for BudgetStatus {
    fn from(state: &BudgetState) -> Self {
        BudgetStatus {
            name: state.name(),
            kind: state.kind(),
            available: state.available(),
            granted: state.granted(),
            refused: state.refused(),
        }
    }
}

/// Writes one line: `budget checkout: 96 retries available, 4 granted, 0 refused`.
impl fmt::Display for BudgetStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.unwrap_or("without a name");
        write!(f, "budget {name}: ")?;
        write_retries(f, self.available, self.granted, self.refused)
    }
}
