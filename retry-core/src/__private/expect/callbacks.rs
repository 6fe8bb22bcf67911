//! Doors for callbacks, metrics and spans.

use super::OutcomeType;
use crate::call::callbacks::{Callback, Ending, GiveUp};
use crate::call::state::RetryState;
use crate::telemetry::{Line, Metered, Sink, Spanned};

/// Calls a callback that is a closure; returns the outcome that ends the call, if any.
#[inline(always)]
pub fn closure<R, T, F>(state: &RetryState<'_, R>, mut callback: F) -> Option<R>
where
    T: Ending<R>,
    F: FnMut(&RetryState<'_, R>) -> T,
{
    callback(state).ending()
}

/// Calls a callback that is any other value.
#[inline(always)]
pub fn callback<R, C: Callback<R>>(state: &RetryState<'_, R>, mut callback: C) -> Option<R> {
    callback.call(state)
}

/// Calls a callback that writes a line.
#[inline(always)]
pub fn line<S: Sink>(line: Line<'_>, sink: S) {
    sink.write(line);
}

/// Returns a callback of the policy of a stream.
#[inline(always)]
pub const fn hook<R, F: Fn(&RetryState<'_, R>)>(_: OutcomeType<R>, callback: F) -> F {
    callback
}

/// Returns a fallback of the policy of a stream.
#[inline(always)]
pub const fn fallback<R, F: Fn(GiveUp<R>) -> R>(_: OutcomeType<R>, fallback: F) -> F {
    fallback
}

/// Requires that calls can be counted as metrics.
#[inline(always)]
pub fn metrics<M: Metered>(_: M) {}

/// Returns the span of the call that begins.
#[inline(always)]
pub fn span<S: Spanned>(span: S) -> S {
    span
}
