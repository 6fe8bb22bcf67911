//! Configurations together with the attribute's `interrupt = ..`.

use super::retry_config::{GuardsOf, RetryConfig};
use super::values::{StopConfig, WaitConfig};
use crate::call::outcome::Outcome;
use crate::guard::Inline;
use crate::policy::{OverrideInterrupt, PartsOf, Policy};
use crate::time::sleep::DefaultSleeper;
use crate::when::AnyFailure;

/// A policy for every outcome, with interrupts converted by the attribute.
#[derive(Clone, Debug)]
pub struct InlineInterrupt(RetryConfig);

#[diagnostic::do_not_recommend]
impl<O: Outcome> Policy<O> for InlineInterrupt {
    type Stop = StopConfig;
    type Wait = WaitConfig;
    type When = AnyFailure;
    type Cases = ();
    type Hooks = ();
    type Sleep = DefaultSleeper;
    type Guards = GuardsOf<Inline>;

    fn parts(&self) -> &PartsOf<Self, O> {
        &self.0.0.in_place.0
    }
}

impl OverrideInterrupt for RetryConfig {
    type Overridden = InlineInterrupt;

    fn override_interrupt(self) -> InlineInterrupt {
        InlineInterrupt(self)
    }
}

impl OverrideInterrupt for &RetryConfig {
    type Overridden = InlineInterrupt;

    fn override_interrupt(self) -> InlineInterrupt {
        InlineInterrupt(self.clone())
    }
}
