//! The span of a call: `span = true`.

#[cfg(feature = "tracing")]
use tracing::instrument::{Instrument, Instrumented};
#[cfg(feature = "tracing")]
use tracing::span::Entered;

use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::call::state::RetryState;

/// The requirement of `span = true`.
#[diagnostic::on_unimplemented(
    message = "`span = true` needs the feature `tracing` of `persevere`",
    label = "the feature `tracing` is not enabled",
    note = "run `cargo add persevere --features tracing`"
)]
pub trait Spanned {}

/// The span of one call, with its attempts and pauses inside.
#[derive(Clone, Debug)]
pub struct CallSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Spanned for CallSpan {}

#[cfg(feature = "tracing")]
impl CallSpan {
    /// Creates the span of a call of this function.
    pub fn new<'a>(name: impl Into<CallName<'a>>) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            target: "persevere",
            "retry",
            // Not evaluated where nothing listens.
            function = name.into().as_str(),
            attempts = Empty,
            outcome = Empty,
            reason = Empty,
        );
        CallSpan { span }
    }

    /// Enters the span on this thread until the guard is dropped.
    pub fn enter(&self) -> Entered<'_> {
        self.span.enter()
    }

    /// Enters the span whenever the future is polled.
    pub fn around<F: Future>(&self, call: F) -> Instrumented<F> {
        call.instrument(self.span.clone())
    }

    /// Records the end of the call: `reason` is `None` for a success.
    pub fn end(&self, attempts: u32, reason: Option<StopReason>) {
        self.span.record("attempts", attempts);
        self.span.record("outcome", super::what_followed(reason));
        if let Some(reason) = reason {
            self.span.record("reason", reason.label());
        }
    }
}

/// A stand-in: an annotated function with `span = true` does not compile.
#[cfg(not(feature = "tracing"))]
#[allow(missing_docs)]
impl CallSpan {
    pub fn new<'a>(_: impl Into<CallName<'a>>) -> Self {
        CallSpan {}
    }

    pub fn enter(&self) {}

    pub fn around<F: Future>(&self, call: F) -> F {
        call
    }

    pub fn end(&self, _: u32, _: Option<StopReason>) {}
}

/// Records the end of the call of a stream.
impl<O> Hooks<O> for &CallSpan {
    const READS_CLOCK: bool = false;
    const READS_HISTORY: bool = false;

    fn on_success(&self, state: &RetryState<'_, O>) {
        self.end(state.attempt(), state.reason());
    }

    fn on_failure(&self, state: &RetryState<'_, O>) {
        self.end(state.attempt(), state.reason());
    }
}
