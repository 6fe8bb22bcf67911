//! The budgets that a call pays from.

use std::sync::Arc;
use std::time::Instant;

use crate::budget::{Fund, Purse, RetryBudget};
use crate::nested::Outer;

/// A purse for each budget that a call is under: its own, and those of the calls around it. A budget
/// that several of them name has one purse.
#[derive(Debug, Default)]
pub(super) struct Purses<'g> {
    own: Option<Purse<'g>>,
    shared: Vec<Purse<'static>>,
}

impl<'g> Purses<'g> {
    pub(super) const fn none() -> Self {
        Purses {
            own: None,
            shared: Vec::new(),
        }
    }

    /// Opens those of a call that begins.
    pub(super) fn open(
        own: Option<&'g RetryBudget>,
        shared: Option<&Outer>,
        clock: fn() -> Instant,
    ) -> Self {
        let own = own.map(|budget| budget.open(clock));
        let named = |fund: &Arc<Fund>| own.as_ref().is_some_and(|own| own.is_of(fund));
        let budgets = shared.into_iter().flat_map(Outer::budgets);
        let others = budgets.filter(|fund| !named(fund));
        let shared = others.map(|fund| fund.open(clock)).collect();
        Purses { own, shared }
    }

    /// Lets go of the policy, whose own budget this is.
    #[cfg(feature = "tower-retry")]
    pub(super) fn apart_from(self, own: Option<&'g RetryBudget>) -> Purses<'static> {
        let purse = self.own.zip(own);
        Purses {
            own: purse.map(|(purse, budget)| purse.apart_from(budget)),
            shared: self.shared,
        }
    }

    pub(super) fn each(&mut self, mut told: impl FnMut(&mut Purse<'_>)) {
        self.own.iter_mut().for_each(&mut told);
        self.shared.iter_mut().for_each(told);
    }

    /// Pays for a retry, from all or from none.
    pub(super) fn draw(&mut self, timed_out: bool) -> bool {
        self.all(|purse| purse.draw(timed_out))
    }

    /// Pays for a further copy of an attempt, which begins at once: from all or from none.
    pub(super) fn draw_copy(&mut self) -> bool {
        let paid = self.all(|purse| purse.pay_copy());
        self.each(|purse| purse.begin_copy());
        paid
    }

    /// What some have paid goes back when another refuses.
    fn all(&mut self, mut paid: impl FnMut(&mut Purse<'_>) -> bool) -> bool {
        let all = self.own.iter_mut().all(&mut paid) && self.shared.iter_mut().all(paid);
        if !all {
            self.each(|purse| purse.undraw());
        }
        all
    }
}
