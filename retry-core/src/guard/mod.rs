//! What keeps the retries of a call from making things worse: deadline, breaker, budget, the call
//! around it.
//!
//! [`Guards`] are the choices of a policy; a [`CallGuard`] watches one call by them. As the engine, it
//! neither sleeps nor makes attempts. A driver asks it before each attempt ([`admit`](CallGuard::admit)),
//! tells it what became of it ([`judged`](CallGuard::judged), [`interrupted`](CallGuard::interrupted)), and
//! shows it each decision to go on ([`allow`](CallGuard::allow)). A call without guards is watched by
//! `()`, and pays nothing.

#[cfg(feature = "std")]
mod active;
#[cfg(feature = "std")]
mod budgets;
#[cfg(feature = "std")]
mod call_guard;
#[cfg(feature = "std")]
pub(crate) mod deadline;
#[cfg(feature = "std")]
mod guards;
#[cfg(feature = "std")]
mod hedging;
#[cfg(feature = "std")]
mod interruption;
#[cfg(feature = "std")]
pub mod nested;
#[cfg(feature = "std")]
mod panic_tracker;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) mod timeout;
#[cfg(feature = "std")]
mod wakeup;

use crate::invalid::InvalidValue;

#[cfg(feature = "std")]
pub(crate) use self::call_guard::CallGuardBase;
#[cfg(feature = "std")]
pub use self::call_guard::{
    Admission, BodyScope, CallGuard, Guard, resolve_outcome, try_resolve_outcome,
};
#[cfg(feature = "std")]
pub(crate) use self::guards::Borrowed;
#[cfg(feature = "std")]
pub use self::guards::{Guards, IntoGuards};
#[cfg(feature = "std")]
pub(crate) use self::hedging::{Hedging, refuse_hedge};
#[cfg(feature = "config")]
pub(crate) use self::interruption::FromError;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) use self::interruption::Uninterrupted;
#[cfg(feature = "std")]
pub(crate) use self::interruption::{Inline, InterruptConversion, With};
#[cfg(feature = "std")]
pub(crate) use self::panic_tracker::PanicTracker;
#[cfg(feature = "std")]
pub(crate) use self::wakeup::Wakeable;
#[cfg(feature = "std")]
pub use self::wakeup::wait_for_breaker;
#[cfg(all(feature = "std", feature = "async"))]
pub use self::wakeup::{bound, woken};

/// Guards whose values can be checked.
pub trait CheckedGuards {
    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue>;
}

impl CheckedGuards for () {
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }
}

/// Without a clock nothing guards a call.
#[cfg(not(feature = "std"))]
pub trait Guard<O> {}
#[cfg(not(feature = "std"))]
impl<O, T> Guard<O> for T {}
