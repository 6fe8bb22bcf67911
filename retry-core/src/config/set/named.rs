//! Policies of a set, looked up at compile time.

use core::fmt;

use super::RetryConfigs;
use super::name::same;
use super::undeclared::refuse;
use crate::config::retry_config::RetryConfig;

/// One policy of a set; see [`RetryConfigs::named`].
#[derive(Clone, Copy)]
pub struct Named {
    pub(super) set: &'static RetryConfigs,
    pub(super) index: usize,
}

impl Named {
    /// Returns the current policy; see [`RetryConfigs::get`].
    pub fn get(self) -> RetryConfig {
        self.set.at(self.index)
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Named")
            .field(&self.set.names()[self.index])
            .finish()
    }
}

impl RetryConfigs {
    /// Returns a policy whose name is looked up once, at compile time.
    ///
    /// The attribute does so by itself for a literal name: `policy = CONFIG.get("payments")`.
    ///
    /// # Panics
    ///
    /// Panics on an undeclared name, with a list of the declared ones. In a `static` that is a compile error.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::config::Named;
    /// use persevere::{Policy, RetryConfigs};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    /// static PAYMENTS: Named = CONFIG.named("payments");
    ///
    /// assert_eq!(PAYMENTS.get().run(|| Some(7)), Some(7));
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::config::Named;
    /// # use persevere::RetryConfigs;
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    /// static PAYMENTS: Named = CONFIG.named("paymnets");
    /// ```
    #[track_caller]
    pub const fn named(&'static self, name: &str) -> Named {
        let mut index = 0;
        while index < self.names().len() {
            if same(self.names()[index], name) {
                return Named { set: self, index };
            }
            index += 1;
        }
        refuse(name, self.names())
    }
}
