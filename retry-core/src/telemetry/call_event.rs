//! The events of calls, as every sink and hook of the process sees them.

use alloc::borrow::Cow;
use core::time::Duration;

use crate::call::error::StopReason;

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
}
