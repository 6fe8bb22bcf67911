//! `reqwest::Error`.

use reqwest::Error;

use super::{Transient, hyper};
use crate::outcome::{Health, Verdict};

/// Transient are timeouts; connections that are not made, unless what came of them was refused, such as
/// a certificate; responses that end before they are complete; and the transient statuses of
/// `error_for_status`, whose hint is lost: [`or_http_error`](crate::http::OrHttpError) keeps it. Final
/// are requests that cannot be built, redirects that go too far, and bodies that cannot be decoded.
///
/// Unsent is what the status says, and nothing else: a client that follows redirects may have no connection to the second
/// server only, when the first one has processed the request. For what is not idempotent, build the client with
/// [`redirect::Policy::none()`](reqwest::redirect::Policy::none), and say so to the predicate:
/// [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). Then requests without a connection are unsent, and
/// those that were cancelled before anything of them was written.
///
/// The service has [failed](Transient::health) where there is no connection, were it that a certificate is refused, where
/// it lets time run out, and where a response ends before it is complete; a status says it itself. It is well where it
/// sends what the program does not understand: redirects that go too far, a body that is no JSON. Faults of the own host,
/// and requests that cannot be built, say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        if let Some(status) = self.status() {
            return status.verdict();
        }
        if self.is_builder() || self.is_redirect() || self.is_upgrade() {
            return Verdict::Final;
        }
        match (self.is_timeout(), self.is_connect()) {
            (true, _) => Verdict::Retry,
            (_, true) => hyper::connection(self),
            (_, false) => hyper::exchange(self),
        }
    }

    fn unsent(&self) -> bool {
        self.status().is_some_and(|status| status.unsent())
    }

    fn unsent_without_redirects(&self) -> bool {
        match self.status() {
            Some(status) => status.unsent(),
            None if self.is_upgrade() => false,
            None => self.is_connect() || hyper::never_started(self),
        }
    }

    fn health(&self) -> Health {
        if let Some(status) = self.status() {
            return status.health();
        }
        if self.is_timeout() || self.is_connect() {
            return hyper::broken(self);
        }
        match hyper::health_of_exchange(self) {
            Some(health) => health,
            None if self.is_decode() || self.is_redirect() => Health::Well,
            None => Health::Unknown,
        }
    }
}
