//! What is told of every call of the process.

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
pub use self::sinks::install;
#[cfg(feature = "metrics")]
pub(super) use self::sinks::is_installed;
#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
pub(crate) use self::sinks::{gave_up, retried};

#[cfg(any(feature = "log", feature = "tracing", feature = "metrics"))]
mod sinks {
    use core::sync::atomic::{AtomicBool, Ordering};
    use core::time::Duration;

    use crate::call::callbacks::EventMask;
    use crate::call::error::StopReason;
    use crate::call::outcome::Verdict;
    use crate::call::state::Progress;
    #[cfg(any(feature = "log", feature = "tracing"))]
    use crate::telemetry::{Line, log::Level, sinks};
    #[cfg(feature = "metrics")]
    use crate::telemetry::{counts, describe_metrics};

    static INSTALLED: AtomicBool = AtomicBool::new(false);

    /// From now on every call of the process that is retried, or gives up, is reported to every sink
    /// whose feature is enabled; see [what is reported](crate::telemetry#every-call-of-the-process).
    ///
    /// Call it once, after the logger, the subscriber and the recorder of metrics are set. There is no
    /// way back.
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
        INSTALLED.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(in crate::telemetry) fn is_installed() -> bool {
        INSTALLED.load(Ordering::Relaxed)
    }

    /// A pause begins, and another attempt is to follow.
    #[inline(always)]
    pub(crate) fn retried(progress: &Progress<'_>) {
        if is_installed() {
            let pause = progress.pause.unwrap_or_default();
            tell_retry(progress.name, progress.attempt, pause, progress.handled);
        }
    }

    /// A call gives up.
    #[inline(always)]
    pub(crate) fn gave_up(progress: &Progress<'_>, reason: StopReason) {
        if is_installed() {
            let (name, attempt) = (progress.name, progress.attempt);
            tell_give_up(name, attempt, reason, progress.halted, progress.handled);
        }
    }

    // In registers: a loop whose state has to be in memory for this is slower when nobody is told.
    #[cold]
    #[inline(never)]
    #[cfg_attr(
        not(any(feature = "log", feature = "tracing")),
        allow(unused_variables)
    )]
    fn tell_retry(name: &str, attempt: u32, pause: Duration, handled: EventMask) {
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
    fn tell_give_up(
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
pub(crate) use self::nobody::{gave_up, retried};

/// Without a sink.
#[cfg(not(any(feature = "log", feature = "tracing", feature = "metrics")))]
mod nobody {
    use crate::call::error::StopReason;
    use crate::call::state::Progress;

    #[inline(always)]
    pub(crate) const fn retried(_: &Progress<'_>) {}

    #[inline(always)]
    pub(crate) const fn gave_up(_: &Progress<'_>, _: StopReason) {}
}
