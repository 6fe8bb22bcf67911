//! The parts of policies, for signatures and for custom implementations.
//!
//! A [`RetryPolicy`] is built by its methods and passed around as a [`Policy`]; neither needs a name from
//! here. Its parts implement the traits [`Guard`], [`Cases`], [`Hooks`] and [`Sleeper`]. It runs an
//! [`Operation`] or an [`AsyncOperation`].

mod answers;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) mod asynchronous;
#[cfg(feature = "std")]
pub(crate) mod blocking;
pub(crate) mod builder;
mod callbacks;
pub(crate) mod contract;
mod describe;
mod erasable;
#[cfg(feature = "std")]
mod guards;
mod override_interrupt;
pub(crate) mod parts;
#[cfg(feature = "std")]
mod run;
#[cfg(all(feature = "std", feature = "async"))]
mod run_async;
#[cfg(feature = "stream")]
mod run_stream;
pub(crate) mod schedule;
mod shared;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) mod signals;
#[cfg(feature = "std")]
pub(crate) mod steps;
#[cfg(feature = "stream")]
pub(crate) mod stream;

#[cfg(all(feature = "std", feature = "async"))]
pub use self::asynchronous::{AsyncOperation, ReportAsync, RunAsync};
#[cfg(feature = "std")]
pub use self::blocking::Operation;
pub(crate) use self::builder::RetryPolicy;
pub(crate) use self::contract::{PartsOf, Policy};
pub use self::describe::Description;
#[doc(hidden)]
pub use self::override_interrupt::OverrideInterrupt;
pub use self::parts::Parts;
pub use self::schedule::ScheduleRow;
pub use self::shared::{BoxPolicy, SharedPolicy, SharedWait};
#[cfg(feature = "stream")]
pub use self::stream::{Idle, IdleTimeout, NeverIdle, RunStream};
#[cfg(feature = "std")]
pub use crate::budget::budget_ref::Budget;
pub use crate::call::callbacks::{Callback, Hooks};
pub use crate::engine::cases::{Case, Cases};
#[cfg(feature = "std")]
#[doc(hidden)]
pub use crate::guard::CallGuard;
pub use crate::guard::Guard;
#[cfg(feature = "std")]
pub use crate::guard::deadline::{Deadline, IntoDeadline};
#[cfg(feature = "std")]
pub use crate::guard::{Guards, SharedBreaker, SharedGuards};
pub use crate::time::sleep::{AsyncSleeper, BlockingSleeper, DefaultSleeper, Sleeper};
