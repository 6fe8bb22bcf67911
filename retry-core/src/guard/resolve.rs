//! The outcome of an attempt, after guards may have interrupted it.

use core::convert::Infallible;

use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;

/// Resolves an attempt to its outcome, or else to the call's last outcome and the reason of its end.
///
/// An attempt that timed out is judged like any other. A call that is halted ends with the outcome kept of
/// the attempt before, or else with the conversion of the interrupt.
#[inline]
pub fn resolve_outcome<O>(
    attempted: Result<O, Interrupt>,
    kept: impl FnOnce() -> Option<O>,
    outcome: impl FnOnce(Interrupt) -> O,
) -> (O, Option<StopReason>) {
    match try_resolve_outcome::<O, Infallible>(attempted, kept, |interrupt| Ok(outcome(interrupt)))
    {
        Ok(settled) => settled,
        Err(never) => match never {},
    }
}

/// Resolves an attempt as [`resolve_outcome`] does, if there may be no outcome for an interrupt.
#[inline]
pub fn try_resolve_outcome<O, N>(
    attempted: Result<O, Interrupt>,
    kept: impl FnOnce() -> Option<O>,
    outcome: impl FnOnce(Interrupt) -> Result<O, N>,
) -> Result<(O, Option<StopReason>), N> {
    let interrupt = match attempted {
        Ok(own) => return Ok((own, None)),
        Err(interrupt) => interrupt,
    };
    let reason = interrupt.reason();
    match reason.and_then(|_| kept()) {
        Some(kept) => Ok((kept, reason)),
        None => Ok((outcome(interrupt)?, reason)),
    }
}
