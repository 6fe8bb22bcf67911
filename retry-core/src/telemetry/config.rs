//! Reports of watched configuration files, after `install()`.

use crate::config::ConfigError;
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::telemetry::installed::is_installed;

/// Writes a line of a file that was loaded again, or refused.
#[cfg_attr(
    not(any(feature = "log", feature = "tracing")),
    allow(unused_variables)
)]
pub(crate) fn watched(news: Result<(), &ConfigError>) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    if is_installed() {
        match news {
            Ok(()) => super::sinks::say(false, format_args!("the configuration was loaded again")),
            Err(mistake) => super::sinks::say(
                true,
                format_args!("the previous policies stay in effect: {mistake}"),
            ),
        }
    }
}
