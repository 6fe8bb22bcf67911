//! `breaker_state` as text.

use core::fmt;
use core::str::FromStr;

use persevere_words::{closest, list};

use crate::breaker::State;
use crate::config::error::ConfigError;
use crate::config::syntax::ParseError;

/// Defines [`ForcedState`] with one row per state of a breaker that operators can force.
macro_rules! states {
    ($($state:ident $name:literal, $doc:literal;)+) => {
        /// A state that a configuration forces on its breaker: see
        /// [`RetryConfig::breaker_state`](crate::RetryConfig::breaker_state).
        ///
        /// # Errors
        ///
        /// A [`ConfigError`] of `parse` lists the states.
        ///
        /// ```
        /// # use persevere_core as persevere;
        /// use persevere::config::ForcedState;
        ///
        /// let state: ForcedState = "forced_open".parse()?;
        /// assert_eq!(state, ForcedState::ForcedOpen);
        ///
        /// let open = "open".parse::<ForcedState>().unwrap_err();
        /// assert!(open.reason().contains("the states are `forced_open`, `forced_closed`"));
        /// # Ok::<(), persevere::config::ConfigError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ForcedState {
            $(#[doc = $doc] $state,)+
        }

        impl ForcedState {
            const ALL: &[ForcedState] = &[$(ForcedState::$state,)+];

            /// Returns its name in a file.
            const fn name(self) -> &'static str {
                match self {
                    $(ForcedState::$state => $name,)+
                }
            }

            /// Returns the state of the breaker.
            pub(crate) const fn of_breaker(self) -> State {
                match self {
                    $(ForcedState::$state => State::$state,)+
                }
            }
        }
    };
}

states! {
    ForcedOpen "forced_open", "Refuses every call.";
    ForcedClosed "forced_closed", "Lets every call through; failures count in the totals alone.";
    Disabled "disabled", "Lets every call through, and counts nothing.";
    MetricsOnly "metrics_only", "Lets every call through, counts, and tells when it would have opened.";
}

impl FromStr for ForcedState {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let written = text.trim();
        let mut all = ForcedState::ALL.iter().copied();
        if let Some(state) = all.find(|state| state.name() == written) {
            return Ok(state);
        }
        let names = || ForcedState::ALL.iter().map(|state| state.name());
        let advice = match closest(written, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the states are {}", list(names())),
        };
        let reason = format!("unknown state of a breaker; {advice}");
        Err(ConfigError::of_value(text, ParseError::new(0, reason)))
    }
}

impl fmt::Display for ForcedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
