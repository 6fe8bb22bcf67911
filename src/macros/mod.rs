//! The macros, each with its reference.

mod circuit_breaker;
mod guard;
mod policy;
mod retry;
mod transient;

pub use self::circuit_breaker::circuit_breaker;
pub use self::guard::guard;
pub use self::policy::policy;
pub use self::retry::retry;
pub use self::transient::Transient;
