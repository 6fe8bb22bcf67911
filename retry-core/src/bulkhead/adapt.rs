//! The adaptation of a bulkhead to how attempts end.

use super::bulkhead::Bulkhead;
use super::gradient::Gradient;
use super::place::Ended;
use super::round::Attempt;
use crate::time::clock::Instant;
use crate::time::ticks::ticks;

impl Bulkhead {
    /// Learns how an attempt ended that began at these ticks, and has its place still.
    #[inline]
    pub(super) fn learn(&self, ended: Ended, began: u64, clock: fn() -> Instant) {
        if let Some(gradient) = &self.state().gradient {
            if ended != Ended::Ignored {
                let attempt = Attempt {
                    began,
                    ended: ticks(clock()),
                };
                self.adapt(gradient, ended, attempt);
            }
        }
    }

    pub(super) fn adapt(&self, gradient: &Gradient, ended: Ended, attempt: Attempt) {
        match ended {
            Ended::Success => gradient.succeeded(attempt, self.in_use()),
            Ended::Overload => gradient.overloaded(attempt),
            Ended::Ignored => return,
        }
        loop {
            let limit = gradient.limit();
            self.change(|seen| (seen.limit() != limit).then(|| seen.limited(limit)));
            // Another thread may have published a newer limit before. The exchange has acquired what it released, so
            // that the newer limit is seen here.
            if gradient.limit() == limit {
                break;
            }
        }
        // The attempt gives its place back next, and with it those that a rise of the limit adds.
    }
}
