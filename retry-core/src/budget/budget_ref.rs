//! Owned and borrowed budgets, as `budget = ..` takes them.

use alloc::rc::Rc;
use alloc::sync::Arc;

use super::retry_budget::RetryBudget;

/// A [`RetryBudget`], or a reference to one: the value of `budget = ..`.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::Arc;
/// use persevere::{RetryBudget, policy::Budget};
///
/// fn left(budget: impl Budget) -> u64 {
///     budget.budget().available()
/// }
/// assert_eq!(left(Arc::new(RetryBudget::total(3))), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a retry budget",
    label = "expected `&RetryBudget`",
    note = "keep it in a `static BUDGET: RetryBudget = RetryBudget::tokens(500);` and write `budget = &BUDGET`"
)]
pub trait Budget {
    /// Returns the budget itself.
    fn budget(&self) -> &RetryBudget;
}

#[diagnostic::do_not_recommend]
impl Budget for RetryBudget {
    #[inline]
    fn budget(&self) -> &RetryBudget {
        self
    }
}

macro_rules! budget_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Budget + ?Sized> Budget for $pointer {
            #[inline]
            fn budget(&self) -> &RetryBudget {
                (**self).budget()
            }
        }
    )+};
}

budget_by_reference!(&T, Box<T>, Rc<T>, Arc<T>);
