//! The questions that runners ask of a call.

#[cfg(feature = "tower")]
use super::repeats::Repeats;
use super::{CountersOf, Steps};
#[cfg(feature = "async")]
use crate::call::interrupt::Interrupt;
use crate::cancel::Cancellation;
#[cfg(feature = "async")]
use crate::cancel::Cancelled;
use crate::guard::CallGuard;
use crate::policy::Policy;
#[cfg(feature = "async")]
use crate::policy::signals::abort_signal;
use crate::stop::Stop;

impl<'p, P, O, G> Steps<'p, P, O, CountersOf<P, O>, G>
where
    P: Policy<O> + ?Sized,
    G: CallGuard<O>,
{
    #[inline(always)]
    pub(crate) fn policy(&self) -> &'p P {
        self.policy
    }

    /// Returns the number of the attempt that has begun.
    #[cfg(feature = "async")]
    pub(crate) fn number(&self) -> u32 {
        self.call.attempt()
    }

    /// Returns the guard of the call.
    #[inline(always)]
    pub(crate) fn watch(&mut self) -> &mut G {
        &mut self.watch
    }

    /// Limits the repetition of the call's attempts, whatever its policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) fn limit_repeats(&mut self, repeats: Repeats) {
        self.repeats = repeats;
    }

    /// Returns whether the call makes one attempt, whatever its policy prescribes.
    #[inline]
    pub(crate) fn is_once(&self) -> bool {
        #[cfg(feature = "tower")]
        return matches!(self.repeats, Repeats::Never);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns whether an attempt of the call has no further copies, whatever its policy prescribes.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn is_uncopied(&self) -> bool {
        #[cfg(feature = "tower")]
        return !matches!(self.repeats, Repeats::Freely);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns the signal that ends a pause of the call.
    #[inline]
    pub(crate) fn cancellation(&self) -> Cancellation<'p> {
        self.policy.parts().stop.cancellation()
    }

    /// Returns the signal that aborts an attempt of the call.
    ///
    /// It aborts only if an outcome stands for such an attempt: one with which the call `ends`, or one that the
    /// guards make of the interrupt.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn abort_signal(&self, ends: bool) -> Cancellation<'p> {
        let parts = self.policy.parts();
        abort_signal(ends || self.watch.interrupts(), &parts.stop, parts.name)
    }

    /// Returns the outcome of an attempt that may have been interrupted.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn attempted(
        &mut self,
        made: Result<Result<O, Interrupt>, Cancelled>,
    ) -> Result<O, Interrupt> {
        let attempted = made.unwrap_or(Err(Interrupt::Cancelled));
        if let Err(interrupt) = attempted {
            self.watch.interrupted(interrupt);
        }
        attempted
    }
}
