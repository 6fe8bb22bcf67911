//! The guards of a hedged attempt, split for its race and its further copies.

use super::budgets::Budgets;
use super::limits::hearing;
use super::nested::{self, Published};
use super::{BodyScope, CallLimits, PanicTracker};
use crate::breaker::{Permit, fail, on_panic};
use crate::call::name::CallName;
use crate::telemetry::process;
use crate::time::clock::Instant;

/// The part of a call's guard in which a hedged attempt runs: visible to the retried calls inside it, and
/// with the panic of a copy as a failure.
#[derive(Debug)]
pub struct View<'a, 'g, L = ()> {
    pub(super) published: &'a mut Published<'g>,
    pub(super) permit: &'a mut Option<Permit<'g>>,
    pub(super) bodies: &'a PanicTracker,
    pub(super) limits: &'a L,
    pub(super) clock: fn() -> Instant,
}

impl<L: CallLimits> BodyScope for View<'_, '_, L> {
    fn inside<T>(&mut self, race: impl FnOnce() -> T) -> T {
        let unwinds = || {
            if self.bodies.panicked() {
                fail(self.permit);
            }
        };
        let race = || nested::with_parent(self.published, race);
        on_panic(unwinds, || {
            hearing(self.limits.rate_limiter(), self.clock, race)
        })
    }
}

/// The part of a call's guard that pays for further copies of an attempt.
#[derive(Debug)]
pub struct Copies<'a, 'g, L = ()> {
    pub(super) budgets: &'a mut Budgets<'g>,
    pub(super) limits: &'a L,
    pub(super) clock: fn() -> Instant,
    /// Whether the attempt is a probe of a half-open breaker, which is one call, and not several.
    pub(super) probes: bool,
}

impl<L: CallLimits> Copies<'_, '_, L> {
    /// Pays for one copy of an attempt of this function, which begins at once, if the limits have room for it.
    pub fn draw_copy<'n>(&mut self, function: impl Into<CallName<'n>>) -> bool {
        let enters = || self.limits.enter_copy(self.clock);
        let drawn = !self.probes && self.budgets.draw_copy(enters);
        if drawn {
            process::copied(function.into());
        }
        drawn
    }
}
