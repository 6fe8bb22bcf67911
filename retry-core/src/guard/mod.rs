//! Guards, which keep the retries of a call from making an outage worse: deadline, breaker, budget, and the
//! call around it.
//!
//! [`Guards`] are the choices of a policy; a [`CallGuard`] applies them to one call. Like the engine, it
//! neither sleeps nor makes attempts. A driver asks it before each attempt ([`admit`](CallGuard::admit)),
//! reports the attempt's end ([`judged`](CallGuard::judged), [`interrupted`](CallGuard::interrupted)), and
//! passes it each decision to go on ([`allow`](CallGuard::allow)). The guard of a call without guards is
//! `()`, and costs nothing.

mod active;
mod body_scope;
mod borrowed;
mod budgets;
mod call_guard;
mod checked;
mod copies;
pub(crate) mod deadline;
mod describe;
mod guards;
mod hedging;
mod interruption;
mod limits;
pub mod nested;
mod no_guards;
mod outcome;
mod panic_tracker;
mod resolve;
mod shareable;
mod shared;
mod wakeup;

pub use self::body_scope::BodyScope;
#[cfg(feature = "async")]
pub use self::body_scope::inside;
pub(crate) use self::borrowed::Borrowed;
pub use self::call_guard::{Admission, CallGuard, Guard};
pub(crate) use self::call_guard::{CallGuardBase, refuse_hedge};
pub(crate) use self::checked::CheckedGuards;
pub use self::guards::Guards;
pub(crate) use self::guards::IntoGuards;
pub(crate) use self::hedging::Hedging;
#[cfg(feature = "config")]
pub(crate) use self::interruption::FromError;
pub(crate) use self::interruption::{Inline, InterruptConversion, With};
#[cfg(feature = "async")]
pub(crate) use self::interruption::{Interrupting, Uninterrupted};
#[cfg(feature = "config")]
pub(crate) use self::limits::OwnLimits;
pub(crate) use self::limits::{CallLimits, Limiting, WithBulkhead, WithRateLimiter};
pub(crate) use self::panic_tracker::PanicTracker;
pub use self::resolve::{resolve_outcome, try_resolve_outcome};
pub(crate) use self::shareable::ShareableGuards;
pub use self::shared::{SharedBreaker, SharedGuards};
pub(crate) use self::wakeup::Wakeable;
pub use self::wakeup::wait_for_breaker;
#[cfg(feature = "async")]
pub use self::wakeup::{bound, woken};
