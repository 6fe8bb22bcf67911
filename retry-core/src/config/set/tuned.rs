//! Keys that a program lets its configuration change: `when` and `hedge`.
//!
//! Both stand in the program, since they depend on the function: a predicate on its error, a hedge on its future. So
//! the set declares the names whose functions take them from here, and a file that says them of another name is
//! refused.

use super::name::{same, undeclared};
use super::undeclared::{refuse, refuse_unread, refuse_untaken};
use super::{Named, RetryConfigs};
use crate::config::error::ConfigError;
use crate::config::partial::PartialConfig;
use crate::config::syntax::ParseError;
use crate::config::values::{FilePace, HedgeConfig};
use crate::config::when::{FileWhen, WhenOr};
use crate::hedge::{Hedge, Latency, Pace, Tuned, Tuning};

impl RetryConfigs {
    /// Declares the names whose `when` a configuration may say.
    ///
    /// Each function of such a name takes it by [`when`](RetryConfigs::when). The attribute refuses one that does not.
    ///
    /// # Panics
    ///
    /// Panics on an undeclared name. In a `static` that is a compile error.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]).with_when(&["payments"]);
    ///
    /// CONFIG.load_toml("payments.when = 'unsent()'")?;
    /// let error = CONFIG.load_toml("search.when = 'unsent()'").unwrap_err();
    /// assert!(error.reason().contains(".with_when(&[\"search\"])"));
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn with_when(mut self, names: &'static [&'static str]) -> Self {
        assert_declared(self.names, names);
        self.takes.when = names;
        self
    }

    /// Declares the names whose hedge a configuration may change.
    ///
    /// Each function of such a name takes it by [`hedge`](RetryConfigs::hedge). The attribute refuses one that does
    /// not. A function without a hedge cannot get one from a file: copies of an attempt need a function that can run
    /// beside itself.
    ///
    /// # Panics
    ///
    /// Panics on an undeclared name. In a `static` that is a compile error.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]).with_hedge(&["search"]);
    ///
    /// CONFIG.load_toml("search.hedge = 'delay(200ms)'")?;
    /// let error = CONFIG.load_toml("payments.hedge = 'delay(200ms)'").unwrap_err();
    /// assert!(error.reason().starts_with("`payments` has no hedge in the program"));
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn with_hedge(mut self, names: &'static [&'static str]) -> Self {
        assert_declared(self.names, names);
        self.takes.hedge = names;
        self
    }

    /// Returns the predicate of a name's `when` as it is now, or `own` if the configuration has none.
    ///
    /// The outcome's error must be [`Transient`](crate::Transient), as the words of a file ask it. The attribute looks
    /// up a literal name at compile time, and knows its own words:
    ///
    /// ```text
    /// #[retry(policy = CONFIG.get("payments"), when = CONFIG.when("payments", transient()))]
    /// ```
    ///
    /// # Panics
    ///
    /// Panics on a name that is not one of [`with_when`](RetryConfigs::with_when).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{Policy, RetryConfigs, when};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]).with_when(&["payments"]);
    ///
    /// let reset = || io::Result::<()>::Err(io::ErrorKind::ConnectionReset.into());
    /// let attempts = || {
    ///     let policy = CONFIG.get("payments").policy().when(CONFIG.when("payments", when::transient()));
    ///     policy.report(reset).attempts()
    /// };
    /// CONFIG.load_toml("payments.wait = 'none()'")?;
    /// assert_eq!(attempts(), 3);
    /// CONFIG.load_toml("payments.wait = 'none()'\npayments.when = 'unsent()'")?;
    /// assert_eq!(attempts(), 1);
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn when<P>(&self, name: &str, own: P) -> WhenOr<P> {
        let index = self.taken(name, self.takes.when, "with_when");
        WhenOr::new(self.file_when(index), own)
    }

    /// Returns the hedge of a name as it is now, or `own` if the configuration has none.
    ///
    /// A `quantile(0.95)` of the configuration is one of the [`Latency`] of `own`, or of attempts that the set itself
    /// measures while the configuration says so. The attribute looks up a literal name at compile time, and knows its
    /// own words:
    ///
    /// ```text
    /// #[retry(policy = CONFIG.get("search"), hedge = CONFIG.hedge("search", delay(50ms)))]
    /// ```
    ///
    /// # Panics
    ///
    /// Panics on a name that is not one of [`with_hedge`](RetryConfigs::with_hedge).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::hedge::{self, Hedge};
    /// use persevere::{RetryConfigs, RetryPolicy};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["search"]).with_hedge(&["search"]);
    /// const HEDGE: Hedge = hedge::delay(Duration::from_millis(50));
    ///
    /// CONFIG.load_toml("search.hedge = 'delay(200ms).copies(3)'")?;
    /// let policy = RetryPolicy::new().hedge(CONFIG.hedge("search", HEDGE));
    /// assert!(policy.describe::<Option<u8>>().to_string().contains("longer than 200ms, up to 3"));
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn hedge<P: Pace>(&self, name: &str, own: Hedge<P>) -> Hedge<Tuned<'_, P>> {
        let index = self.taken(name, self.takes.hedge, "with_hedge");
        self.tuned(index, own)
    }

    fn file_when(&self, index: usize) -> FileWhen {
        let config = self.at(index);
        FileWhen(config.0.partial.when.as_ref().map(|when| when.word()))
    }

    fn tuned<P: Pace>(&self, index: usize, own: Hedge<P>) -> Hedge<Tuned<'_, P>> {
        let config = self.at(index);
        let tuning = |hedge: &HedgeConfig| {
            let pace = match hedge.numbers.pace {
                FilePace::Delay(after) => Tuning::Delay(after),
                FilePace::Quantile(share) => Tuning::Quantile(share, self.latency(index)),
            };
            (pace, hedge.numbers.copies)
        };
        own.tuned(config.0.partial.hedge.as_ref().map(tuning))
    }

    /// Returns the measured attempts of a name, which outlive its policies.
    fn latency(&self, index: usize) -> &Latency {
        let new = || self.names.iter().map(|_| Latency::new()).collect();
        &self.latencies.get_or_init(new)[index]
    }

    #[track_caller]
    fn taken(&self, name: &str, taken: &[&str], by: &str) -> usize {
        match self.names.iter().position(|known| *known == name) {
            Some(index) if taken.contains(&name) => index,
            Some(_) => panic!("the set does not declare it; write `.{by}(&[\"{name}\"])`"),
            None => panic!("{}", undeclared(name, self.names)),
        }
    }

    /// Refuses keys of a name whose functions do not take them from a configuration.
    pub(super) fn refuse_untaken(
        &self,
        name: &str,
        partial: &PartialConfig,
    ) -> Result<(), ConfigError> {
        let refused = |key: &str, value: String, reason: String| {
            Err(ConfigError::of_value(&value, ParseError::new(0, reason)).at(key))
        };
        if let Some(when) = partial
            .when
            .as_ref()
            .filter(|_| !self.takes.when.contains(&name))
        {
            let reason = format!(
                "`{name}` has its `when` in the program; to let a configuration say it, declare `.with_when(&[\"{name}\"])` of \
                 the set, and write `when = CONFIG.when(\"{name}\", transient())` in the attribute"
            );
            return refused("when", when.to_string(), reason);
        }
        if let Some(hedge) = partial
            .hedge
            .as_ref()
            .filter(|_| !self.takes.hedge.contains(&name))
        {
            let reason = format!(
                "`{name}` has no hedge in the program that a configuration changes, and cannot get one from here; \
                 declare `.with_hedge(&[\"{name}\"])` of the set, and write \
                 `hedge = CONFIG.hedge(\"{name}\", delay(50ms))` in the attribute"
            );
            return refused("hedge", hedge.to_string(), reason);
        }
        Ok(())
    }
}

