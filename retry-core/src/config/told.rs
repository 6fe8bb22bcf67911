//! A configuration beside `interrupt = ..` of the attribute.

use core::ops::Deref;
use std::sync::Arc;

use super::{ConfiguredPolicy, RetryConfig, StopConfig, WaitConfig};
use crate::__private::ToldInPlace;
use crate::breaker::CircuitBreaker;
use crate::budget::RetryBudget;
use crate::guard::{Guards, InPlace};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::sleep::Auto;
use crate::when::AnyFailure;

/// A policy for every outcome: the attribute makes one of an interrupt.
#[derive(Clone, Debug)]
pub struct Told<C>(C);

impl<O: Outcome, C: Deref<Target = RetryConfig>> Policy<O> for Told<C> {
    type Stop = StopConfig;
    type Wait = WaitConfig;
    type When = AnyFailure;
    type Cases = ();
    type Hooks = ();
    type Sleep = Auto;
    type Guards = Guards<Arc<CircuitBreaker>, Arc<RetryBudget>, InPlace>;

    fn parts(&self) -> &ConfiguredPolicy<InPlace> {
        &self.0.in_place
    }
}

impl ToldInPlace for RetryConfig {
    type Told = Told<Arc<RetryConfig>>;

    fn told_in_place(self) -> Self::Told {
        Told(Arc::new(self))
    }
}

impl ToldInPlace for Arc<RetryConfig> {
    type Told = Told<Arc<RetryConfig>>;

    fn told_in_place(self) -> Self::Told {
        Told(self)
    }
}

impl<'a> ToldInPlace for &'a RetryConfig {
    type Told = Told<&'a RetryConfig>;

    fn told_in_place(self) -> Self::Told {
        Told(self)
    }
}

impl<'a> ToldInPlace for &'a Arc<RetryConfig> {
    type Told = Told<&'a RetryConfig>;

    fn told_in_place(self) -> Self::Told {
        Told(self)
    }
}
