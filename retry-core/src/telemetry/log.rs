//! One line an event, through the `log` crate.

#[cfg(feature = "log")]
use core::fmt::Display;

#[cfg(feature = "log")]
use super::{Line, Sink};
#[cfg(feature = "log")]
use crate::hooks::Callback;
#[cfg(feature = "log")]
use crate::outcome::Outcome;
#[cfg(feature = "log")]
use crate::state::RetryState;

/// A callback that writes one line: `before_sleep = log_warn()`.
///
/// The line tells the event, the function, the attempt, the pause and the error; never arguments.
/// It goes to the target `persevere` of the `log` crate, with the feature `log`. The end of a call that
/// was cancelled is no error and no warning: it is written at level `Info` at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    level: Level,
    show: Show,
}

/// How much of an error a log line shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Show {
    /// Its text.
    #[default]
    Text,
    /// The name of its type alone, where the text may hold what must not be logged.
    Type,
}

/// As in the `log` crate, which need not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
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
    /// The same callback for the builder of a policy, which takes closures.
    ///
    /// ```
    /// use persevere_core::{RetryPolicy, telemetry::log_warn};
    ///
    /// let policy = RetryPolicy::new().before_sleep(log_warn().hook::<Option<u8>>());
    /// # let _ = policy;
    /// ```
    #[cfg(feature = "log")]
    pub fn hook<O: Outcome<Error: Display>>(self) -> impl Fn(&RetryState<'_, O>) + Copy {
        move |state| self.write(Line::new(state))
    }

    /// How much of an error to show; its text by default.
    ///
    /// ```
    /// use persevere_core::telemetry::{Show, log_warn};
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

#[cfg(feature = "log")]
impl Sink for Log {
    fn write(&self, line: Line<'_>) {
        let level = match self.level {
            // That somebody wanted it is nothing to warn of.
            Level::Error | Level::Warn if line.cancelled() => log::Level::Info,
            Level::Error => log::Level::Error,
            Level::Warn => log::Level::Warn,
            Level::Info => log::Level::Info,
            Level::Debug => log::Level::Debug,
            Level::Trace => log::Level::Trace,
        };
        log::log!(target: "persevere", level, "{}", line.showing(self.show));
    }
}

#[cfg(feature = "log")]
impl<O: Outcome<Error: Display>> Callback<O> for Log {
    fn call(&mut self, state: &RetryState<'_, O>) -> Option<O> {
        self.write(Line::new(state));
        None
    }
}
