//! `reqwest_middleware::Error`.

use reqwest_middleware::Error;

use super::downcast::{as_transient, of_a_guard};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;
use crate::transient::causes::chain;
use crate::transient::not_replayable::NotReplayable;

/// # `reqwest_middleware::Error`
///
/// An error of reqwest decides for itself. In an error of a middleware, the outermost cause that is known to
/// this crate decides, such as the one that `reqwest-retry` keeps; without one it is final.
///
/// Nothing is unsent, and of an error of a middleware not even
/// [without redirects](Transient::unsent_without_redirects): a middleware may have repeated the request, as
/// `reqwest-retry` does with a `POST` too, and then the error is that of the last repeat alone.
///
/// [`RetryMiddleware`](crate::tower::RetryMiddleware) is a policy as a middleware.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        asked(self).map_or(Verdict::Final, Transient::verdict)
    }

    fn unsent(&self) -> bool {
        refused(self).is_some_and(Transient::unsent)
    }

    fn unsent_without_redirects(&self) -> bool {
        match self {
            Error::Reqwest(error) => error.unsent_without_redirects(),
            Error::Middleware(_) => self.unsent(),
        }
    }

    fn health(&self) -> Health {
        asked(self).map_or(Health::Unknown, Transient::health)
    }
}

/// Returns the error that decides.
fn asked(error: &Error) -> Option<&dyn Transient> {
    match error {
        Error::Reqwest(error) => Some(error),
        Error::Middleware(error) => chain(error.as_ref()).find_map(as_transient),
    }
}

/// Returns a guard's refusal, if that is the error of the middleware itself.
fn refused(error: &Error) -> Option<&dyn Transient> {
    match error {
        Error::Reqwest(_) => None,
        Error::Middleware(error) => of_a_guard(error.as_ref()),
    }
}

/// Reqwest's own becomes what it becomes without middlewares.
impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        match error {
            Error::Reqwest(error) => error.into(),
            error => HttpError::transport(error),
        }
    }
}

/// It is that of a middleware, with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::middleware(interrupt)
    }
}

/// It is that of a middleware, with the refusal inside.
impl From<NotReplayable> for Error {
    fn from(refused: NotReplayable) -> Self {
        Error::middleware(refused)
    }
}
