//! The events of calls, as every sink and hook of the process sees them.

use alloc::borrow::Cow;
use core::time::Duration;

use crate::call::error::StopReason;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::name::CallName;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::outcome::Verdict;
use crate::call::state::EventMask;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::state::Progress;
#[cfg(feature = "metrics")]
use crate::telemetry::counts;
#[cfg(feature = "metrics")]
use crate::telemetry::installed::ENDS;
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::telemetry::installed::ERRORS;
#[cfg(feature = "events")]
use crate::telemetry::installed::HOOKS;
use crate::telemetry::installed::{INSTALLED, wanted};
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::telemetry::line::{Level, Line};
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::telemetry::sinks;

/// An event of a call of the process.
///
/// Its `function` is the name of the call, and `error` the type of its error, if it is one of a `Result`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallEvent<'a> {
    /// An attempt has failed, and another follows after a pause.
    Retried {
        /// The name of the call.
        function: Cow<'a, str>,
        /// The number of the attempt that has failed, from 1.
        attempt: u32,
        /// The pause that begins.
        pause: Duration,
        /// The type of the error.
        error: Option<&'static str>,
    },
    /// A call has ended with a success.
    Succeeded {
        /// The name of the call.
        function: Cow<'a, str>,
        /// The attempts that were made.
        attempts: u32,
    },
    /// A call has ended with a failure that is not retried.
    Failed {
        /// The name of the call.
        function: Cow<'a, str>,
        /// The attempts that were made.
        attempts: u32,
        /// The type of the error.
        error: Option<&'static str>,
    },
    /// A call has ended although its failure is one that is retried, or in a pause.
    GaveUp {
        /// The name of the call.
        function: Cow<'a, str>,
        /// The attempts that were made.
        attempts: u32,
        /// The reason why no attempt follows.
        reason: StopReason,
        /// Whether the call ended after an attempt, and not in a pause.
        judged: bool,
        /// The type of the error of the last attempt.
        error: Option<&'static str>,
    },
    /// A call has ended without an attempt: a breaker, a limit or a deadline refused it.
    Refused {
        /// The name of the call.
        function: Cow<'a, str>,
        /// The reason.
        reason: StopReason,
    },
}

impl CallEvent<'_> {
    /// Returns the event with a name of its own, to be kept.
    #[cfg(feature = "events")]
    pub fn into_owned(self) -> CallEvent<'static> {
        let own = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        match self {
            CallEvent::Retried {
                function,
                attempt,
                pause,
                error,
            } => CallEvent::Retried {
                function: own(function),
                attempt,
                pause,
                error,
            },
            CallEvent::Succeeded { function, attempts } => CallEvent::Succeeded {
                function: own(function),
                attempts,
            },
            CallEvent::Failed {
                function,
                attempts,
                error,
            } => CallEvent::Failed {
                function: own(function),
                attempts,
                error,
            },
            CallEvent::GaveUp {
                function,
                attempts,
                reason,
                judged,
                error,
            } => CallEvent::GaveUp {
                function: own(function),
                attempts,
                reason,
                judged,
                error,
            },
            CallEvent::Refused { function, reason } => CallEvent::Refused {
                function: own(function),
                reason,
            },
        }
    }

    /// Reports it to the sinks, but for a line that the call's own callbacks write, and to the hooks.
    pub(super) fn report(self, handled: EventMask) {
        let wanted = wanted();
        if wanted & INSTALLED != 0 {
            self.to_sinks(handled, wanted);
        }
        #[cfg(feature = "events")]
        if wanted & HOOKS != 0 {
            super::hooks::call(&super::event::Event::Call(self));
        }
    }

    #[cfg_attr(
        not(any(feature = "log", feature = "tracing", feature = "metrics")),
        allow(unused_variables)
    )]
    fn to_sinks(&self, handled: EventMask, wanted: u8) {
        #[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
        {
            let name = CallName::Text(self.function());
            let progress = self.progress(name);
            #[cfg(feature = "metrics")]
            match self {
                CallEvent::Retried { .. } => counts::retried(&progress),
                CallEvent::GaveUp { .. } | CallEvent::Refused { .. } => counts::gave_up(&progress),
                CallEvent::Succeeded { .. } | CallEvent::Failed { .. } if wanted & ENDS != 0 => {
                    counts::ended(&progress);
                }
                CallEvent::Succeeded { .. } | CallEvent::Failed { .. } => {}
            }
            #[cfg(any(feature = "log", feature = "tracing"))]
            if let Some(level) = self.level(handled) {
                let error = self.error().filter(|_| wanted & ERRORS != 0);
                sinks::write(level, &Line::over(&progress).of_type(error));
            }
        }
    }

    /// Returns the level of its line, unless the call's own callbacks write one.
    #[cfg(any(feature = "log", feature = "tracing"))]
    fn level(&self, handled: EventMask) -> Option<Level> {
        match self {
            CallEvent::Retried { .. } => (!handled.retries).then_some(Level::Warn),
            CallEvent::GaveUp { .. } => (!handled.give_ups).then_some(Level::Error),
            // A service that is down refuses every call: the change of its breaker is the line to read.
            CallEvent::Refused { .. } => (!handled.give_ups).then_some(Level::Debug),
            CallEvent::Succeeded { .. } | CallEvent::Failed { .. } => None,
        }
    }

    /// Returns the type of the error.
    #[cfg(any(feature = "log", feature = "tracing"))]
    fn error(&self) -> Option<&'static str> {
        match self {
            CallEvent::Retried { error, .. }
            | CallEvent::Failed { error, .. }
            | CallEvent::GaveUp { error, .. } => *error,
            CallEvent::Succeeded { .. } | CallEvent::Refused { .. } => None,
        }
    }
}

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
impl CallEvent<'_> {
    /// Returns the name of the call.
    fn function(&self) -> &str {
        match self {
            CallEvent::Retried { function, .. }
            | CallEvent::Succeeded { function, .. }
            | CallEvent::Failed { function, .. }
            | CallEvent::GaveUp { function, .. }
            | CallEvent::Refused { function, .. } => function,
        }
    }

    /// Returns the progress of the call of this name that counts and lines are made of.
    fn progress<'a>(&self, name: CallName<'a>) -> Progress<'a> {
        let attempts = match self {
            CallEvent::Retried { attempt, .. } => *attempt,
            CallEvent::Succeeded { attempts, .. }
            | CallEvent::Failed { attempts, .. }
            | CallEvent::GaveUp { attempts, .. } => *attempts,
            CallEvent::Refused { .. } => 0,
        };
        let mut progress = Progress::new(name, attempts, Duration::ZERO);
        progress.verdict = Some(Verdict::Retry);
        match self {
            CallEvent::Retried { pause, .. } => progress.pause = Some(*pause),
            CallEvent::Succeeded { .. } => {}
            CallEvent::Failed { .. } => progress.reason = Some(StopReason::Final),
            CallEvent::GaveUp { reason, judged, .. } => {
                (progress.reason, progress.halted) = (Some(*reason), !judged);
            }
            CallEvent::Refused { reason, .. } => {
                (progress.reason, progress.halted) = (Some(*reason), true);
            }
        }
        progress
    }
}
