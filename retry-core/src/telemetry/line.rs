//! The line of an event, the same for every sink.

use core::fmt::{self, Display};

use crate::call::error::StopReason;
use crate::call::outcome::Outcome;
use crate::call::state::{Progress, RetryState};

/// One line about a call, told from what its state knows.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    progress: &'a Progress<'a>,
    /// Whether there is an outcome yet.
    ended: bool,
    error: Option<Shown<'a>>,
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

/// As in the crates `log` and `tracing`, which need not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// An error as far as it can be shown.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Text(&'a dyn Display, &'static str),
    Type(&'static str),
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Text(text, _) => text.fmt(f),
            Shown::Type(name) => f.write_str(name),
        }
    }
}

impl<'a> Line<'a> {
    /// About an outcome that is neither a success nor a failure.
    pub(crate) fn whole<O>(state: &'a RetryState<'a, O>) -> Self {
        Line {
            progress: &state.progress,
            ended: state.outcome().is_some(),
            error: None,
        }
    }

    /// About an outcome whose error has no text: its type tells it.
    pub(crate) fn quiet<O: Outcome>(state: &'a RetryState<'a, O>) -> Self {
        let error = state
            .err()
            .map(|_| Shown::Type(core::any::type_name::<O::Error>()));
        Line {
            error,
            ..Line::whole(state)
        }
    }

    /// About any other outcome.
    pub(crate) fn new<O: Outcome<Error: Display>>(state: &'a RetryState<'a, O>) -> Self {
        let name = core::any::type_name::<O::Error>();
        let error = state.err().map(|error| Shown::Text(error, name));
        Line {
            error,
            ..Line::whole(state)
        }
    }

    /// The line itself: where method resolution ends for outcomes that are judged whole.
    pub fn line(&self) -> Self {
        *self
    }
}

/// What sinks ask.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
impl<'a> Line<'a> {
    /// About an attempt that is over, whatever its outcome is.
    pub(super) fn over(progress: &'a Progress<'a>) -> Self {
        Line {
            progress,
            ended: true,
            error: None,
        }
    }

    /// With this much of the error.
    pub(super) fn showing(self, show: Show) -> Self {
        let error = self.error.map(|error| match (error, show) {
            (Shown::Text(_, name), Show::Type) => Shown::Type(name),
            (error, _) => error,
        });
        Line { error, ..self }
    }

    /// Whether the call ended because a token said so.
    pub(super) fn cancelled(&self) -> bool {
        self.progress.reason() == Some(StopReason::Cancelled)
    }

    pub(super) fn progress(&self) -> &'a Progress<'a> {
        self.progress
    }

    pub(super) fn error(&self) -> Option<Shown<'a>> {
        self.error
    }

    pub(super) fn event(&self) -> Event {
        let repeat = self.progress.verdict().is_some_and(|v| v.is_retry());
        match self.progress.reason() {
            _ if !self.ended => Event::Starts,
            Some(StopReason::Final) => Event::CallFailed,
            Some(_) => Event::GaveUp,
            None if self.error.is_some() => Event::Failed,
            None if repeat => Event::Repeats,
            None => Event::Succeeded,
        }
    }

    fn write_event(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.progress;
        let (name, attempt, elapsed) = (progress.name(), progress.attempt(), progress.elapsed());
        let event = self.event();
        let what = event.what();
        if let (true, Some(reason)) = (event.ends(), progress.reason()) {
            let plural = if attempt == 1 { "" } else { "s" };
            write!(f, "{name}: {what} after {attempt} attempt{plural}")?;
            // Nobody may have read the clock.
            if !elapsed.is_zero() {
                write!(f, " in {elapsed:.1?}")?;
            }
            return write!(f, " ({reason})");
        }
        write!(f, "{name}: attempt {attempt} {what}")?;
        match progress.pause() {
            Some(pause) => write!(f, ", next in {pause:.1?}"),
            None if event == Event::Succeeded => write!(f, " after {elapsed:.1?}"),
            None => Ok(()),
        }
    }
}

/// What a line is about: an attempt, or the end of the call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Starts,
    Succeeded,
    Failed,
    Repeats,
    CallFailed,
    GaveUp,
}

impl Event {
    pub(super) const fn what(self) -> &'static str {
        match self {
            Event::Starts => "starts",
            Event::Succeeded => "succeeded",
            Event::Failed | Event::CallFailed => "failed",
            Event::Repeats => "is to be retried",
            Event::GaveUp => "gave up",
        }
    }

    /// Whether the call ends with a failure.
    pub(super) const fn ends(self) -> bool {
        matches!(self, Event::CallFailed | Event::GaveUp)
    }
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_event(f)?;
        match self.error {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
