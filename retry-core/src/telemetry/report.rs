//! Reports of the events of calls to sinks and hooks.

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use core::time::Duration;

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::error::StopReason;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::name::CallName;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::outcome::Verdict;
use crate::call::state::EventMask;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
use crate::call::state::Progress;
use crate::telemetry::call_event::CallEvent;
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

impl CallEvent<'_> {
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
        not(any(feature = "log", feature = "tracing")),
        allow(unused_variables)
    )]
    fn to_sinks(&self, handled: EventMask, wanted: u8) {
        #[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
        {
            let progress = self.progress();
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
            CallEvent::GaveUp { .. } | CallEvent::Refused { .. } => {
                (!handled.give_ups).then_some(Level::Error)
            }
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
    /// Returns the progress of the call that counts and lines are made of.
    fn progress(&self) -> Progress<'_> {
        let (name, attempts) = match self {
            CallEvent::Retried {
                function, attempt, ..
            } => (function, *attempt),
            CallEvent::Succeeded { function, attempts }
            | CallEvent::Failed {
                function, attempts, ..
            }
            | CallEvent::GaveUp {
                function, attempts, ..
            } => (function, *attempts),
            CallEvent::Refused { function, .. } => (function, 0),
        };
        let mut progress = Progress::new(CallName::Text(name), attempts, Duration::ZERO);
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
