//! The error of `tokio::time::timeout`.

use tokio::time::error::Elapsed;

use crate::call::outcome::Verdict;
use crate::transient::Transient;

/// # `tokio::time::error::Elapsed`
///
/// An elapsed time is transient, as that of `attempt_timeout` is. Nothing is unsent, as the interrupted
/// operation may have had any effect. The service has [failed](Transient::health).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Transient;
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let late = tokio::time::timeout(Duration::ZERO, std::future::pending::<()>()).await;
/// let late = late.unwrap_err();
/// assert!(late.verdict().is_retry() && !late.unsent());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::do_not_recommend]
impl Transient for Elapsed {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }
}

/// An `Elapsed` of the caller's own `tokio::time::timeout` becomes a transport error.
#[cfg(feature = "http")]
impl From<Elapsed> for crate::http::HttpError {
    fn from(late: Elapsed) -> Self {
        crate::http::HttpError::transport(late)
    }
}
