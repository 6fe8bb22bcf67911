//! The strategies of a case.

use core::fmt::{self, Display};

/// The strategies of a case, behind its pattern or its predicate.
#[derive(Default)]
pub struct Case<'a> {
    /// Its stop.
    pub stop: Option<&'a dyn Display>,
    /// Its wait.
    pub wait: Option<&'a dyn Display>,
    /// The longest pause that a failure may ask for, if any does.
    pub hint: Option<&'a dyn Display>,
    /// The budget that pays for its retries.
    pub budget: Option<&'a dyn Display>,
    /// Its callback.
    pub before_sleep: Option<&'a dyn Display>,
}

impl Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stop) = self.stop {
            write!(f, "; gives up {stop}")?;
        }
        if let Some(wait) = self.wait {
            write!(f, "; pauses: {wait}")?;
        }
        if let Some(longest) = self.hint {
            write!(
                f,
                "; waits longer where the failure asks for it, and gives up where that is longer than {longest}"
            )?;
        }
        if let Some(budget) = self.budget {
            write!(f, "; pays from the retry budget {budget}")?;
        }
        match self.before_sleep {
            Some(callback) => write!(f, "; calls back {callback} before the pause"),
            None => Ok(()),
        }
    }
}
