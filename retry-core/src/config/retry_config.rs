//! A policy as data.

use core::{fmt, ptr};
use std::io;
use std::sync::Arc;

use persevere_words::Key;
use persevere_words::describe::{self, Lines, Phrase};

use super::error::ConfigError;
use super::partial::PartialConfig;
use super::values::{StopConfig, WaitConfig};
use super::when::FileWhen;
use crate::breaker::{CircuitBreaker, Hold};
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::call::interrupt::FromInterrupt;
use crate::call::outcome::Outcome;
use crate::guard::{FromError, Guards, Inline, OwnLimits};
use crate::policy::{self, PartsOf, Policy, RetryPolicy};
use crate::rate_limiter::RateLimiter;
use crate::time::sleep::DefaultSleeper;
use crate::util::local_arc::LocalArc;
use crate::when::AnyFailure;

/// The policy of a configuration as a builder: see [`RetryConfig::policy`].
pub type ConfiguredPolicy<I = FromError> =
    RetryPolicy<StopConfig, WaitConfig, AnyFailure, (), (), DefaultSleeper, GuardsOf<I>>;

/// An outcome that every predicate of a file judges: the text of a policy does not depend on it.
type AnyOutcome = io::Result<()>;

/// The guards of a configuration.
pub(super) type GuardsOf<I> = Guards<Arc<CircuitBreaker>, Arc<RetryBudget>, I, (), OwnLimits>;

/// A policy as data, from a file or environment variables.
///
/// It implements [`Policy`] for outcomes that implement [`FromInterrupt`], because an operator may set a
/// deadline. For other outcomes write `interrupt = |interrupt| ..` next to `policy` in the attribute.
///
/// A clone is the same configuration, and as cheap as that of an [`Arc`]. All calls share its breaker, its
/// rate limiter, its bulkhead and its budget.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Policy, RetryConfig};
///
/// let config: RetryConfig = serde_json::from_str(
///     r#"{ "stop": "after_attempt(5) | after_delay(30s)", "wait": "none()" }"#,
/// )?;
/// let report = config.report(|| io::Result::<()>::Err(io::ErrorKind::TimedOut.into()));
/// assert_eq!(report.attempts(), 5);
///
/// let slip = serde_json::from_str::<RetryConfig>(r#"{ "stop": "after_atempt(5)" }"#).unwrap_err();
/// assert!(slip.to_string().contains("did you mean `after_attempt`?"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RetryConfig(pub(super) LocalArc<Parts>);

pub(super) struct Parts {
    pub(super) name: &'static str,
    pub(super) partial: PartialConfig,
    /// The state that the configuration forces on the breaker.
    hold: Option<Hold>,
    policy: ConfiguredPolicy,
    /// The same policy, with interrupts converted by the attribute.
    pub(super) in_place: ConfiguredPolicy<Inline>,
}

impl RetryConfig {
    /// Creates the policy of a bare `#[retry]`, without any key.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// assert_eq!(RetryConfig::new().to_string(), "");
    /// ```
    pub fn new() -> Self {
        RetryConfig::of("call", PartialConfig::default())
    }

    pub(super) fn of(name: &'static str, partial: PartialConfig) -> Self {
        RetryConfig::after(None, name, partial)
    }

    /// Builds the successor of `old`, which keeps a breaker, a limiter, a bulkhead or a budget whose text has not
    /// changed.
    pub(super) fn after(
        old: Option<&RetryConfig>,
        name: &'static str,
        partial: PartialConfig,
    ) -> Self {
        let old = old.filter(|old| old.0.name == name);
        let breaker = partial.breaker.as_ref().map(|breaker| {
            let same = old.filter(|old| old.0.partial.breaker.as_ref() == Some(breaker));
            let kept = same.and_then(RetryConfig::circuit_breaker).cloned();
            kept.unwrap_or_else(|| Arc::new(breaker.breaker(name)))
        });
        let hold = breaker
            .as_deref()
            .and_then(|breaker| held(old, breaker, &partial));
        let limiter = partial.rate_limiter.as_ref().map(|limiter| {
            let same = old.filter(|old| old.0.partial.rate_limiter.as_ref() == Some(limiter));
            let kept = same.and_then(RetryConfig::shared_rate_limiter).cloned();
            kept.unwrap_or_else(|| Arc::new(limiter.limiter(name)))
        });
        let bulkhead = partial.bulkhead.as_ref().map(|bulkhead| {
            let same = old.filter(|old| old.0.partial.bulkhead.as_ref() == Some(bulkhead));
            let kept = same.and_then(RetryConfig::shared_bulkhead).cloned();
            kept.unwrap_or_else(|| Arc::new(bulkhead.bulkhead(name)))
        });
        let budget = partial.budget.as_ref().map(|budget| {
            let same = old.filter(|old| old.0.partial.budget.as_ref() == Some(budget));
            let kept = same.and_then(RetryConfig::retry_budget).cloned();
            kept.unwrap_or_else(|| Arc::new(budget.budget(name)))
        });
        let guards = Guards::from_parts(
            partial.deadline,
            partial.attempt_timeout,
            partial.nested,
            breaker,
            budget,
            OwnLimits { limiter, bulkhead },
        );
        RetryConfig(LocalArc::new(Parts {
            name,
            policy: policy(name, &partial, guards.clone()),
            in_place: policy(name, &partial, guards.inline_interrupt()),
            partial,
            hold,
        }))
    }

    /// Returns the breaker of its calls, to read, or to open and close by hand.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().breaker("consecutive(5)".parse()?);
    /// config.circuit_breaker().unwrap().force_open();
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn circuit_breaker(&self) -> Option<&Arc<CircuitBreaker>> {
        self.0.policy.0.guards.own_breaker()
    }

