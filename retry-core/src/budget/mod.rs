//! Retry budgets: limits on retries, shared by many calls.

mod algorithm;
pub(crate) mod budget_ref;
mod handle;
#[cfg(all(test, persevere_loom))]
mod model;
pub(crate) mod retry_budget;
mod settings;
#[cfg(feature = "redis-fleet")]
mod share;
mod state;
#[cfg(all(test, not(persevere_loom)))]
mod tests;

pub(crate) use self::budget_ref::Budget;
pub(crate) use self::handle::BudgetHandle;
pub(crate) use self::retry_budget::{RetryBudget, write_retries};
pub use self::settings::Settings;
#[cfg(feature = "redis-fleet")]
pub(crate) use self::share::Divided;
pub(crate) use self::state::BudgetState;
