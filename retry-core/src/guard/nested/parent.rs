//! The limits of a call, as the calls inside it see them.

use std::sync::Arc;
use std::{mem, ptr};

use crate::budget::{BudgetState, RetryBudget};
use crate::time::clock::Instant;
use crate::util::local_arc::LocalArc;

/// The nearest deadline and all the budgets of a call and those around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParentCall {
    deadline: Option<Instant>,
    /// The innermost budget; a call without another budget around it allocates nothing.
    budget: Option<LocalArc<BudgetState>>,
    further: Option<Arc<Link>>,
}

/// A budget, and those of the calls further out. A chain is shared by all calls that see it.
#[derive(Debug)]
struct Link {
    state: LocalArc<BudgetState>,
    outer: Option<Arc<Link>>,
}

/// The limits that a call shows to the calls inside it.
#[derive(Debug)]
pub(crate) enum Published<'g> {
    Nothing,
    /// This budget, where no call is around it.
    Budget(&'g RetryBudget),
    /// This deadline, where no budget is around it.
    Deadline(Instant),
    Call(ParentCall),
}

impl Published<'_> {
    /// Returns what shows the limits of a call, and of those around it.
    pub(crate) fn of(call: ParentCall) -> Self {
        match (&call.budget, call.deadline) {
            (None, Some(end)) => Published::Deadline(end),
            _ => Published::Call(call),
        }
    }

    /// Moves the end of the call to an earlier time.
    pub(crate) fn bound(&mut self, end: Option<Instant>) {
        match self {
            Published::Nothing | Published::Budget(_) => {}
            Published::Deadline(at) => *at = end.map_or(*at, |end| end.min(*at)),
            Published::Call(call) => *call = mem::take(call).and(end, None),
        }
    }
}

impl ParentCall {
    pub(crate) const NONE: ParentCall = ParentCall {
        deadline: None,
        budget: None,
        further: None,
    };

    /// Returns the address of the budget that is its only limit, if any.
    pub(super) fn only_budget(&self) -> *const BudgetState {
        match (&self.budget, self.deadline, &self.further) {
            (Some(budget), None, None) => &**budget,
            _ => ptr::null(),
        }
    }

    /// Adds the limits of a call inside.
    pub(crate) fn and(
        mut self,
        deadline: Option<Instant>,
        budget: Option<LocalArc<BudgetState>>,
    ) -> Self {
        self.deadline = self.deadline.into_iter().chain(deadline).min();
        if let Some(state) = budget {
            if !self.budgets().any(|known| ptr::eq(&**known, &*state)) {
                if let Some(state) = self.budget.replace(state) {
                    let outer = self.further.take();
                    self.further = Some(Arc::new(Link { state, outer }));
                }
            }
        }
        self
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Iterates over the budgets, each once.
    pub(crate) fn budgets(&self) -> impl Iterator<Item = &LocalArc<BudgetState>> {
        let links = core::iter::successors(self.further.as_deref(), |link| link.outer.as_deref());
        self.budget.iter().chain(links.map(|link| &link.state))
    }
}
