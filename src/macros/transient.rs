/// Implements [`Transient`](trait@crate::Transient) for an enum or a struct, by its attributes.
///
/// An error that is not marked is final: only a mark says that another attempt can help.
///
/// | on a variant, or on a struct | meaning |
/// |---|---|
/// | `#[transient]` | another attempt can help |
/// | `#[transient(retry_after = field)]` | the same, and not before: the field is a `Duration` or an `Option` of one |
/// | `#[transient(unsent)]` | the same, and the attempt had no effect, redirects or not: for [`unsent()`](crate::when::unsent) |
/// | `#[transient(health = well)]` | the same, and the service is well, as in a conflict: its [`Health`](crate::Health) is `failed`, `well` or `unknown` |
/// | `#[transient(final, health = failed)]` | no attempt can help, and the service has failed, as with a certificate that is refused |
/// | `#[transient(source)]` | ask the source: the only field, that which is named `source`, or that with thiserror's `#[source]` or `#[from]` |
/// | `#[transient(source = field)]` | ask this field |
///
/// | on a field | meaning |
/// |---|---|
/// | `#[transient]` | ask this field, as `#[transient(source = field)]` on its variant does: `Db(#[from] #[transient] sqlx::Error)` |
///
/// On the variant `#[transient]` means every such error: `#[transient] Db(#[from] sqlx::Error)` retries a
/// missing row too. On the field it means those of which the field says so.
///
/// `retry_after`, `unsent` and `health` go together. Without a `health` what is marked has failed, and the rest is
/// well; a source says its own. Fields of tuples are numbers: `retry_after = 0`. On the type,
/// `#[transient(crate = path)]` is the path of `persevere`, for crates that re-export it or depend on it under
/// another name.
///
/// ```
/// use persevere::{Health, Transient, Verdict, retry};
/// use std::{io, time::Duration};
///
/// #[derive(Debug, Transient)]
/// enum ApiError {
///     #[transient]
///     Unavailable,
///     #[transient(retry_after = after)]
///     RateLimited { after: Option<Duration> },
///     #[transient(unsent)]
///     Refused,
///     #[transient(health = well)]
///     Conflict,
///     #[transient(final, health = failed)]
///     Untrusted,
///     #[transient(source)]
///     Io(io::Error),
///     Config { path: String, #[transient] error: io::Error },
///     Unauthorized,
/// }
///
/// let after = Duration::from_secs(3);
/// assert_eq!(ApiError::RateLimited { after: Some(after) }.verdict(), Verdict::RetryAfter(after));
/// assert_eq!(ApiError::Io(io::ErrorKind::TimedOut.into()).verdict(), Verdict::Retry);
/// let config = ApiError::Config { path: "api.toml".into(), error: io::ErrorKind::NotFound.into() };
/// assert_eq!(config.verdict(), Verdict::Final);
/// assert_eq!(ApiError::Unauthorized.verdict(), Verdict::Final);
/// assert!(ApiError::Refused.unsent() && !ApiError::Unavailable.unsent());
/// assert_eq!(ApiError::Conflict.health(), Health::Well);
/// assert_eq!(ApiError::Untrusted.health(), Health::Failed);
///
/// #[retry(when = transient(), wait = none())]
/// fn order(attempts: &mut u32) -> Result<(), ApiError> {
///     *attempts += 1;
///     if *attempts < 3 { Err(ApiError::Unavailable) } else { Err(ApiError::Unauthorized) }
/// }
///
/// let mut attempts = 0;
/// assert!(matches!(order(&mut attempts), Err(ApiError::Unauthorized)));
/// assert_eq!(attempts, 3);
/// ```
pub use persevere_macros::Transient;
