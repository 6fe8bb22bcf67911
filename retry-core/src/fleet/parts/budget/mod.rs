//! A budget of a fleet: its tokens or its reserve are divided.

mod lowest;
mod reserve;
mod tokens;

use std::ops::Deref;

use self::reserve::SharedReserve;
use self::tokens::SharedTokens;
use crate::budget::{Divided, RetryBudget};
use crate::fleet::error::FleetError;
use crate::fleet::part::Part;
use crate::fleet::share::Share;

const KIND: &str = "budget";

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

/// The retries that were refused, smoothed: half of them count for the next exchange too.
#[derive(Debug, Default)]
struct Refused {
    counted: u64,
    recent: u64,
}

impl Refused {
    /// Counts those since the last time.
    fn count(&mut self, budget: &RetryBudget) -> u64 {
        let refused = budget.refused();
        self.recent = self.recent / 2 + refused.saturating_sub(self.counted);
        self.counted = refused;
        self.recent
    }
}
