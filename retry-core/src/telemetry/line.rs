//! The text of an event, for every sink.

use core::fmt::{self, Display};

use super::Show;
use crate::outcome::{Outcome, Verdict};
use crate::state::RetryState;

/// One line about a call, told from what its state knows.
pub(super) struct Line<'a, O: Outcome> {
    pub(super) state: &'a RetryState<'a, O>,
    pub(super) show: Show,
}

impl<O: Outcome<Error: Display>> Display for Line<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state;
        let (name, attempt) = (state.name(), state.attempt());
        let plural = if attempt == 1 { "" } else { "s" };
        if state.outcome().is_none() {
            return write!(f, "{name}: attempt {attempt} starts");
        }
        let wanted_again = state.verdict().is_some_and(Verdict::is_retry);
        match (state.reason(), state.pause()) {
            (Some(reason), _) => {
                let elapsed = state.elapsed();
                write!(
                    f,
                    "{name}: failed after {attempt} attempt{plural} in {elapsed:.1?} ({reason})"
                )?;
            }
            (None, Some(pause)) => {
                write!(f, "{name}: attempt {attempt} failed, next in {pause:.1?}")?;
            }
            // A value that is wanted again is no success.
            (None, None) if state.err().is_some() || wanted_again => {
                write!(f, "{name}: attempt {attempt} failed")?;
            }
            (None, None) => {
                return write!(
                    f,
                    "{name}: succeeded at attempt {attempt} after {:.1?}",
                    state.elapsed()
                );
            }
        }
        match (state.err(), self.show) {
            (Some(error), Show::Text) => write!(f, ": {error}"),
            (Some(_), Show::Type) => write!(f, ": {}", core::any::type_name::<O::Error>()),
            (None, _) => Ok(()),
        }
    }
}
