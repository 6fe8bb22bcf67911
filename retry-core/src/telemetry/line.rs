//! The text of an event, the same for every sink.

use core::fmt::{self, Display};

use super::Show;
use crate::error::StopReason;
use crate::outcome::Outcome;
use crate::state::{Progress, RetryState};

/// One line about a call, told from what its state knows.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    progress: &'a Progress<'a>,
    /// Whether there is an outcome yet.
    ended: bool,
    error: Option<Shown<'a>>,
    show: Show,
}

/// An error as far as it can be shown.
#[derive(Clone, Copy)]
enum Shown<'a> {
    Text(&'a dyn Display, &'static str),
    Type(&'static str),
}

impl<'a> Line<'a> {
    /// About an outcome that is neither a success nor a failure.
    pub(crate) fn whole<O>(state: &'a RetryState<'a, O>) -> Self {
        let ended = state.outcome().is_some();
        Line {
            progress: &state.progress,
            ended,
            error: None,
            show: Show::Text,
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

    /// Whether the call ended because a token said so.
    #[cfg_attr(not(feature = "log"), allow(dead_code))]
    pub(crate) fn cancelled(&self) -> bool {
        self.progress.reason() == Some(StopReason::Cancelled)
    }

    /// With this much of the error.
    #[cfg_attr(not(feature = "log"), allow(dead_code))]
    pub(crate) fn showing(self, show: Show) -> Self {
        Line { show, ..self }
    }

    fn event(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.progress;
        let (name, attempt, elapsed) = (progress.name(), progress.attempt(), progress.elapsed());
        let plural = if attempt == 1 { "" } else { "s" };
        if !self.ended {
            return write!(f, "{name}: attempt {attempt} starts");
        }
        if let Some(reason) = progress.reason() {
            let verb = if reason == StopReason::Final {
                "failed"
            } else {
                "gave up"
            };
            return write!(
                f,
                "{name}: {verb} after {attempt} attempt{plural} in {elapsed:.1?} ({reason})"
            );
        }
        let repeat = progress.verdict().is_some_and(|verdict| verdict.is_retry());
        let what = match (&self.error, repeat) {
            (Some(_), _) => "failed",
            (None, true) => "is to be repeated",
            (None, false) => {
                return write!(f, "{name}: attempt {attempt} succeeded after {elapsed:.1?}");
            }
        };
        match progress.pause() {
            Some(pause) => write!(f, "{name}: attempt {attempt} {what}, next in {pause:.1?}"),
            None => write!(f, "{name}: attempt {attempt} {what}"),
        }
    }
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event(f)?;
        match (self.error, self.show) {
            (Some(Shown::Text(text, _)), Show::Text) => write!(f, ": {text}"),
            (Some(Shown::Text(_, name) | Shown::Type(name)), _) => write!(f, ": {name}"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
