//! Errors that know whether another attempt can help; one file for each crate they come from.

use crate::outcome::Verdict;

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "hyper-util")]
mod hyper_util;
#[cfg(feature = "std")]
mod io;
mod judged;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "rusqlite")]
mod rusqlite;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod sqlstate;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;
#[cfg(feature = "tonic")]
mod tonic;

pub use self::judged::Judged;

/// An error that knows whether another attempt can help.
///
/// `when = transient()` retries by it, and honours its hints.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{Transient, Verdict};
///
/// enum ApiError { Unauthorized, RateLimited { seconds: u64 }, Unavailable }
///
/// impl Transient for ApiError {
///     fn verdict(&self) -> Verdict {
///         match self {
///             ApiError::Unauthorized => Verdict::Final,
///             ApiError::RateLimited { seconds } => {
///                 Verdict::RetryAfter(Duration::from_secs(*seconds))
///             }
///             ApiError::Unavailable => Verdict::Retry,
///         }
///     }
/// }
/// # let _ = (ApiError::Unauthorized, ApiError::RateLimited { seconds: 1 }, ApiError::Unavailable);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it is transient",
    label = "`transient()` and `unsent()` ask the error",
    note = "implement `persevere::Transient` for it, by `#[derive(persevere::Transient)]` if it is yours; or wrap it in `persevere::Judged`; or pick errors with `on = Err(PATTERN)` or `when = err(|e| ..)`",
    note = "errors of `hyper`, `redis`, `reqwest`, `rusqlite`, `sqlx`, `tokio-postgres` and `tonic` say it with the feature of `persevere` that has the crate's name"
)]
pub trait Transient {
    /// Whether another attempt can help, and when.
    fn verdict(&self) -> Verdict;

    /// Whether the error proves that the attempt had no effect, so that even what is not
    /// idempotent may be tried again. `false` unless it is certain.
    fn unsent(&self) -> bool {
        false
    }
}

macro_rules! transient_by_deref {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Transient + ?Sized> Transient for $pointer {
            fn verdict(&self) -> Verdict {
                (**self).verdict()
            }

            fn unsent(&self) -> bool {
                (**self).unsent()
            }
        }
    )+};
}

transient_by_deref!(&T, alloc::boxed::Box<T>, alloc::sync::Arc<T>);

/// Nothing is there; another attempt can help where the value is still being made.
#[diagnostic::do_not_recommend]
impl Transient for crate::Missing {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }
}
