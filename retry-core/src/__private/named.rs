//! Policies of a set, which the compiler looks up.

#[cfg(feature = "config")]
pub use crate::config::Named;
#[cfg(feature = "config")]
pub use crate::config::set::RetryConfigs;

/// Stand-ins without the feature `config`: no value of the user's own has these types, and the compiler
/// reports it as with the feature.
#[cfg(not(feature = "config"))]
mod without {
    pub struct RetryConfigs(());

    #[derive(Clone, Copy)]
    pub struct Named(());

    impl RetryConfigs {
        pub const fn named(&'static self, _: &str) -> Named {
            Named(())
        }
    }

    impl Named {
        pub fn get(self) -> crate::RetryPolicy {
            crate::RetryPolicy::new()
        }
    }
}

#[cfg(not(feature = "config"))]
pub use self::without::{Named, RetryConfigs};
