//! `bb8::RunError`.

use bb8::RunError;

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `bb8::RunError`
///
/// A pool that has no connection in time is transient, and an error of the manager decides for itself.
///
/// **The cause is hidden.** The pool connects in the background, again and again, and says `TimedOut` after
/// `connection_timeout` (30 s by default) of a wrong password as of a busy pool. A wrong password is therefore
/// retried. `Builder::error_sink` shows the manager's errors to a log, and
/// `Builder::retry_connection(false)` ends a connection that fails after one try. Keep
/// `connection_timeout` well below the function's `deadline`.
///
/// A pool that timed out is unsent, since nothing was sent with a connection. It shows that the service has
/// [failed](Transient::health), as a pool reports a service that is down in this way.
#[diagnostic::do_not_recommend]
impl<E: Transient> Transient for RunError<E> {
    fn verdict(&self) -> Verdict {
        match self {
            RunError::User(error) => error.verdict(),
            RunError::TimedOut => Verdict::Retry,
        }
    }

    fn unsent(&self) -> bool {
        match self {
            RunError::User(error) => error.unsent(),
            RunError::TimedOut => true,
        }
    }

    fn unsent_without_redirects(&self) -> bool {
        match self {
            RunError::User(error) => error.unsent_without_redirects(),
            RunError::TimedOut => true,
        }
    }

    fn health(&self) -> Health {
        match self {
            RunError::User(error) => error.health(),
            RunError::TimedOut => Health::Failed,
        }
    }
}
