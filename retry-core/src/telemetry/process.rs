//! Reports of every call of the process, after one `install()`.

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
pub use self::reporting::install;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
pub(crate) use self::reporting::{gave_up, retried};
#[cfg(not(any(feature = "log", feature = "tracing", feature = "metrics")))]
pub(crate) use self::without_sinks::{gave_up, retried};

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
mod reporting {
    use core::time::Duration;

    use crate::call::error::StopReason;
    use crate::call::outcome::Verdict;
    use crate::call::state::{EventMask, Progress};
    use crate::telemetry::installed::{is_installed, set_installed};
    #[cfg(any(feature = "log", feature = "tracing"))]
    use crate::telemetry::line::{Level, Line};
    #[cfg(any(feature = "log", feature = "tracing"))]
    use crate::telemetry::sinks;
    #[cfg(feature = "metrics")]
    use crate::telemetry::{counts, describe_metrics};

    /// Reports every later call of the process that is retried, or gives up, to every sink whose feature is
    /// enabled; see [the list of reports](crate::telemetry#every-call-of-the-process).
    ///
    /// Call it once, after the logger, the subscriber and the recorder of metrics are set. It cannot be
    /// undone.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::telemetry;
    ///
    /// telemetry::install();
    /// ```
    pub fn install() {
        #[cfg(feature = "metrics")]
        describe_metrics();
        set_installed();
    }

    /// Reports a pause that begins, after which another attempt is to follow.
    #[inline(always)]
    pub(crate) fn retried(progress: &Progress<'_>) {
        if is_installed() {
            let pause = progress.pause.unwrap_or_default();
            report_retry(progress.name, progress.attempt, pause, progress.handled);
        }
    }

    /// Reports a call that gives up.
    #[inline(always)]
    pub(crate) fn gave_up(progress: &Progress<'_>, reason: StopReason) {
        if is_installed() {
            let (name, attempt) = (progress.name, progress.attempt);
            report_give_up(name, attempt, reason, progress.halted, progress.handled);
        }
    }

    // In registers: a loop whose state has to be in memory for this is slower when nothing is reported.
    #[cold]
    #[inline(never)]
    #[cfg_attr(
        not(any(feature = "log", feature = "tracing")),
        allow(unused_variables)
    )]
    fn report_retry(name: &str, attempt: u32, pause: Duration, handled: EventMask) {
        let mut progress = Progress::new(name, attempt, Duration::ZERO);
        progress.verdict = Some(Verdict::Retry);
        progress.pause = Some(pause);
        #[cfg(feature = "metrics")]
        counts::retried(&progress);
        #[cfg(any(feature = "log", feature = "tracing"))]
        if !handled.retries {
            sinks::write(Level::Warn, &Line::over(&progress));
        }
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(
        not(any(feature = "log", feature = "tracing")),
        allow(unused_variables)
    )]
    fn report_give_up(
        name: &str,
        attempt: u32,
        reason: StopReason,
        halted: bool,
        handled: EventMask,
    ) {
        let mut progress = Progress::new(name, attempt, Duration::ZERO);
        progress.verdict = Some(Verdict::Retry);
        progress.halted = halted;
        progress.reason = Some(reason);
        #[cfg(feature = "metrics")]
        counts::gave_up(&progress);
        #[cfg(any(feature = "log", feature = "tracing"))]
        if !handled.give_ups {
            sinks::write(Level::Error, &Line::over(&progress));
        }
    }
}

#[cfg(not(any(feature = "log", feature = "tracing", feature = "metrics")))]
mod without_sinks {
    use crate::call::error::StopReason;
    use crate::call::state::Progress;

    #[inline(always)]
    pub(crate) const fn retried(_: &Progress<'_>) {}

    #[inline(always)]
    pub(crate) const fn gave_up(_: &Progress<'_>, _: StopReason) {}
}
