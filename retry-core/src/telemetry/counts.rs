//! Metrics of calls: the results of their attempts, the reasons of give-ups, and durations.

#[cfg(feature = "metrics")]
pub(super) use self::recorded::{copied, cut, dropped, ended, gave_up, retried};

#[cfg(not(feature = "metrics"))]
use crate::call::callbacks::Hooks;
#[cfg(not(feature = "metrics"))]
use crate::call::state::RetryState;

/// Metrics of a call: a callback before every pause, and at the end.
#[derive(Clone, Copy, Debug)]
pub struct Metrics {
    /// Whether another callback counts these calls already.
    #[cfg_attr(not(feature = "metrics"), allow(dead_code))]
    idle: bool,
}

impl Metrics {
    /// Creates the metrics of a call that no other callback counts.
    #[inline(always)]
    pub const fn new() -> Self {
        Metrics { idle: false }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}

/// The requirement of `metrics = true`.
#[diagnostic::on_unimplemented(
    message = "`metrics = true` needs the feature `metrics` of `persevere`",
    label = "the feature `metrics` is not enabled",
    note = "run `cargo add persevere --features metrics`"
)]
pub trait Metered {}

#[cfg(not(feature = "metrics"))]
impl<O> Hooks<O> for Metrics {}

/// A stand-in: an annotated function with `metrics = true` does not compile.
#[cfg(not(feature = "metrics"))]
#[allow(missing_docs)]
impl Metrics {
    pub fn beside<O, H: Hooks<O>>(_: &H) -> Self {
        Metrics::new()
    }

    pub fn ended<O>(&self, _: &RetryState<'_, O>) {}
}

#[cfg(feature = "metrics")]
mod recorded {
    use std::time::Duration;

    use metrics::{counter, histogram};

    use super::{Metered, Metrics};
    use crate::call::callbacks::Hooks;
    use crate::call::error::StopReason;
    use crate::call::name::CallName;
    use crate::call::state::{Progress, RetryState};
    use crate::telemetry::installed::{counts_ends, is_installed};
    use crate::telemetry::what_followed;

    impl Metered for Metrics {}

    impl Metrics {
        /// Creates the metrics of a call with the callbacks of a policy, which may count it themselves.
        #[inline(always)]
        pub fn beside<O, H: Hooks<O>>(_: &H) -> Self {
            Metrics { idle: H::COUNTS }
        }

        /// Records that a callback ended the call.
        pub fn ended<O>(&self, state: &RetryState<'_, O>) {
            if !self.idle {
                let mut progress = state.progress;
                progress.reason = Some(StopReason::GivenUp);
                gave_up(&progress);
                took(&progress);
            }
        }
    }

    impl<O> Hooks<O> for Metrics {
        const COUNTS: bool = true;

        fn before_sleep(&self, state: &RetryState<'_, O>) {
            if !self.idle && !is_installed() {
                retried(&state.progress);
            }
        }

        fn on_success(&self, state: &RetryState<'_, O>) {
            self.ended_by_itself(&state.progress);
        }

        fn on_failure(&self, state: &RetryState<'_, O>) {
            self.ended_by_itself(&state.progress);
        }
    }

    impl Metrics {
        /// Records the end of a call, unless the process reports every call.
        fn ended_by_itself(&self, progress: &Progress<'_>) {
            if self.idle {
                return;
            }
            match progress.reason {
                None | Some(StopReason::Final) if counts_ends() => {}
                None | Some(StopReason::Final) => ended(progress),
                Some(_) if is_installed() => {}
                Some(_) => gave_up(progress),
            }
            took(progress);
        }
    }

    /// Counts a call that ends with a success, or a failure that is final.
    pub(in crate::telemetry) fn ended(progress: &Progress<'_>) {
        attempted(progress, what_followed(progress.reason));
    }

    /// Counts an attempt that another follows.
    pub(in crate::telemetry) fn retried(progress: &Progress<'_>) {
        attempted(progress, "retry");
    }

    /// Counts a call that ends although its outcome was retryable.
    pub(in crate::telemetry) fn gave_up(progress: &Progress<'_>) {
        let reason = progress.reason.map_or("", StopReason::label);
        let function = progress.name().to_owned();
        counter!("retry_give_ups_total", "function" => function, "reason" => reason).increment(1);
        if progress.verdict.is_some() && !progress.halted {
            attempted(progress, what_followed(progress.reason));
        }
    }

    /// Counts a call that was dropped, and the attempt that it was in.
    #[cold]
    pub(in crate::telemetry) fn dropped(name: CallName<'_>, in_attempt: bool) {
        let function = name.as_str().to_owned();
        counter!("retry_dropped_total", "function" => function).increment(1);
        if in_attempt {
            attempted(&Progress::new(name, 0, Duration::ZERO), "dropped");
        }
    }

    /// Counts an attempt that the end of its call has cut.
    #[cold]
    pub(in crate::telemetry) fn cut(name: CallName<'_>) {
        attempted(&Progress::new(name, 0, Duration::ZERO), "give_up");
    }

    /// Counts a further copy of an attempt.
    pub(in crate::telemetry) fn copied(name: &str) {
        counter!("retry_hedged_copies_total", "function" => name.to_owned()).increment(1);
    }

    fn attempted(progress: &Progress<'_>, outcome: &'static str) {
        let function = progress.name().to_owned();
        counter!("retry_attempts_total", "function" => function, "outcome" => outcome).increment(1);
    }

    fn took(progress: &Progress<'_>) {
        let function = progress.name().to_owned();
        histogram!("retry_duration_seconds", "function" => function).record(progress.elapsed);
    }
}
