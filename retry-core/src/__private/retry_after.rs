//! The field that `#[transient(retry_after = field)]` names.

use core::time::Duration;

use crate::call::outcome::Verdict;

/// A pause, or an optional one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how long to wait",
    label = "expected a `Duration` or an `Option<Duration>`",
    note = "for any other type implement `persevere::Transient` by hand, and give `Verdict::RetryAfter`"
)]
pub trait RetryAfter {
    fn verdict(&self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl RetryAfter for Duration {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(*self)
    }
}

#[diagnostic::do_not_recommend]
impl RetryAfter for Option<Duration> {
    fn verdict(&self) -> Verdict {
        self.map_or(Verdict::Retry, Verdict::RetryAfter)
    }
}
