//! A process: its policy, and the parts that its calls share.

use std::sync::Arc;

use persevere_core::breaker::State;
use persevere_core::fleet::engine::{JoinAs, Part};
use persevere_core::{Bulkhead, RateLimiter, RetryConfig};

/// The parts of one process.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) config: RetryConfig,
    pub(crate) limiter: Option<Arc<RateLimiter>>,
    pub(crate) bulkhead: Option<Arc<Bulkhead>>,
}

impl Process {
    /// Returns whether its breaker lets a few probes through.
    pub(crate) fn probes(&self) -> bool {
        let breaker = self.config.circuit_breaker();
        breaker.is_some_and(|breaker| breaker.state() == State::HalfOpen)
    }

    /// Returns the parts that it can share with others.
    pub(crate) fn parts(&self) -> Vec<Box<dyn Part>> {
        let limiter = self.limiter.iter().cloned();
        let shared = limiter.map(|limiter| limiter.into_part("simulated".to_owned()));
        shared.filter_map(Result::ok).collect()
    }
}