    /// Returns the rate limiter of its calls, to read, or to hold by hand.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().rate_limiter("rate(5000, 1h)".parse()?);
    /// assert_eq!(config.shared_rate_limiter().unwrap().name(), "call");
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn shared_rate_limiter(&self) -> Option<&Arc<RateLimiter>> {
        self.0.policy.0.guards.own_limits().limiter.as_ref()
    }

    /// Returns the bulkhead of its calls, to read.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().bulkhead("places(20)".parse()?);
    /// assert_eq!(config.shared_bulkhead().unwrap().limit(), 20);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn shared_bulkhead(&self) -> Option<&Arc<Bulkhead>> {
        self.0.policy.0.guards.own_limits().bulkhead.as_ref()
    }

    /// Returns the budget of its calls, to read.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().budget("tokens(500)".parse()?);
    /// assert_eq!(config.retry_budget().unwrap().available(), 100);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn retry_budget(&self) -> Option<&Arc<RetryBudget>> {
        self.0.policy.0.guards.own_budget()
    }

    /// Returns the policy as a builder, to extend in code.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{Policy, RetryConfig, when};
    ///
    /// let policy = RetryConfig::new().policy().when(when::transient());
    /// let report = policy.report(|| io::Result::<()>::Err(io::ErrorKind::NotFound.into()));
    /// assert_eq!(report.attempts(), 1);
    /// ```
    pub fn policy(&self) -> ConfiguredPolicy {
        self.0.policy.clone()
    }

    /// Returns the policy in words: see [`RetryPolicy::describe`].
    ///
    /// Without a `when` of its own it retries every failure, as it does where the program runs it by itself.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfig;
    ///
    /// let config = RetryConfig::new().wait("fixed(2s)".parse()?);
    /// assert!(config.describe().to_string().contains("- Pauses between attempts: 2s."));
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn describe(&self) -> impl fmt::Display + '_ {
        Phrase(|f| describe::list(f, &mut |key, lines| self.line(key, lines)))
    }

    /// Writes the sentences of a key: those of the policy, but for what the program puts into it.
    fn line(&self, key: Key, lines: &mut Lines<'_>) -> fmt::Result {
        let PartialConfig { when, hedge, .. } = &self.0.partial;
        match (key, when, hedge) {
            (Key::Hedge, _, Some(hedge)) => hedge.describe(lines),
            (_, Some(when), _) => {
                let policy = self.0.policy.clone().when(FileWhen(Some(when.word())));
                policy.describe::<AnyOutcome>().line(key, lines)
            }
            _ => self.0.policy.describe::<AnyOutcome>().line(key, lines),
        }
    }

    /// Checks for values that can only be a mistake.
    ///
    /// Values parsed from text have been checked. The remaining mistakes are a deadline or an attempt timeout
    /// of zero, and keys that contradict each other: an attempt timeout above the deadline, a wait without a
    /// second attempt.
    ///
    /// # Errors
    ///
    /// The first such value.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryConfig;
    ///
    /// let never = RetryConfig::new().deadline(Duration::ZERO);
    /// assert_eq!(never.validate().unwrap_err().path(), Some("deadline"));
    /// ```
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.0.partial.validate()
    }
}

/// Forces the state of `breaker_state` on a breaker, or takes back the one that `old` has forced.
///
/// A state that `old` has forced already is left alone, and so is one that an operator has forced by hand since.
fn held(
    old: Option<&RetryConfig>,
    breaker: &CircuitBreaker,
    partial: &PartialConfig,
) -> Option<Hold> {
    let same = |old: &&RetryConfig| {
        old.circuit_breaker()
            .is_some_and(|kept| ptr::eq(&**kept, breaker))
    };
    let (before, hold) = match old.filter(same) {
        Some(old) => (old.0.partial.breaker_state, old.0.hold),
        None => (None, None),
    };
    match partial.breaker_state {
        state if state == before => hold,
        Some(state) => Some(breaker.hold(state.of_breaker())),
        None => {
            if let Some(hold) = hold {
                breaker.release_hold(hold);
            }
            None
        }
    }
}

fn policy<I>(
    name: &'static str,
    partial: &PartialConfig,
    guards: GuardsOf<I>,
) -> ConfiguredPolicy<I> {
    RetryPolicy(policy::Parts {
        name,
        stop: partial.stop.clone().unwrap_or_else(StopConfig::standard),
        wait: partial.wait.clone().unwrap_or_else(WaitConfig::standard),
        when: AnyFailure,
        cases: (),
        hooks: (),
        sleep: DefaultSleeper,
        guards,
        enabled: partial.enabled.unwrap_or(true),
        once: false,
        reset_after: partial.reset_after,
    })
}

impl Default for RetryConfig {
    fn default() -> Self {
        RetryConfig::new()
    }
}

/// Two configurations are equal if the same keys are set to the same values.
impl PartialEq for RetryConfig {
    fn eq(&self, other: &Self) -> bool {
        self.0.partial == other.0.partial
    }
}

/// The text is the keys that are set, in the syntax of the attribute.
impl fmt::Display for RetryConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.0.partial.written().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{key} = {value}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RetryConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RetryConfig({self})")
    }
}

impl<O: Outcome + FromInterrupt> Policy<O> for RetryConfig {
    type Stop = StopConfig;
    type Wait = WaitConfig;
    type When = AnyFailure;
    type Cases = ();
    type Hooks = ();
    type Sleep = DefaultSleeper;
    type Guards = GuardsOf<FromError>;

    fn parts(&self) -> &PartsOf<Self, O> {
        &self.0.policy.0
    }
}
