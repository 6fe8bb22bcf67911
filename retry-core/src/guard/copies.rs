//! The guards of a hedged attempt, split for its race and its further copies.

use super::budgets::Budgets;
use super::nested::{self, Published};
use super::{BodyScope, PanicTracker};
use crate::breaker::{Permit, fail, on_panic};

/// The part of a call's guard in which a hedged attempt runs: visible to the retried calls inside it, and
/// with the panic of a copy as a failure.
#[derive(Debug)]
pub struct View<'a, 'g> {
    pub(super) published: &'a mut Published<'g>,
    pub(super) permit: &'a mut Option<Permit<'g>>,
    pub(super) bodies: &'a PanicTracker,
}

impl BodyScope for View<'_, '_> {
    fn inside<T>(&mut self, race: impl FnOnce() -> T) -> T {
        let unwinds = || {
            if self.bodies.panicked() {
                fail(self.permit);
            }
        };
        on_panic(unwinds, || nested::with_parent(self.published, race))
    }
}

/// The part of a call's guard that pays for further copies of an attempt.
#[derive(Debug)]
pub struct Copies<'a, 'g> {
    pub(super) budgets: &'a mut Budgets<'g>,
    /// Whether the attempt is a probe of a half-open breaker, which is one call, and not several.
    pub(super) probes: bool,
}

impl Copies<'_, '_> {
    /// Pays for one copy, which begins at once.
    pub fn draw_copy(&mut self) -> bool {
        !self.probes && self.budgets.draw_copy()
    }
}
