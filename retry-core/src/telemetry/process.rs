//! Reports of every call of the process.

#[cfg(feature = "reports")]
pub(crate) use self::reporting::{copied, ended, gave_up, retried};
#[cfg(not(feature = "reports"))]
pub(crate) use self::without_reports::{copied, ended, gave_up, retried};

#[cfg(feature = "reports")]
mod reporting {
    use alloc::borrow::Cow;
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

    /// Calls a function with what the name is, text or method: a name itself would be passed in memory.
    macro_rules! by_name {
        ($report:ident($name:expr, $($argument:expr),+)) => {
            match $name {
                CallName::Text(text) => $report(text, $($argument),+),
                CallName::Method(method) => $report(method, $($argument),+),
            }
        };
    }

    /// Reports a pause that begins, after which another attempt is to follow.
    #[inline(always)]
    pub(crate) fn retried<O: ?Sized>(progress: &Progress<'_>) {
        if wanted() != 0 {
            let pause = progress.pause.unwrap_or_default();
            let (attempt, handled) = (progress.attempt, progress.handled);
            by_name!(report_retry(
                progress.name,
                attempt,
                pause,
                handled,
                type_name::<O>
            ));
        }
    }

    /// Reports a call that gives up.
    #[inline(always)]
    pub(crate) fn gave_up<O: ?Sized>(progress: &Progress<'_>, reason: StopReason) {
        if wanted() != 0 {
            let of = type_name::<O>;
            let (attempt, halted, handled) = (progress.attempt, progress.halted, progress.handled);
            by_name!(report_give_up(
                progress.name,
                attempt,
                reason,
                halted,
                handled,
                of
            ));
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
            by_name!(report_end(name, attempt, handled, reason, type_name::<O>));
        }
    }

    /// Reports a further copy of a hedged attempt.
    pub(crate) fn copied(_name: CallName<'_>) {
        #[cfg(feature = "metrics")]
        if crate::telemetry::installed::is_installed() {
            crate::telemetry::counts::copied(_name.as_str());
        }
    }

    fn text_of<'a>(name: impl Into<CallName<'a>>) -> Cow<'a, str> {
        name.into().as_str().into()
    }

    // In registers, all three: a loop whose state has to be in memory for this is slower when nothing is reported.
    #[cold]
    #[inline(never)]
    fn report_retry<'a>(
        name: impl Into<CallName<'a>>,
        attempt: u32,
        pause: Duration,
        handled: EventMask,
        of: NameOf,
    ) {
        let (function, error) = (text_of(name), error_type(of()));
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
    fn report_give_up<'a>(
        name: impl Into<CallName<'a>>,
        attempt: u32,
        reason: StopReason,
        halted: bool,
        handled: EventMask,
        of: NameOf,
    ) {
        let function = text_of(name);
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

    #[cold]
    #[inline(never)]
    fn report_end<'a>(
        name: impl Into<CallName<'a>>,
        attempts: u32,
        handled: EventMask,
        reason: Option<StopReason>,
        of: NameOf,
    ) {
        let function = text_of(name);
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
