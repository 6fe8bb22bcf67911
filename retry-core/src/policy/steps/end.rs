//! The end of a call, as its steps determine it.

use crate::call::error::StopReason;

/// The end of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// With a final outcome; a success has no reason.
    Final(Option<StopReason>),
    /// Although the outcome was retryable.
    GaveUp(StopReason),
}

impl End {
    /// Returns the reason; `None` for a success.
    pub(super) fn reason(self) -> Option<StopReason> {
        match self {
            End::Final(reason) => reason,
            End::GaveUp(reason) => Some(reason),
        }
    }
}
