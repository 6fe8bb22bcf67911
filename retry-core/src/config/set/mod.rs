//! Sets of configurations by name.

use core::fmt;
use std::sync::{Mutex, OnceLock};

use arc_swap::ArcSwap;

#[cfg(feature = "redis-fleet")]
mod fleet;
mod layer;
mod load;
mod look;
mod name;
mod named;
mod sources;
mod tuned;
mod undeclared;

pub(super) use self::look::Look;
pub use self::named::Named;

use self::name::{DEFAULT, same_variable, undeclared};
use self::sources::Sources;
use super::partial::PartialConfig;
use super::retry_config::{Parts, RetryConfig};
use crate::hedge::Latency;
use crate::util::local_arc::Shared;

/// Policies by name, for operators to tune, even while the program runs.
///
/// They come from a file, from what a fleet has published, and from environment variables: each takes precedence over
/// those before it.
///
/// A file has a table for each name, and one named `default`, whose keys the others inherit:
///
/// ```toml
/// [default]
/// wait = "exponential(100ms).max(10s).full_jitter()"
///
/// [payments]
/// stop = "after_attempt(5) | after_delay(30s)"
/// breaker = "consecutive(5).open_for(30s)"
/// ```
///
/// Every `load_..` takes effect as a whole. After a mistake it takes no effect at all, and the previous
/// policies stay in effect. A call keeps the policy that it began with. A breaker or a budget keeps its state
/// unless its text has changed.
///
/// The set has no thread of its own, unless it is asked to [`watch`](RetryConfigs::watch) its file.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryConfigs};
///
/// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
///
/// CONFIG.load_toml(r#"
///     [default]
///     wait = "none()"
///     [payments]
///     stop = "after_attempt(5)"
/// "#)?;
/// assert_eq!(CONFIG.get("payments").report(|| None::<u8>).attempts(), 5);
/// assert_eq!(CONFIG.get("search").report(|| None::<u8>).attempts(), 3);
///
/// let error = CONFIG.load_toml(r#"payments.stop = "after_attempt(0)""#).unwrap_err();
/// assert!(error.to_string().starts_with("payments.stop: `after_attempt(0)`: "));
/// assert_eq!(CONFIG.get("payments").report(|| None::<u8>).attempts(), 5);
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
pub struct RetryConfigs {
    names: &'static [&'static str],
    takes: Takes,
    /// The measured attempts of each name, made for the first `quantile(..)` of a configuration.
    latencies: OnceLock<Box<[Latency]>>,
    current: OnceLock<ArcSwap<Policies>>,
    sources: Mutex<Sources>,
}

/// The names whose functions take a key of the program from the set.
struct Takes {
    when: &'static [&'static str],
    hedge: &'static [&'static str],
}

/// The policies, in the order of their names.
type Policies = Box<[Shared<Parts>]>;

impl RetryConfigs {
    /// Creates policies with these names, each that of a bare `#[retry]` until a file or variables are
    /// loaded.
    ///
    /// # Panics
    ///
    /// Panics on a name that is empty or `default`, and on two names that differ only in case or punctuation,
    /// as they would share their environment variables. In a `static` that is a compile error.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
    /// assert_eq!(CONFIG.names(), ["payments", "search"]);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryConfigs;
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search", "payments"]);
    /// ```
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut index = 0;
        while index < names.len() {
            assert!(!names[index].is_empty(), "a policy has a name");
            assert!(
                !same_variable(names[index], DEFAULT),
                "`default` is the table that the others inherit from"
            );
            let mut other = 0;
            while other < index {
                assert!(
                    !same_variable(names[index], names[other]),
                    "two policies have the same name, or the same environment variables"
                );
                other += 1;
            }
            index += 1;
        }
        RetryConfigs {
            names,
            takes: Takes {
                when: &[],
                hedge: &[],
            },
            latencies: OnceLock::new(),
            current: OnceLock::new(),
            sources: Mutex::new(Sources::new()),
        }
    }

    /// Returns the names that the program declares.
    pub const fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// Returns the current policy of a name.
    ///
    /// Later loads do not change the returned policy. The method takes no lock, and threads do not wait for each
    /// other.
    ///
    /// # Panics
    ///
    /// Panics on an undeclared name, as a default policy would hide the mistake. A mistake in the attribute's
    /// `policy = CONFIG.get("..")` or in a [`named`] policy does not compile. [`try_get`] is for names known
    /// at run time.
    ///
    /// [`named`]: RetryConfigs::named
    /// [`try_get`]: RetryConfigs::try_get
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryConfigs};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// assert_eq!(CONFIG.get("payments").run(|| Some(7)), Some(7));
    /// ```
    #[track_caller]
    pub fn get(&self, name: &str) -> RetryConfig {
        match self.try_get(name) {
            Some(config) => config,
            None => panic!("{}", undeclared(name, self.names)),
        }
    }

    /// Returns the policy of a name that is known at run time; `None` if it is undeclared.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// assert!(CONFIG.try_get("paymnets").is_none());
    /// ```
    pub fn try_get(&self, name: &str) -> Option<RetryConfig> {
        let index = self.names.iter().position(|known| *known == name)?;
        Some(self.at(index))
    }

    fn at(&self, index: usize) -> RetryConfig {
        RetryConfig(self.current().load()[index].local().clone())
    }

    fn current(&self) -> &ArcSwap<Policies> {
        self.current.get_or_init(|| {
            let bare = |name: &&'static str| RetryConfig::of(name, PartialConfig::default());
            let shared = |config: RetryConfig| config.0.into();
            ArcSwap::from_pointee(self.names.iter().map(bare).map(shared).collect())
        })
    }
}

/// The text is the names with their policies.
impl fmt::Debug for RetryConfigs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = (0..self.names.len()).map(|index| self.at(index));
        f.debug_map()
            .entries(self.names.iter().zip(policies))
            .finish()
    }
}
