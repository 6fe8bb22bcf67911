//! Reports of every call of the process.

#[cfg(feature = "reports")]
pub(crate) use self::reporting::{copied, ended, gave_up, retried};
#[cfg(not(feature = "reports"))]
pub(crate) use self::without_reports::{copied, ended, gave_up, retried};

#[cfg(feature = "reports")]
mod reporting {
    use core::any::type_name;
    use core::time::Duration;

    use crate::call::error::StopReason;
    use crate::call::name::CallName;
    use crate::call::state::{EventMask, Progress};
    use crate::telemetry::call_event::CallEvent;
    use crate::telemetry::error_type::error_type;
    use crate::telemetry::installed::wanted;

    /// Returns the type of an outcome. Where nothing is reported it is not called, and so costs one address.
    type NameOf = fn() -> &'static str;

    /// Reports a pause that begins, after which another attempt is to follow.
    #[inline(always)]
    pub(crate) fn retried<O: ?Sized>(progress: &Progress<'_>) {
        if wanted() != 0 {
            let pause = progress.pause.unwrap_or_default();
            report_retry(
                progress.name.as_str(),
                progress.attempt,
                pause,
                progress.handled,
                type_name::<O>,
            );
        }
    }

    /// Reports a call that gives up.
    #[inline(always)]
    pub(crate) fn gave_up<O: ?Sized>(progress: &Progress<'_>, reason: StopReason) {
        if wanted() != 0 {
            let of = type_name::<O>;
            let (name, attempt) = (progress.name.as_str(), progress.attempt);
            report_give_up(name, attempt, reason, progress.halted, progress.handled, of);
        }
    }

    /// Reports a call that ends with a final outcome: a success, which has no reason, a failure, or one that the body
    /// gave up on.
    #[inline(always)]
    pub(crate) fn ended<O: ?Sized>(
        name: CallName<'_>,
        attempt: u32,
        handled: EventMask,
        reason: Option<StopReason>,
    ) {
        if wanted() != 0 {
            match name {
                CallName::Text(name) => report_end(name, attempt, handled, reason, type_name::<O>),
                CallName::Method(of, path) => {
                    report_method(of, path, attempt, handled, reason, type_name::<O>);
                }
            }
        }
    }

    /// Reports a further copy of a hedged attempt.
    pub(crate) fn copied(_name: CallName<'_>) {
        #[cfg(feature = "metrics")]
        if crate::telemetry::installed::is_installed() {
            crate::telemetry::counts::copied(_name.as_str());
        }
    }

    // In registers, all three: a loop whose state has to be in memory for this is slower when nothing is reported.
    #[cold]
    #[inline(never)]
    fn report_retry(name: &str, attempt: u32, pause: Duration, handled: EventMask, of: NameOf) {
        let (function, error) = (name.into(), error_type(of()));
        CallEvent::Retried {
            function,
            attempt,
            pause,
            error,
        }
        .report(handled);
    }

    #[cold]
    #[inline(never)]
    fn report_give_up(
        name: &str,
        attempt: u32,
        reason: StopReason,
        halted: bool,
        handled: EventMask,
        of: NameOf,
    ) {
        let function = name.into();
        if halted && attempt == 0 {
            return CallEvent::Refused { function, reason }.report(handled);
        }
        let (attempts, judged) = (attempt, !halted);
        let error = judged.then(|| error_type(of())).flatten();
        CallEvent::GaveUp {
            function,
            attempts,
            reason,
            judged,
            error,
        }
        .report(handled);
    }

    /// Reports the end of a call of a method: one call in place of two on the way from a success.
    #[cold]
    #[inline(never)]
    fn report_method(
        type_of: NameOf,
        path: &str,
        attempts: u32,
        handled: EventMask,
        reason: Option<StopReason>,
        of: NameOf,
    ) {
        let name = CallName::Method(type_of, path);
        report_end(name.as_str(), attempts, handled, reason, of);
    }

    #[cold]
    #[inline(never)]
    fn report_end(
        name: &str,
        attempts: u32,
        handled: EventMask,
        reason: Option<StopReason>,
        of: NameOf,
    ) {
        let function = name.into();
        let event = match reason {
            None => CallEvent::Succeeded { function, attempts },
            Some(StopReason::Final) => CallEvent::Failed {
                function,
                attempts,
                error: error_type(of()),
            },
            Some(reason) => {
                let error = error_type(of());
                CallEvent::GaveUp {
                    function,
                    attempts,
                    reason,
                    judged: true,
                    error,
                }
            }
        };
        event.report(handled);
    }
}

#[cfg(not(feature = "reports"))]
mod without_reports {
    use crate::call::error::StopReason;
    use crate::call::name::CallName;
    use crate::call::state::{EventMask, Progress};

    #[inline(always)]
    pub(crate) const fn retried<O: ?Sized>(_: &Progress<'_>) {}

    #[inline(always)]
    pub(crate) const fn gave_up<O: ?Sized>(_: &Progress<'_>, _: StopReason) {}

    #[inline(always)]
    pub(crate) const fn copied(_: CallName<'_>) {}

    #[inline(always)]
    pub(crate) const fn ended<O: ?Sized>(
        _: CallName<'_>,
        _: u32,
        _: EventMask,
        _: Option<StopReason>,
    ) {
    }
}
