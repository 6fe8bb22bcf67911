//! A call without guards.

use core::convert::Infallible;
#[cfg(feature = "async")]
use core::future::{Future, Pending, pending};
#[cfg(feature = "async")]
use std::time::Duration;

use super::interruption::{Inline, NoInterrupts, OutcomeFromInterrupt};
use super::{BodyScope, Borrowed, CallGuard, CallGuardBase, Guard, Guards, Wakeable};
use crate::call::interrupt::Interrupt;

impl<O> Guard<O> for () {
    type Active<'g> = NoGuards;
    type Breaker = Infallible;
    type Budget = Infallible;
    type Hedge = ();
    type Limits = ();

    #[inline(always)]
    fn borrow_parts(&self) -> Guards<Borrowed<'_, Infallible>, &Infallible, Inline, (), &()> {
        Guards::empty_inline().map_limits(|()| &())
    }

    type Interrupt = NoInterrupts;

    #[inline(always)]
    fn borrow_all(
        &self,
    ) -> Guards<Borrowed<'_, Infallible>, &Infallible, Borrowed<'_, NoInterrupts>, (), &()> {
        let guards = Guard::<O>::borrow_parts(self);
        guards.with_conversion(Borrowed(&NoInterrupts))
    }

    const BINDS: bool = false;

    fn outcome(&self, interrupt: Interrupt) -> O {
        NoInterrupts.outcome(interrupt)
    }

    #[inline(always)]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline(always)]
    fn idle(&self) -> NoGuards {
        NoGuards
    }
}

/// The guard of a call without guards.
#[derive(Clone, Copy, Debug)]
pub struct NoGuards;

impl BodyScope for NoGuards {}

impl Wakeable for NoGuards {}

impl CallGuardBase for NoGuards {
    type Hedge = ();

    #[inline(always)]
    fn hedge(&self) {}

    #[cfg(feature = "async")]
    type Limit<Z: Future<Output = ()> + Send> = Pending<Interrupt>;

    #[cfg(feature = "async")]
    #[inline(always)]
    fn timer<Z: Future<Output = ()> + Send>(
        _: Option<(Duration, Interrupt)>,
        _: impl FnOnce(Duration) -> Z,
    ) -> Pending<Interrupt> {
        pending()
    }
}

impl<O> CallGuard<O> for NoGuards {
    fn outcome(&self, interrupt: Interrupt) -> O {
        NoInterrupts.outcome(interrupt)
    }
}
