//! Items of the crate that an expansion names: what users can name, and these.

use crate::call::name::{Function, Method};

pub use crate::*;

pub use crate::call::attempt::AttemptDirective;
pub use crate::call::callbacks::{Callback, Ending, Hooks, Returns};
pub use crate::call::name::{CallName, method_name};
pub use crate::call::state::EventMask;
pub use crate::cancel::{Cancel, Cancellation, Cancelled};
pub use crate::engine::cases::{OwnStop, OwnWait};
pub use crate::engine::decide::Decide;
pub use crate::engine::machine::FullHistory;
pub use crate::stop::{DefaultStop, Enabled, StopList};
pub use crate::telemetry::{
    CallSpan, Metrics, log_debug, log_error, log_info, log_trace, log_warn,
};
pub use crate::time::pause::{pause_or_yield, yield_now};
pub use crate::time::sleep::DefaultSleeper;
pub use crate::wait::{Signal, WaitList};
pub use core::convert::AsRef;
pub use core::future::pending;

/// The call of a function, whose name is its path.
pub type Call<M = ()> = crate::engine::machine::Call<M, Function>;

/// The call of a method of `T`.
pub type MethodCall<M, T> = crate::engine::machine::Call<M, Method<T>>;

#[cfg(feature = "std")]
pub use self::with_std::*;

#[cfg(feature = "std")]
mod with_std {
    pub use crate::breaker::Breaker;
    pub use crate::budget::budget_ref::Budget;
    pub use crate::cancel::sleep_blocking;
    pub use crate::guard::nested::Nesting;
    pub use crate::guard::{Admission, BodyScope, CallGuard, Guards};
    pub use crate::guard::{resolve_outcome, try_resolve_outcome, wait_for_breaker};
    pub use crate::time::clock::read_blocking;
    pub use crate::time::stopwatch::Stopwatch;
}

#[cfg(all(feature = "std", feature = "async"))]
pub use self::with_async::*;

#[cfg(all(feature = "std", feature = "async"))]
mod with_async {
    pub use crate::cancel::Interruptible;
    pub use crate::guard::{bound, inside, woken};
    pub use crate::policy::signals::{abort_signal, came_in_yield, pause_signal};
    pub use crate::time::alarm::{alarm, no_later};
    pub use crate::time::clock::read_async;
    pub use crate::time::timeout::timeout;
}
