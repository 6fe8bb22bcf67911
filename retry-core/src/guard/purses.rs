//! The budgets that a call pays from.

use std::sync::Arc;

use crate::budget::{Fund, Purse, RetryBudget};
use crate::clock::Instant;
use crate::nested::Outer;

/// A purse for each budget that a call is under: its own, those of the calls around it, those of its
/// cases. A budget that is named several times has one purse.
#[derive(Debug, Default)]
pub(super) struct Purses<'g> {
    own: Option<Purse<'g>>,
    /// Those of the calls around it, then those of its cases.
    others: Vec<Purse<'static>>,
    /// How many of the others are no case's.
    shared: usize,
    /// The one of the case that took the last outcome.
    charged: Option<usize>,
    /// Nobody can be refused after a pause.
    ahead: bool,
}

impl<'g> Purses<'g> {
    pub(super) const fn none() -> Self {
        Purses {
            own: None,
            others: Vec::new(),
            shared: 0,
            charged: None,
            ahead: false,
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
        let budgets = budgets.filter(|fund| !named(fund));
        let others: Vec<_> = budgets.map(|fund| fund.open(clock)).collect();
        Purses {
            own,
            shared: others.len(),
            others,
            charged: None,
            ahead: false,
        }
    }

    /// Opens that of a case; `None` if every retry is paid from this budget.
    pub(super) fn open_case(
        &mut self,
        budget: &RetryBudget,
        clock: fn() -> Instant,
    ) -> Option<usize> {
        let fund = budget.shared();
        if self.own.as_ref().is_some_and(|own| own.is_of(&fund)) {
            return None;
        }
        let known = self.others.iter().position(|purse| purse.is_of(&fund));
        let index = known.unwrap_or_else(|| {
            self.others.push(fund.open(clock));
            self.others.len() - 1
        });
        (index >= self.shared).then_some(index)
    }

    /// A case took the outcome: its budget pays for the retry too.
    pub(super) fn charge(&mut self, case: usize) {
        self.charged = Some(case);
        self.others[case].failed();
    }

    /// Lets go of the policy, whose own budget this is.
    #[cfg(feature = "tower-retry")]
    pub(super) fn apart_from(self, own: Option<&'g RetryBudget>) -> Purses<'static> {
        let purse = self.own.zip(own);
        Purses {
            own: purse.map(|(purse, budget)| purse.apart_from(budget)),
            others: self.others,
            shared: self.shared,
            charged: self.charged,
            ahead: self.ahead,
        }
    }

    /// Pays before every pause, also what is otherwise paid after it.
    pub(super) fn pay_ahead(&mut self) {
        self.ahead = true;
    }

    /// Whether a retry may be refused after its pause.
    pub(super) fn may_refuse_late(&self) -> bool {
        let mut purses = self.own.iter().chain(&self.others);
        !self.ahead && purses.any(|purse| purse.may_refuse_late())
    }

    pub(super) fn each(&mut self, mut told: impl FnMut(&mut Purse<'_>)) {
        self.own.iter_mut().for_each(&mut told);
        self.others.iter_mut().for_each(told);
    }

    /// An attempt ended with a retryable outcome.
    pub(super) fn failed(&mut self) {
        self.own.iter_mut().for_each(Purse::failed);
        self.others[..self.shared]
            .iter_mut()
            .for_each(Purse::failed);
    }

    /// Pays for a retry whose pause begins, from all or from none.
    pub(super) fn draw(&mut self, timed_out: bool) -> bool {
        let ahead = self.ahead;
        self.all_draw(|purse| match ahead {
            true => purse.draw(timed_out),
            false => purse.draw_for_pause(timed_out),
        })
    }

    /// The pause is over: pays for what is still due, from all or from none.
    pub(super) fn pay_due(&mut self) -> bool {
        self.all_draw(|purse| purse.pay_due())
    }

    /// The attempt begins that was paid for.
    pub(super) fn spend(&mut self) {
        self.charged = None;
        self.each(|purse| purse.spend());
    }

    /// Pays for a further copy of an attempt, which begins at once: from all or from none.
    pub(super) fn draw_copy(&mut self) -> bool {
        let paid = self.all(|purse| purse.pay_copy());
        self.each(|purse| match paid {
            true => purse.begin_copy(),
            false => purse.undraw_copy(),
        });
        paid
    }

    /// What some have paid goes back when another refuses.
    fn all_draw(&mut self, drawn: impl FnMut(&mut Purse<'_>) -> bool) -> bool {
        let paid = self.all(drawn);
        if !paid {
            self.each(|purse| purse.undraw());
        }
        paid
    }

    /// Asks those that pay for what follows.
    fn all(&mut self, mut asked: impl FnMut(&mut Purse<'_>) -> bool) -> bool {
        let (shared, cases) = self.others.split_at_mut(self.shared);
        let charged = self.charged.map(|case| &mut cases[case - self.shared]);
        self.own.iter_mut().all(&mut asked)
            && shared.iter_mut().all(&mut asked)
            && charged.is_none_or(asked)
    }
}
