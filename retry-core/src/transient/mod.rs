//! Errors that tell whether another attempt can help.

use crate::call::outcome::{Health, Verdict};

pub(crate) mod causes;
mod classified;
mod hidden;
mod interrupt;
#[cfg(feature = "tower")]
pub(crate) mod not_replayable;

pub use self::classified::Classified;

/// An error that tells whether another attempt can help.
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
    label = "`transient()`, `unsent()`, `idempotent()` and `by_error()` ask the error",
    note = "`anyhow::Error`, `Box<dyn Error>`, and errors of pools and clients hide one that says it: `when = transient_cause::<(io::Error, sqlx::Error)>()` looks for it",
    note = "implement `persevere::Transient` for it, by `#[derive(persevere::Transient)]` if it is yours; or wrap it in `persevere::Classified`; or pick errors with `on = Err(PATTERN)` or `when = err(|e| ..)`",
    note = "errors of `async-nats` 0.51, `aws-smithy-runtime-api` 1, `bb8` 0.9, `deadpool` 0.13, `diesel` 2.3, `etcd-client` 0.21, `hyper` 1, `lapin` 4, `lettre` 0.11, `mysql` 28, `mysql_async` 0.37, `object_store` 0.14, `r2d2` 0.8, `rdkafka` 0.39, `redis` 1 from 1.2, `reqwest` 0.13, `reqwest-middleware` 0.5, `rusqlite` 0.37 to 0.43, `sqlx` 0.9, `tokio-postgres` 0.7, `tonic` 0.14, `ureq` 3, and tokio's `Elapsed`, say it with the feature of `persevere` that has the crate's name, errors of pools with that of their driver as well; the same errors of another version are other types"
)]
pub trait Transient {
    /// Returns whether another attempt can help, and after which pause.
    fn verdict(&self) -> Verdict;

    /// Returns whether the error proves that the attempt had no effect.
    ///
    /// Even an operation that is not idempotent may be repeated then. It is `false` unless that is certain.
    fn unsent(&self) -> bool {
        false
    }

    /// Returns whether the error proves that the attempt had no effect, if the client follows no redirects.
    ///
    /// It is for [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). By default it is the same
    /// as [`unsent`](Transient::unsent).
    ///
    /// A client that follows redirects fails in the same way if the first server or the second cannot be
    /// reached, and the first may have processed the request. Such an error is not unsent, except here.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Transient, Verdict};
    ///
    /// struct Unreachable;
    ///
    /// impl Transient for Unreachable {
    ///     fn verdict(&self) -> Verdict { Verdict::Retry }
    ///
    ///     fn unsent_without_redirects(&self) -> bool { true }
    /// }
    /// assert!(!Unreachable.unsent() && Unreachable.unsent_without_redirects());
    /// ```
    fn unsent_without_redirects(&self) -> bool {
        self.unsent()
    }

    /// Returns the state of the service that the error shows, for circuit breakers that ask the error.
    ///
    /// By default the verdict determines it: an error that is retried is a failure of the service, and a
    /// final one shows that the service is well. Implement it for a conflict, which is retried although the
    /// service is well; for an error that may not be retried although the service has failed, such as a
    /// refused certificate; and for the caller's own faults, which leave the health unknown.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Health, Transient, Verdict};
    ///
    /// enum StoreError { Conflict, Down }
    ///
    /// impl Transient for StoreError {
    ///     fn verdict(&self) -> Verdict { Verdict::Retry }
    ///
    ///     fn health(&self) -> Health {
    ///         match self {
    ///             StoreError::Conflict => Health::Well,
    ///             StoreError::Down => Health::Failed,
    ///         }
    ///     }
    /// }
    /// # let _ = (StoreError::Conflict, StoreError::Down);
    /// ```
    fn health(&self) -> Health {
        Health::from(self.verdict())
    }
}

macro_rules! transient_by_deref {
    ($($pointer:ty),+) => {$(
        #[doc = concat!("# `", stringify!($pointer), "`")]
        ///
        /// The error behind the pointer is asked.
        #[diagnostic::do_not_recommend]
        impl<T: Transient + ?Sized> Transient for $pointer {
            fn verdict(&self) -> Verdict {
                (**self).verdict()
            }

            fn unsent(&self) -> bool {
                (**self).unsent()
            }

            fn unsent_without_redirects(&self) -> bool {
                (**self).unsent_without_redirects()
            }

            fn health(&self) -> Health {
                (**self).health()
            }
        }
    )+};
}

transient_by_deref!(&T, alloc::boxed::Box<T>, alloc::sync::Arc<T>);

/// # `Missing`
///
/// A missing value is transient, as it may still be in the making.
#[diagnostic::do_not_recommend]
impl Transient for crate::Missing {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }
}
