//! A budget of a fleet: its tokens or its reserve are divided.

mod lowest;
mod refused;
mod reserve;
mod tokens;

use std::ops::Deref;

use self::refused::KIND;
use self::reserve::SharedReserve;
use self::tokens::SharedTokens;
use crate::budget::{Divided, RetryBudget};
use crate::fleet::error::FleetError;
use crate::fleet::part::Part;
use crate::fleet::share::Share;

/// Returns the part of a budget.
pub(in crate::fleet) fn shared<B>(budget: B, name: String) -> Result<Box<dyn Part>, FleetError>
where
    B: Deref<Target = RetryBudget> + Send + 'static,
{
    match budget.divided() {
        Ok(Divided::Capacity {
            tokens,
            retry,
            dearest,
        }) => {
            let bucket = SharedTokens::new(budget, name, tokens, [retry, dearest]);
            Ok(Box::new(Share::new(bucket)))
        }
        Ok(Divided::Reserve { per_second, window }) => {
            let reserve = SharedReserve::new(budget, name, per_second, window);
            Ok(Box::new(Share::new(reserve)))
        }
        Err(advice) => Err(FleetError::Indivisible {
            kind: KIND,
            name,
            advice,
        }),
    }
}
