//! `deadpool::managed::PoolError`.

use deadpool::managed::{HookError, PoolError};

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `deadpool::managed::PoolError`
///
/// A pool without a free object in time is transient, and so is one whose object could not be made or checked
/// in time. An error of the manager, or of a hook, decides for itself: a wrong password is final at once. A
/// pool that is closed, or has no runtime for its timeouts, is final.
///
/// A pool that gives no object is unsent. An error of the manager decides for itself here too: `?` turns the
/// errors of calls into this type as well, so that it may come from a statement that was sent.
///
/// A pool without timeouts waits for ever: set `wait_timeout` and `create_timeout`, or give the function an
/// `attempt_timeout`.
///
/// The [health](Transient::health) of the service is "failed" if time runs out, since a pool reports a service
/// that hangs in this way; otherwise the manager's error shows it.
#[diagnostic::do_not_recommend]
impl<E: Transient> Transient for PoolError<E> {
    fn verdict(&self) -> Verdict {
        match (self, inside(self)) {
            (_, Some(error)) => error.verdict(),
            (PoolError::Timeout(_), None) => Verdict::Retry,
            _ => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        inside(self).is_none_or(Transient::unsent)
    }

    fn unsent_without_redirects(&self) -> bool {
        inside(self).is_none_or(Transient::unsent_without_redirects)
    }

    fn health(&self) -> Health {
        match (self, inside(self)) {
            (_, Some(error)) => error.health(),
            (PoolError::Timeout(_), None) => Health::Failed,
            _ => Health::Unknown,
        }
    }
}

/// Returns the error of the manager.
fn inside<E>(error: &PoolError<E>) -> Option<&E> {
    match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            Some(error)
        }
        _ => None,
    }
}
