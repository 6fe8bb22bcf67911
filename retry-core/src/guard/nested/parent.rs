//! The limits that a call is under, as those inside it see them.

use std::sync::Arc;

use crate::budget::Fund;
use crate::time::clock::Instant;

/// The nearest deadline and all the budgets of a call and those around it.
#[derive(Clone, Debug, Default)]
pub struct ParentCall {
    deadline: Option<Instant>,
    /// The innermost one; a call around which there is no other budget allocates nothing.
    budget: Option<Arc<Fund>>,
    further: Option<Arc<Link>>,
}

/// A budget, and those of the calls further out. A chain is shared by all that it is shown to.
#[derive(Debug)]
struct Link {
    fund: Arc<Fund>,
    outer: Option<Arc<Link>>,
}

impl ParentCall {
    /// Adds the limits of a call inside.
    pub(crate) fn and(mut self, deadline: Option<Instant>, budget: Option<Arc<Fund>>) -> Self {
        self.deadline = self.deadline.into_iter().chain(deadline).min();
        if let Some(fund) = budget {
            if !self.budgets().any(|known| Arc::ptr_eq(known, &fund)) {
                if let Some(fund) = self.budget.replace(fund) {
                    let outer = self.further.take();
                    self.further = Some(Arc::new(Link { fund, outer }));
                }
            }
        }
        self
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Iterates over the budgets, each once.
    pub(crate) fn budgets(&self) -> impl Iterator<Item = &Arc<Fund>> {
        let links = core::iter::successors(self.further.as_deref(), |link| link.outer.as_deref());
        self.budget.iter().chain(links.map(|link| &link.fund))
    }
}
