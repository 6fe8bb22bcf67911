//! Callbacks that log one event, through the `log` crate, the `tracing` crate, or both.

#[cfg(any(feature = "log", feature = "tracing"))]
use core::fmt::Display;

use super::line::{Level, Show};
#[cfg(any(feature = "log", feature = "tracing"))]
use super::sinks;
#[cfg(any(feature = "log", feature = "tracing"))]
use super::{Line, Sink};
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::call::callbacks::Callback;
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::call::outcome::Outcome;
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::call::state::RetryState;

/// A callback that writes one line: `before_sleep = log_warn()`.
///
/// The line contains the event, the function, the attempt, the pause and the error; never arguments. It goes
/// to the target `persevere` of the `log` crate, with the feature `log`, and of `tracing` with that feature,
/// as an [event with fields](crate::telemetry#events). The end of a call that was cancelled is no error and
/// no warning: it is written at level `Info` at most. A call that a limit refused before its first attempt is written
/// at level `Debug` at most, since a dead service would fill the log with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    level: Level,
    show: Show,
}

macro_rules! levels {
    ($($function:ident $level:ident)+) => {$(
        #[doc = concat!("A callback that writes one line at level `", stringify!($level), "`.")]
        #[inline]
        pub const fn $function() -> Log {
            Log { level: Level::$level, show: Show::Text }
        }
    )+};
}

levels! {
    log_error Error
    log_warn Warn
    log_info Info
    log_debug Debug
    log_trace Trace
}

impl Log {
    /// Returns the same callback for the builder of a policy, which takes closures.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{RetryPolicy, telemetry::log_warn};
    ///
    /// let policy = RetryPolicy::new().before_sleep(log_warn().hook::<Option<u8>>());
    /// # let _ = policy;
    /// ```
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub fn hook<O: Outcome<Error: Display>>(self) -> impl Fn(&RetryState<'_, O>) + Copy {
        move |state| self.write(Line::new(state))
    }

    /// Sets the part of an error to show; its text by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::telemetry::{Show, log_warn};
    ///
    /// let discreet = log_warn().error(Show::Type);
    /// # let _ = discreet;
    /// ```
    #[inline]
    pub const fn error(mut self, show: Show) -> Self {
        self.show = show;
        self
    }
}

#[cfg(any(feature = "log", feature = "tracing"))]
impl Sink for Log {
    fn write(&self, line: Line<'_>) {
        sinks::write(self.level, &line.showing(self.show));
    }
}

#[cfg(any(feature = "log", feature = "tracing"))]
impl<O: Outcome<Error: Display>> Callback<O> for Log {
    fn call(&mut self, state: &RetryState<'_, O>) -> Option<O> {
        self.write(Line::new(state));
        None
    }
}
