//! Builder methods of a configuration, one per key.

use core::time::Duration;

use super::partial::PartialConfig;
use super::retry_config::RetryConfig;
use super::values::{
    BreakerConfig, BudgetConfig, BulkheadConfig, ForcedState, RateLimiterConfig, StopConfig,
    WaitConfig,
};
use crate::guard::nested::Nested;

impl RetryConfig {
    fn with(self, write: impl FnOnce(&mut PartialConfig)) -> Self {
        let mut partial = self.0.partial.clone();
        write(&mut partial);
        RetryConfig::after(Some(&self), self.0.name, partial)
    }

    /// Sets the name of the policy, of its breaker, its rate limiter and its bulkhead, `call` by default.
    ///
    /// The attribute uses the name of the function.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().name("payments").breaker("consecutive(5)".parse()?);
    /// assert_eq!(config.circuit_breaker().unwrap().name(), "payments");
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn name(self, name: &'static str) -> Self {
        RetryConfig::after(Some(&self), name, self.0.partial.clone())
    }

    /// Sets the condition that ends the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().stop("after_attempt(5)".parse()?);
    /// assert_eq!(config.to_string(), "stop = after_attempt(5)");
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn stop(self, stop: StopConfig) -> Self {
        self.with(|partial| partial.stop = Some(stop))
    }

    /// Sets the pause between attempts.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().wait("fixed(250ms)".parse()?);
    /// assert_eq!(config.to_string(), "wait = fixed(250ms)");
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn wait(self, wait: WaitConfig) -> Self {
        self.with(|partial| partial.wait = Some(wait))
    }

    /// Sets the longest time that the whole call may take.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().deadline(Duration::from_secs(90));
    /// assert_eq!(config.to_string(), "deadline = 90s");
    /// ```
    #[must_use]
    pub fn deadline(self, limit: Duration) -> Self {
        self.with(|partial| partial.deadline = Some(limit))
    }

    /// Sets the longest time that one attempt of an async call may take.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().attempt_timeout(Duration::from_millis(1500));
    /// assert_eq!(config.to_string(), "attempt_timeout = 1500ms");
    /// ```
    #[must_use]
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.with(|partial| partial.attempt_timeout = Some(limit))
    }

    /// Sets the duration of an attempt after which its failure restarts counts and schedule.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().reset_after(Duration::from_secs(600));
    /// assert_eq!(config.to_string(), "reset_after = 10min");
    /// ```
    #[must_use]
    pub fn reset_after(self, ran: Duration) -> Self {
        self.with(|partial| partial.reset_after = Some(ran))
    }

    /// Switches retries on or off: `false` makes one attempt and no retry.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    ///
    /// let config = RetryConfig::new().enabled(false);
    /// assert_eq!(config.report(|| None::<u8>).attempts(), 1);
    /// ```
    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        self.with(|partial| partial.enabled = Some(enabled))
    }

    /// Sets the behaviour of the call inside another retried call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{RetryConfig, nested::Nested};
    ///
    /// let config = RetryConfig::new().nested(Nested::Share);
    /// assert_eq!(config.to_string(), "nested = share()");
    /// ```
    #[must_use]
    pub fn nested(self, nested: Nested) -> Self {
        self.with(|partial| partial.nested = Some(nested))
    }

    /// Sets a breaker that is asked before every attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    /// use persevere::breaker::State;
    ///
    /// let config = RetryConfig::new().wait("none()".parse()?).breaker("consecutive(2)".parse()?);
    /// assert_eq!(config.run(|| None::<u8>), None);
    /// assert_eq!(config.circuit_breaker().unwrap().state(), State::Open);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn breaker(self, breaker: BreakerConfig) -> Self {
        self.with(|partial| partial.breaker = Some(breaker))
    }

    /// Forces a state on the breaker, for all that share it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    /// use persevere::breaker::State;
    /// use persevere::config::ForcedState;
    ///
    /// let config = RetryConfig::new().breaker("consecutive(5)".parse()?).breaker_state(ForcedState::ForcedOpen);
    /// assert_eq!(config.circuit_breaker().unwrap().state(), State::ForcedOpen);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn breaker_state(self, state: ForcedState) -> Self {
        self.with(|partial| partial.breaker_state = Some(state))
    }

    /// Sets a rate limiter of which every attempt takes a permit.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    ///
    /// let config = RetryConfig::new().rate_limiter("rate(5000, 1h).burst(50)".parse()?);
    /// assert_eq!(config.run(|| Some(7)), Some(7));
    /// assert_eq!(config.shared_rate_limiter().unwrap().counts().taken, 1);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn rate_limiter(self, limiter: RateLimiterConfig) -> Self {
        self.with(|partial| partial.rate_limiter = Some(limiter))
    }

    /// Sets a bulkhead in which every attempt has a place.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    ///
    /// let config = RetryConfig::new().bulkhead("places(20).queue(100)".parse()?);
    /// assert_eq!(config.run(|| Some(7)), Some(7));
    /// assert_eq!(config.shared_bulkhead().unwrap().entered(), 1);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn bulkhead(self, bulkhead: BulkheadConfig) -> Self {
        self.with(|partial| partial.bulkhead = Some(bulkhead))
    }

    /// Sets a budget that every retry draws from.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    ///
    /// let config = RetryConfig::new().wait("none()".parse()?).budget("total(1)".parse()?);
    /// assert_eq!(config.report(|| None::<u8>).attempts(), 2);
    /// assert_eq!(config.retry_budget().unwrap().available(), 0);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn budget(self, budget: BudgetConfig) -> Self {
        self.with(|partial| partial.budget = Some(budget))
    }
}
