//! The members whose evidence opens a breaker for all.

use std::sync::Arc;

use super::error::FleetError;
use super::join::{Join, JoinAs};
use super::part::Part;
use super::parts::breaker::SharedBreaker;
use crate::breaker::CircuitBreaker;

/// A breaker with a quorum of its own: see [`quorum`].
#[derive(Clone, Copy, Debug)]
pub struct Quorum<B> {
    members: f64,
    breaker: B,
}

/// Returns a breaker that the fleet opens once this ratio of the members has evidence: `0.5` for half of them.
///
/// The ratio is within `0..=1`, and at least one member is needed. The default is a tenth: among ten members or fewer
/// the first that opens its breaker opens that of all, and among 300 it takes 30, so that one broken host opens none
/// but its own.
///
/// # Errors
///
/// [`start`](super::FleetBuilder::start) returns [`FleetError::Quorum`] for another ratio.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CircuitBreaker, Fleet, fleet};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
///
/// let fleet = Fleet::connect("redis://127.0.0.1/")
///     .namespace("shop")
///     .join(fleet::quorum(0.5, &PAYMENTS));
/// # let _ = fleet;
/// ```
pub const fn quorum<B>(members: f64, breaker: B) -> Quorum<B> {
    Quorum { members, breaker }
}

/// Returns the ratio in millionths.
fn millionths(ratio: f64, name: &str) -> Result<u64, FleetError> {
    if !(0.0..=1.0).contains(&ratio) {
        return Err(FleetError::Quorum {
            name: name.to_owned(),
        });
    }
    Ok((ratio * 1e6).round() as u64)
}

macro_rules! quorum_of {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl JoinAs for Quorum<$pointer> {
            fn into_part(self, name: String) -> Result<Box<dyn Part>, FleetError> {
                let quorum = millionths(self.members, &name)?;
                Ok(Box::new(SharedBreaker::new(self.breaker, name, quorum)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Join for Quorum<$pointer> {
            fn own_name(&self) -> String {
                Join::own_name(&self.breaker)
            }
        }
    )+};
}

quorum_of!(&'static CircuitBreaker, Arc<CircuitBreaker>);
