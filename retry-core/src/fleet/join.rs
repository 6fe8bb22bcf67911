//! Parts that can join a fleet.

use std::sync::Arc;

use super::error::FleetError;
use super::part::Part;
use super::parts::breaker::{QUORUM, SharedBreaker};
use super::parts::budget;
use super::parts::bulkhead::SharedBulkhead;
use super::parts::rate_limiter::SharedLimiter;
use super::share::Share;
use crate::breaker::CircuitBreaker;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::rate_limiter::RateLimiter;
use crate::util::key::{Key, Named};

/// A part that a fleet can share, with a name of its own: a breaker, a rate limiter, a bulkhead; as a reference to a
/// `static`, or in an `Arc`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot join a fleet by its own name",
    label = "expected a reference to a `static` part with a name, or an `Arc` of one",
    note = "a budget has no name: write `.join_as(\"checkout\", &BUDGET)`",
    note = "a part that is not a `static` is shared in an `Arc`: write `.join(Arc::clone(&limiter))`"
)]
pub trait Join: JoinAs {
    /// Returns the name under which the members know it.
    #[doc(hidden)]
    fn own_name(&self) -> String;
}

/// A part that a fleet can share under a given name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot join a fleet",
    label = "expected a reference to a `static` breaker, budget, rate limiter or bulkhead, or an `Arc` of one"
)]
pub trait JoinAs {
    #[doc(hidden)]
    fn into_part(self, name: String) -> Result<Box<dyn Part>, FleetError>;
}

macro_rules! join {
    ($($part:ty, $named:ident => $new:expr;)+) => {$(
        join!(&'static $part, $new);
        join!(Arc<$part>, $new);
        join!($named &'static $part);
        join!($named Arc<$part>);
    )+};
    ($pointer:ty, $new:expr) => {
        #[diagnostic::do_not_recommend]
        impl JoinAs for $pointer {
                    fn into_part(self, name: String) -> Result<Box<dyn Part>, FleetError> {
                #[allow(clippy::redundant_closure_call)]
                ($new)(self, name)
            }
        }
    };
    (named $pointer:ty) => {
        #[diagnostic::do_not_recommend]
        impl Join for $pointer {
            fn own_name(&self) -> String {
                Named(self.name(), self.key().map(Key::new)).to_string()
            }
        }
    };
    (nameless $pointer:ty) => {};
}

join! {
    RetryBudget, nameless => budget::shared;
    Bulkhead, named => |bulkhead, name| -> Result<Box<dyn Part>, FleetError> {
        Ok(Box::new(Share::new(SharedBulkhead::new(bulkhead, name)?)))
    };
    CircuitBreaker, named => |breaker, name| -> Result<Box<dyn Part>, FleetError> {
        Ok(Box::new(SharedBreaker::new(breaker, name, QUORUM)))
    };
    RateLimiter, named => |limiter, name| -> Result<Box<dyn Part>, FleetError> {
        Ok(Box::new(Share::new(SharedLimiter::new(limiter, name))))
    };
}