/// Lookups of the attribute's literal names, at compile time.
#[doc(hidden)]
impl RetryConfigs {
    /// Returns the policy of a function that takes its `when` and its hedge from the set, or does not.
    #[track_caller]
    pub const fn named_by(&'static self, name: &str, when: bool, hedge: bool) -> Named {
        let named = self.named(name);
        if !when && has(self.takes.when, name) {
            refuse_unread(name, "when", "transient()");
        }
        if !hedge && has(self.takes.hedge, name) {
            refuse_unread(name, "hedge", "delay(50ms)");
        }
        named
    }

    /// Returns the policy of a function that takes its `when` from the set.
    #[track_caller]
    pub const fn named_when(&'static self, name: &str) -> Named {
        let named = self.named(name);
        if !has(self.takes.when, name) {
            refuse_untaken(name, "with_when");
        }
        named
    }

    /// Returns the policy of a function that takes its hedge from the set.
    #[track_caller]
    pub const fn named_hedge(&'static self, name: &str) -> Named {
        let named = self.named(name);
        if !has(self.takes.hedge, name) {
            refuse_untaken(name, "with_hedge");
        }
        named
    }
}

#[doc(hidden)]
impl Named {
    pub fn file_when(self) -> FileWhen {
        self.set.file_when(self.index)
    }

    pub fn hedge<P: Pace>(self, own: Hedge<P>) -> Hedge<Tuned<'static, P>> {
        self.set.tuned(self.index, own)
    }
}

const fn has(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

#[track_caller]
const fn assert_declared(names: &[&str], taken: &[&str]) {
    let mut index = 0;
    while index < taken.len() {
        if !has(names, taken[index]) {
            refuse(taken[index], names);
        }
        index += 1;
    }
}
