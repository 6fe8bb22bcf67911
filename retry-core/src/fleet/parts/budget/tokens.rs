//! The tokens of a budget: each process holds a part of the capacity.
//!
//! A part of the capacity comes with its tokens, and goes with them: what is not full stays. So whatever the store
//! lends is full, and all processes together spend no more tokens than one bucket has and gets back.

use std::ops::Deref;

use super::refused::{KIND, Refused};
use crate::budget::RetryBudget;
use crate::fleet::share::Divisible;

#[derive(Debug)]
pub(super) struct SharedTokens<B> {
    budget: B,
    name: String,
    capacity: u32,
    /// The cost of a retry, and of the dearest.
    costs: [u32; 2],
    refused: Refused,
}

impl<B> SharedTokens<B> {
    pub(super) fn new(budget: B, name: String, capacity: u32, costs: [u32; 2]) -> Self {
        SharedTokens {
            budget,
            name,
            capacity,
            costs,
            refused: Refused::default(),
        }
    }
}

impl<B: Deref<Target = RetryBudget> + Send> Divisible for SharedTokens<B> {
    const KIND: &'static str = KIND;

    fn name(&self) -> &str {
        &self.name
    }

    fn total(&self) -> u64 {
        self.capacity.into()
    }

    /// The dearest retry.
    fn least(&self) -> u64 {
        self.costs[1].into()
    }

    fn set(&mut self, share: u64, _: u64) -> u64 {
        self.budget.set_capacity(share)
    }

    /// The tokens that are spent, and the cost of what was refused.
    fn demand(&mut self, _: u64) -> u64 {
        let refused = self.refused.count(&self.budget);
        let missed = refused.saturating_mul(self.costs[0].into());
        self.budget.spent_tokens().saturating_add(missed)
    }
}
