//! A configuration that a program writes: one method for every key.

use core::time::Duration;

use super::partial::PartialConfig;
use super::retry_config::RetryConfig;
use super::values::{BreakerConfig, BudgetConfig, StopConfig, WaitConfig};
use crate::guard::nested::Nested;

impl RetryConfig {
    fn with(self, write: impl FnOnce(&mut PartialConfig)) -> Self {
        let mut choices = self.0.choices.clone();
        write(&mut choices);
        RetryConfig::after(Some(&self), self.0.name, choices)
    }

    /// The name of the policy and of its breaker, `call` unless said; the attribute has the
    /// function's.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().name("payments").breaker("consecutive(5)".parse()?);
    /// assert_eq!(config.circuit_breaker().unwrap().name(), "payments");
    /// # Ok::<(), persevere::ConfigError>(())
    /// ```
    #[must_use]
    pub fn name(self, name: &'static str) -> Self {
        RetryConfig::after(Some(&self), name, self.0.choices.clone())
    }

    /// When to end the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().stop("after_attempt(5)".parse()?);
    /// assert_eq!(config.to_string(), "stop = after_attempt(5)");
    /// # Ok::<(), persevere::ConfigError>(())
    /// ```
    #[must_use]
    pub fn stop(self, stop: StopConfig) -> Self {
        self.with(|choices| choices.stop = Some(stop))
    }

    /// How long to pause.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().wait("fixed(250ms)".parse()?);
    /// assert_eq!(config.to_string(), "wait = fixed(250ms)");
    /// # Ok::<(), persevere::ConfigError>(())
    /// ```
    #[must_use]
    pub fn wait(self, wait: WaitConfig) -> Self {
        self.with(|choices| choices.wait = Some(wait))
    }

    /// The longest that the whole call may take.
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
        self.with(|choices| choices.deadline = Some(limit))
    }

    /// The longest that one attempt of an async call may take.
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
        self.with(|choices| choices.attempt_timeout = Some(limit))
    }

    /// An attempt that ran at least this long before it failed starts counts and schedule anew.
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
        self.with(|choices| choices.reset_after = Some(ran))
    }

    /// `false` makes one attempt and no retry.
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
        self.with(|choices| choices.enabled = Some(enabled))
    }

    /// What the call does inside another retried call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Nested, RetryConfig};
    ///
    /// let config = RetryConfig::new().nested(Nested::Share);
    /// assert_eq!(config.to_string(), "nested = share()");
    /// ```
    #[must_use]
    pub fn nested(self, nested: Nested) -> Self {
        self.with(|choices| choices.nested = Some(nested))
    }

    /// A breaker that is asked before every attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    /// use persevere::breaker::State;
    ///
    /// let config = RetryConfig::new().wait("none()".parse()?).breaker("consecutive(2)".parse()?);
    /// assert_eq!(config.run(|| None::<u8>), None);
    /// assert_eq!(config.circuit_breaker().unwrap().state(), State::Open);
    /// # Ok::<(), persevere::ConfigError>(())
    /// ```
    #[must_use]
    pub fn breaker(self, breaker: BreakerConfig) -> Self {
        self.with(|choices| choices.breaker = Some(breaker))
    }

    /// A budget that every retry draws from.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfig};
    ///
    /// let config = RetryConfig::new().wait("none()".parse()?).budget("total(1)".parse()?);
    /// assert_eq!(config.report(|| None::<u8>).attempts(), 2);
    /// assert_eq!(config.retry_budget().unwrap().available(), 0);
    /// # Ok::<(), persevere::ConfigError>(())
    /// ```
    #[must_use]
    pub fn budget(self, budget: BudgetConfig) -> Self {
        self.with(|choices| choices.budget = Some(budget))
    }
}
