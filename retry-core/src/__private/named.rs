//! Policies of a set, which the compiler looks up.

#[cfg(feature = "config")]
pub use crate::config::Named;
#[cfg(feature = "config")]
use crate::config::WhenOr;
#[cfg(feature = "config")]
pub use crate::config::set::RetryConfigs;

/// Returns the predicate of a configuration, or the program's own where it has none.
#[cfg(feature = "config")]
pub fn when_or<F, P>(file: F, own: P) -> WhenOr<P, F> {
    WhenOr::new(file, own)
}

/// Stand-ins without the feature `config`: no value of the user's own has these types, and the compiler
/// reports it as with the feature.
#[cfg(not(feature = "config"))]
mod without {
    pub struct RetryConfigs(());

    #[derive(Clone, Copy)]
    pub struct Named(());

    impl RetryConfigs {
        pub const fn named_by(&'static self, _: &str, _: bool, _: bool) -> Named {
            Named(())
        }

        pub const fn named_when(&'static self, _: &str) -> Named {
            Named(())
        }

        pub const fn named_hedge(&'static self, _: &str) -> Named {
            Named(())
        }
    }

    impl Named {
        pub fn get(self) -> crate::RetryPolicy {
            crate::RetryPolicy::new()
        }

        pub fn file_when(self) -> crate::when::NeverRetry {
            crate::when::never()
        }

        pub fn hedge<H>(self, own: H) -> H {
            own
        }
    }

    pub fn when_or<F, P>(_: F, own: P) -> P {
        own
    }
}

#[cfg(not(feature = "config"))]
pub use self::without::{Named, RetryConfigs, when_or};
