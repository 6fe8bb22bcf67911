//! The news of an attempt, for the limits of its call.

use core::time::Duration;

use crate::bulkhead::Ended;
use crate::call::outcome::Health;

/// The news of an attempt that limits learn from.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The time for which the service asks to be left alone.
    pub(in crate::guard) hint: Option<Duration>,
    pub(in crate::guard) health: Health,
    /// Whether a limit of time cut the attempt.
    pub(in crate::guard) cut: bool,
}

impl Shown {
    /// The news of an attempt without an outcome.
    pub(in crate::guard) const NOTHING: Shown = Shown {
        hint: None,
        health: Health::Unknown,
        cut: false,
    };

    /// Returns whether the service asked for fewer calls. A conflict, which is retried too, does not.
    pub(super) const fn throttles(&self) -> bool {
        self.hint.is_some()
    }

    pub(super) fn to_bulkhead(self) -> Ended {
        match self.health {
            _ if self.cut || self.throttles() => Ended::Overload,
            Health::Failed => Ended::Overload,
            Health::Well => Ended::Success,
            Health::Unknown => Ended::Ignored,
        }
    }
}
