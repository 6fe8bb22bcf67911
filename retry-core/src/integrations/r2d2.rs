//! `r2d2::Error`.

use r2d2::Error;

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `r2d2::Error`
///
/// It has one kind, which is transient: the pool had no connection in time.
///
/// **The cause is hidden.** The pool connects in the background, again and again, and a wrong password looks
/// like a busy pool, but for the text of the last error behind "timed out waiting for connection". A wrong
/// password is therefore retried. `Builder::error_handler` shows the manager's errors; its default logs them.
/// `connection_timeout` is 30 s by default: keep it well below the function's `deadline`.
///
/// It is unsent, since nothing was sent with a connection. It shows that the service has
/// [failed](Transient::health), as the pool reports a service that is down in this way.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }

    fn unsent(&self) -> bool {
        true
    }

    fn health(&self) -> Health {
        Health::Failed
    }
}
