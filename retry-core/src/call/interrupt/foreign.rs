//! Errors of other crates that have a place for an interrupt, where `cause_is::<Interrupt>()` finds it, and where
//! [`Transient`](crate::Transient) judges it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;

use super::Interrupt;

/// As for the `Box` that is `Sync` too, which the standard library makes of every error.
impl From<Interrupt> for Box<dyn Error + Send> {
    fn from(interrupt: Interrupt) -> Self {
        Box::new(interrupt)
    }
}

/// An error that callers share.
impl From<Interrupt> for Arc<dyn Error + Send + Sync> {
    fn from(interrupt: Interrupt) -> Self {
        Arc::new(interrupt)
    }
}

/// `Error::Io` of the `io::Error` that has the interrupt inside.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{Interrupt, Transient, Verdict};
/// use sqlx_core::error::Error;
///
/// assert!(Error::from(Interrupt::AttemptTimeout).verdict().is_retry());
/// assert_eq!(Error::from(Interrupt::Deadline).verdict(), Verdict::Final);
///
/// let open = Interrupt::CircuitOpen { retry_after: Some(Duration::from_secs(3)) };
/// assert_eq!(Error::from(open).verdict(), Verdict::RetryAfter(Duration::from_secs(3)));
/// ```
#[cfg(feature = "sqlx")]
impl From<Interrupt> for sqlx_core::error::Error {
    fn from(interrupt: Interrupt) -> Self {
        sqlx_core::error::Error::Io(interrupt.into())
    }
}

/// Of the kind `Io`, made of the `io::Error` that has the interrupt inside.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Interrupt, Transient, Verdict};
/// use redis::RedisError;
///
/// assert!(RedisError::from(Interrupt::AttemptTimeout).verdict().is_retry());
/// assert_eq!(RedisError::from(Interrupt::Deadline).verdict(), Verdict::Final);
/// ```
#[cfg(feature = "redis")]
impl From<Interrupt> for redis::RedisError {
    fn from(interrupt: Interrupt) -> Self {
        std::io::Error::from(interrupt).into()
    }
}
