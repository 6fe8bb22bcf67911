//! The answers of the conditions of this module.

use core::fmt;

use persevere_words::describe::{self, Attempts, Combination};
use persevere_words::duration::Written;
use persevere_words::{Arg, STOP};

use super::contract::phrase;
use super::{
    AbortAttempt, AfterAttempt, AfterDelay, BeforeDelay, Cancel, Cancelled, DefaultStop, Enabled,
    Never, Stop, StopWhen,
};
use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::invalid::InvalidValue;

#[diagnostic::do_not_recommend]
impl<S: Stop + ?Sized> Stop for Enabled<'_, S> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        if self.0 {
            self.1.stop(progress)
        } else {
            Some(StopReason::Attempts)
        }
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        self.1.reads_pause()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.1.reads_history()
    }

    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        self.1.cancellation()
    }

    #[inline]
    fn cancels(&self) -> bool {
        self.1.cancels()
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.1.is_cancelled()
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        self.1.is_aborted()
    }

    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        self.1.abort_signal()
    }

    #[inline]
    fn aborts_attempt(&self) -> bool {
        self.1.aborts_attempt()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.describe(f)
    }
}

/// The limit applies to the outcomes that no `case` took; see [`DefaultStop`].
#[diagnostic::do_not_recommend]
impl Stop for DefaultStop {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        if progress.own_stop {
            return None;
        }
        let counted = progress.attempt.saturating_sub(progress.aside);
        (counted >= 3).then_some(StopReason::Attempts)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe::standard_stop(f)
    }

    fn is_standard(&self) -> bool {
        true
    }
}

#[diagnostic::do_not_recommend]
impl Stop for AfterAttempt {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        (progress.attempt >= self.0).then_some(StopReason::Attempts)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.0 == 0 {
            Err(InvalidValue::ZeroAttempts)
        } else {
            Ok(())
        }
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "after_attempt", &[&Attempts(self.0.max(1).into())])
    }
}

#[diagnostic::do_not_recommend]
impl Stop for AfterDelay {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        (progress.elapsed >= self.0).then_some(StopReason::Elapsed)
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "after_delay", &[&Written(self.0.as_nanos())])
    }
}

#[diagnostic::do_not_recommend]
impl Stop for BeforeDelay {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        let coming = progress.pause.unwrap_or_default();
        (progress.elapsed.saturating_add(coming) >= self.0).then_some(StopReason::Elapsed)
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "before_delay", &[&Written(self.0.as_nanos())])
    }
}

#[diagnostic::do_not_recommend]
impl<T: Cancel> Stop for Cancelled<T> {
    #[inline]
    fn stop(&self, _: &Progress<'_>) -> Option<StopReason> {
        self.token.is_cancelled().then_some(StopReason::Cancelled)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        false
    }

    fn cancellation(&self) -> Cancellation<'_> {
        self.token.cancellation()
    }

    #[inline]
    fn cancels(&self) -> bool {
        true
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "cancelled", &[&Arg::Token.noun()])
    }
}

#[diagnostic::do_not_recommend]
impl<T: Cancel> Stop for AbortAttempt<T> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.0.stop(progress)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.0.reads_clock()
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        self.0.reads_pause()
    }

    fn cancellation(&self) -> Cancellation<'_> {
        self.0.cancellation()
    }

    #[inline]
    fn cancels(&self) -> bool {
        true
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        self.0.is_cancelled()
    }

    fn abort_signal(&self) -> Cancellation<'_> {
        self.0.cancellation()
    }

    #[inline]
    fn aborts_attempt(&self) -> bool {
        true
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::Abort.of(f, &[&phrase(&self.0)])
    }
}

#[diagnostic::do_not_recommend]
impl Stop for Never {
    #[inline]
    fn stop(&self, _: &Progress<'_>) -> Option<StopReason> {
        None
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "never", &[])
    }
}

#[diagnostic::do_not_recommend]
impl<F: Fn(&Progress<'_>) -> bool> Stop for StopWhen<F> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        (self.0)(progress).then_some(StopReason::GivenUp)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "stop_when", &[&describe::RULE])
    }
}
