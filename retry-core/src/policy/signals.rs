//! The signals by which a stop ends pauses and attempts.

use core::time::Duration;

use crate::call::name::CallName;
use crate::cancel::Cancellation;
use crate::stop::Stop;
use crate::telemetry;

/// Returns the signal by which a stop aborts an attempt.
///
/// It aborts only if an outcome `stands` for such an attempt: one that was kept, or that the guards make of the
/// interrupt.
#[inline]
pub fn abort_signal<'a, S: Stop + ?Sized>(
    stands: bool,
    stop: &'a S,
    name: impl Into<CallName<'a>>,
) -> Cancellation<'a> {
    if stands {
        return stop.abort_signal();
    }
    if stop.aborts_attempt() {
        telemetry::uncut(name.into());
    }
    Cancellation::never()
}

/// Returns the signal by which a stop ends a pause; a yield to the runtime ends by itself.
#[inline]
pub fn pause_signal<S: Stop + ?Sized>(pause: Option<Duration>, stop: &S) -> Cancellation<'_> {
    match pause {
        Some(_) => stop.cancellation(),
        None => Cancellation::never(),
    }
}

/// Returns whether a token came in a yield to the runtime, which it does not end, so that no attempt begins after it.
#[inline]
pub fn came_in_yield<S: Stop + ?Sized>(sleeps: bool, stop: &S) -> bool {
    !sleeps && stop.cancels() && stop.is_cancelled()
}
