//! Items of the crate that an expansion names.

pub use crate::call::attempt::{Attempt, AttemptDirective};
pub use crate::call::callbacks::{Callback, Ending, GiveUp, Hooks, Returns};
pub use crate::call::error::{RetryError, StopReason};
pub use crate::call::interrupt::{FromInterrupt, Interrupt};
pub use crate::call::outcome::{Health, Outcome, Verdict};
pub use crate::call::state::{EventMask, Progress, RetryState};
pub use crate::cancel::{Cancel, Cancellation, Cancelled};
pub use crate::engine::cases::{Cases, OwnStop, OwnWait};
pub use crate::engine::decide::Decide;
pub use crate::engine::machine::{Call, FullHistory};
pub use crate::policy::ToldInPlace;
pub use crate::stop::contract::Stop;
pub use crate::stop::{DefaultStop, Enabled, StopList};
pub use crate::telemetry::stats::RetryStats;
pub use crate::telemetry::{
    CallSpan, Line, Metrics, log_debug, log_error, log_info, log_trace, log_warn,
};
pub use crate::time::pause::{pause_or_yield, yield_now};
pub use crate::time::sleep::{AsyncSleep, DefaultSleeper, Sleep};
pub use crate::transient::Transient;
pub use crate::wait::contract::Wait;
pub use crate::wait::{Signal, WaitList};
pub use crate::when::contract::Predicate;
pub use crate::{Policy, RetryPolicy};
pub use crate::{stop, wait, when};
pub use core::convert::AsRef;
pub use core::future::pending;

#[cfg(feature = "std")]
pub use self::with_std::*;

#[cfg(feature = "std")]
mod with_std {
    pub use crate::breaker::{self, Breaker};
    pub use crate::budget::budget_ref::Budget;
    pub use crate::cancel::sleep_blocking;
    pub use crate::guard::nested::{self, Nesting};
    pub use crate::guard::{
        Admission, BodyScope, CallGuard, Guard, Guards, IntoGuards, resolve_outcome,
        try_resolve_outcome, wait_for_breaker,
    };
    pub use crate::telemetry::blocking_pause::pausing;
    pub use crate::time::clock::read_blocking;
    pub use crate::time::stopwatch::Stopwatch;

    #[cfg(feature = "async")]
    pub use self::with_async::*;

    #[cfg(feature = "async")]
    mod with_async {
        pub use crate::cancel::Interruptible;
        pub use crate::guard::inside;
        pub use crate::guard::{bound, woken};
        pub use crate::hedge;
        pub use crate::time::alarm::{alarm, no_later};
        pub use crate::time::clock::read_async;
        pub use crate::time::timeout::timeout;
    }
}
