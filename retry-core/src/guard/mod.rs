//! What keeps the retries of a call from making things worse: deadline, breaker, budget, the call
//! around it.
//!
//! [`Guards`] are the choices of a policy; a [`Watch`] watches one call by them. As the engine, it
//! neither sleeps nor makes attempts. A driver asks it before each attempt ([`admit`](Watch::admit)),
//! tells it what became of it ([`judged`](Watch::judged), [`interrupted`](Watch::interrupted)), and
//! shows it each decision to go on ([`allow`](Watch::allow)). A call without guards is watched by
//! `()`, and pays nothing.

#[cfg(feature = "std")]
mod bodies;
#[cfg(feature = "std")]
pub(crate) mod deadline;
#[cfg(feature = "std")]
mod disturb;
#[cfg(feature = "std")]
mod guards;
#[cfg(feature = "std")]
mod hedging;
#[cfg(feature = "std")]
pub mod nested;
#[cfg(feature = "std")]
mod purses;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) mod timeout;
#[cfg(feature = "std")]
mod waits;
#[cfg(feature = "std")]
mod watch;
#[cfg(feature = "std")]
mod watched;

use crate::invalid::InvalidValue;

#[cfg(feature = "std")]
pub(crate) use self::bodies::Bodies;
#[cfg(feature = "config")]
pub(crate) use self::disturb::ByError;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) use self::disturb::Quiet;
#[cfg(feature = "std")]
pub(crate) use self::disturb::{Disturb, InPlace, Told};
#[cfg(feature = "std")]
pub(crate) use self::guards::Lent;
#[cfg(feature = "std")]
pub use self::guards::{Guards, IntoGuards};
#[cfg(feature = "std")]
pub(crate) use self::hedging::{Hedging, refuse_hedge};
#[cfg(feature = "std")]
pub(crate) use self::waits::Waits;
#[cfg(feature = "std")]
pub use self::waits::wait;
#[cfg(all(feature = "std", feature = "async"))]
pub use self::waits::{bound, woken};
#[cfg(feature = "std")]
pub(crate) use self::watch::Watching;
#[cfg(feature = "std")]
pub use self::watch::{Admission, Guard, Show, Watch, settle, settle_or};

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
