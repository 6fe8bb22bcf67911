//! `reqwest::Error`.

use reqwest::Error;

use super::{Transient, hyper};
use crate::outcome::Verdict;

/// Transient are timeouts; connections that are not made, unless what came of them was refused, such as
/// a certificate; responses that end before they are complete; and the transient statuses of
/// `error_for_status`, whose hint is lost: [`or_http_error`](crate::http::OrHttpError) keeps it. Final
/// are requests that cannot be built, redirects that go too far, and bodies that cannot be decoded.
///
/// Unsent are requests without a connection, and those that were cancelled before anything of them was
/// written; and what the status says. A client that follows redirects may have no connection to the
/// second server only, when the first one has processed the request: for what is not idempotent, build
/// it with [`redirect::Policy::none()`](reqwest::redirect::Policy::none).
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
        match self.status() {
            Some(status) => status.unsent(),
            None if self.is_upgrade() => false,
            None => self.is_connect() || hyper::never_started(self),
        }
    }
}
