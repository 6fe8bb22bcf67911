//! The line of an event, the same for every sink.

use core::fmt::{self, Display};

use crate::call::error::StopReason;
use crate::call::outcome::Outcome;
use crate::call::state::{Progress, RetryState};

/// One line about a call, from its state.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    progress: &'a Progress<'a>,
    /// Whether the attempt has an outcome.
    ended: bool,
    error: Option<Shown<'a>>,
}

/// The part of an error that a log line shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Show {
    /// Its text.
    #[default]
    Text,
    /// The name of its type alone, for errors whose text may contain secrets.
    Type,
}

/// The level of a line, as in the crates `log` and `tracing`, which are optional.
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
    /// Creates a line about an outcome that is neither a success nor a failure.
    pub(crate) fn whole<O>(state: &'a RetryState<'a, O>) -> Self {
        Line {
            progress: &state.progress,
            // A stream ends without an outcome.
            ended: state.outcome().is_some() || state.progress.verdict().is_some(),
            error: None,
        }
    }

    /// Creates a line about an outcome whose error has no text: its type stands for it.
    pub(crate) fn quiet<O: Outcome>(state: &'a RetryState<'a, O>) -> Self {
        let error = state
            .err()
            .map(|_| Shown::Type(core::any::type_name::<O::Error>()));
        Line {
            error,
            ..Line::whole(state)
        }
    }

    /// Creates a line about any other outcome.
    pub(crate) fn new<O: Outcome<Error: Display>>(state: &'a RetryState<'a, O>) -> Self {
        let name = core::any::type_name::<O::Error>();
        let error = state.err().map(|error| Shown::Text(error, name));
        Line {
            error,
            ..Line::whole(state)
        }
    }

    /// Returns the line itself: method resolution ends here for outcomes that are judged whole.
    pub fn line(&self) -> Self {
        *self
    }
}

/// The interface of a line for sinks.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
impl<'a> Line<'a> {
    /// Creates a line about an attempt that is over, whatever its outcome is.
    pub(super) fn over(progress: &'a Progress<'a>) -> Self {
        Line {
            progress,
            ended: true,
            error: None,
        }
    }

    /// Returns the line with an error of this type.
    pub(super) fn of_type(self, error: Option<&'static str>) -> Self {
        let error = error.map(Shown::Type);
        Line { error, ..self }
    }

    /// Returns the line with this part of the error.
    pub(super) fn showing(self, show: Show) -> Self {
        let error = self.error.map(|error| match (error, show) {
            (Shown::Text(_, name), Show::Type) => Shown::Type(name),
            (error, _) => error,
        });
        Line { error, ..self }
    }

    /// Returns whether a token ended the call.
    pub(super) fn cancelled(&self) -> bool {
        self.progress.reason() == Some(StopReason::Cancelled)
    }

    /// Returns whether a limit refused the call before its first attempt.
    pub(super) fn refused(&self) -> bool {
        self.progress.halted && self.progress.attempt == 0
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
            // The clock may not have been read.
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

/// The event of a line: of an attempt, or of the end of the call.
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

    /// Returns whether the call ends with a failure.
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
