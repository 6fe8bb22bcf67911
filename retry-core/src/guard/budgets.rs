//! The budgets from which a call pays.

use crate::budget::{BudgetHandle, BudgetState, RetryBudget};
use crate::guard::nested::ParentCall;
use crate::time::clock::Instant;

/// The handles to the budgets of a call: its own, those of the calls around it, and those of its cases. A
/// budget that is named several times has one handle.
#[derive(Debug, Default)]
pub(super) struct Budgets<'g> {
    own: Option<BudgetHandle<'g>>,
    others: Option<Box<Others>>,
    /// Whether every payment is made before the pause, since no attempt can be refused after it.
    ahead: bool,
}

/// The further budgets of a call, in a box, since few calls have any.
#[derive(Debug, Default)]
struct Others {
    /// The budgets of the calls around it, then those of its cases.
    handles: Vec<BudgetHandle<'static>>,
    /// The number of those that belong to no case.
    shared: usize,
    /// The budget of the case that took the last outcome.
    charged: Option<usize>,
}

// Out of the line of calls that have a budget of their own alone.
impl Others {
    #[cold]
    #[inline(never)]
    fn each(&mut self, told: impl FnMut(&mut BudgetHandle<'static>)) {
        self.handles.iter_mut().for_each(told);
    }

    #[cold]
    #[inline(never)]
    fn failed(&mut self) {
        self.handles[..self.shared]
            .iter_mut()
            .for_each(BudgetHandle::failed);
    }

    #[cold]
    #[inline(never)]
    fn spend(&mut self) {
        self.each(BudgetHandle::commit);
        self.charged = None;
    }
}

impl<'g> Budgets<'g> {
    pub(super) const fn none() -> Self {
        Budgets {
            own: None,
            others: None,
            ahead: false,
        }
    }

    /// Opens the budget of a call that has no other.
    #[inline]
    pub(super) fn open_own(&mut self, budget: &'g RetryBudget, clock: fn() -> Instant) {
        let former = self.own.replace(budget.open(clock));
        // Its drop would be code in every call.
        debug_assert!(former.is_none(), "a call begins once");
        core::mem::forget(former);
    }

    /// Opens the budgets of a call that begins.
    pub(super) fn open(
        own: Option<&'g RetryBudget>,
        shared: Option<&ParentCall>,
        clock: fn() -> Instant,
    ) -> Self {
        let own = own.map(|budget| budget.open(clock));
        let named = |state: &BudgetState| own.as_ref().is_some_and(|own| own.is_of(state));
        let budgets = shared.into_iter().flat_map(ParentCall::budgets);
        let budgets = budgets.filter(|state| !named(state));
        let handles: Vec<_> = budgets.map(|state| state.open(clock)).collect();
        let others = (!handles.is_empty()).then(|| Others {
            shared: handles.len(),
            handles,
            charged: None,
        });
        Budgets {
            own,
            others: others.map(Box::new),
            ahead: false,
        }
    }

    /// Opens the budget of a case; returns `None` if it pays for every retry of the call.
    pub(super) fn open_case(
        &mut self,
        budget: &RetryBudget,
        clock: fn() -> Instant,
    ) -> Option<usize> {
        let state = budget.shared();
        if self.own.as_ref().is_some_and(|own| own.is_of(&state)) {
            return None;
        }
        let Others {
            handles, shared, ..
        } = &mut **self.others.get_or_insert_default();
        let known = handles.iter().position(|handle| handle.is_of(&state));
        let index = known.unwrap_or_else(|| {
            handles.push(state.open(clock));
            handles.len() - 1
        });
        (index >= *shared).then_some(index)
    }

    /// Charges the retry of an outcome that a case took to the budget of the case too.
    pub(super) fn charge(&mut self, case: usize) {
        if let Some(others) = &mut self.others {
            others.charged = Some(case);
            others.handles[case].failed();
        }
    }

    /// Pays before every pause, also for a retry that is otherwise paid for after it.
    pub(super) fn pay_ahead(&mut self) {
        self.ahead = true;
    }

    /// Returns whether a retry may be refused after its pause.
    #[inline]
    pub(super) fn may_refuse_late(&self) -> bool {
        let late = BudgetHandle::may_refuse_late;
        let others = |others: &Others| others.handles.iter().any(late);
        !self.ahead
            && (self.own.as_ref().is_some_and(late) || self.others.as_deref().is_some_and(others))
    }

    #[inline]
    pub(super) fn each(&mut self, mut told: impl FnMut(&mut BudgetHandle<'_>)) {
        if let Some(own) = &mut self.own {
            told(own);
        }
        if let Some(others) = &mut self.others {
            others.each(told);
        }
    }

    /// Counts an attempt that ended with a retryable outcome.
    #[inline]
    pub(super) fn failed(&mut self) {
        if let Some(own) = &mut self.own {
            own.failed();
        }
        if let Some(others) = &mut self.others {
            others.failed();
        }
    }

    /// Pays for a retry whose pause begins, from all budgets or from none.
    pub(super) fn draw(&mut self, timed_out: bool) -> bool {
        let ahead = self.ahead;
        self.all_draw(|handle| match ahead {
            true => handle.withdraw(timed_out),
            false => handle.withdraw_for_pause(timed_out),
        })
    }

    /// Returns whether a retry may still have to be paid for after its pause.
    #[inline]
    pub(super) fn are_due(&self) -> bool {
        self.own.as_ref().is_some_and(BudgetHandle::is_due) || self.others.is_some()
    }

    /// Pays for a retry that is still due after its pause, from all budgets or from none.
    pub(super) fn pay_due(&mut self) -> bool {
        !self.are_due() || self.all_draw(|handle| handle.withdraw_due())
    }

    /// Begins the attempt that was paid for.
    #[inline]
    pub(super) fn spend(&mut self) {
        if let Some(own) = &mut self.own {
            own.commit();
        }
        if let Some(others) = &mut self.others {
            others.spend();
        }
    }

    /// Pays for a further copy of an attempt, which `begins` at once, from all budgets or from none.
    pub(super) fn draw_copy(&mut self, begins: impl FnOnce() -> bool) -> bool {
        let paid = self.all(|handle| handle.withdraw_copy()) && begins();
        self.each(|handle| match paid {
            true => handle.commit_copy(),
            false => handle.refund_copy(),
        });
        paid
    }

    /// Pays from all budgets; refunds the payments if one of them refuses.
    #[inline]
    fn all_draw(&mut self, drawn: impl FnMut(&mut BudgetHandle<'_>) -> bool) -> bool {
        let paid = self.all(drawn);
        if !paid {
            self.each(|handle| handle.refund());
        }
        paid
    }

    /// Asks the budgets that pay for the next retry.
    #[inline]
    fn all(&mut self, mut asked: impl FnMut(&mut BudgetHandle<'_>) -> bool) -> bool {
        self.own.as_mut().is_none_or(&mut asked)
            && self.others.as_mut().is_none_or(|others| {
                let (shared, cases) = others.handles.split_at_mut(others.shared);
                let charged = others.charged.map(|case| &mut cases[case - others.shared]);
                shared.iter_mut().all(&mut asked) && charged.is_none_or(asked)
            })
    }
}
