//! The handle of one call to a budget.

use core::{fmt, ptr};

use super::algorithm::Token;
use super::state::BudgetState;
use crate::time::clock::Instant;
use crate::util::local_arc::LocalArc;

/// The withdrawals of one call from a budget, from the beginning of the call to its end.
///
/// A dropped handle refunds a retry that was withdrawn and not committed.
pub(crate) struct BudgetHandle<'a> {
    state: Held<'a>,
    clock: fn() -> Instant,
    /// The retry that was paid for and has not begun.
    withdrawn: Option<Token>,
    /// Whether the next retry is paid for when it begins.
    due: bool,
    /// A further copy that was paid for, until every other budget has paid too.
    copy: Option<Token>,
    /// The cost of the last retry that began.
    committed: Option<Token>,
    /// Retries and copies that began since the last withdrawal.
    in_flight: u32,
}

enum Held<'a> {
    Borrowed(&'a BudgetState),
    Shared(LocalArc<BudgetState>),
}

impl<'a> BudgetHandle<'a> {
    #[inline]
    pub(super) fn borrowed(state: &'a BudgetState, clock: fn() -> Instant) -> Self {
        state.opened(clock);
        BudgetHandle::new(Held::Borrowed(state), clock)
    }

    pub(super) fn sharing(state: LocalArc<BudgetState>, clock: fn() -> Instant) -> Self {
        state.opened(clock);
        BudgetHandle::new(Held::Shared(state), clock)
    }

    #[inline]
    const fn new(state: Held<'a>, clock: fn() -> Instant) -> Self {
        BudgetHandle {
            state,
            clock,
            withdrawn: None,
            due: false,
            copy: None,
            committed: None,
            in_flight: 0,
        }
    }

    #[inline]
    fn state(&self) -> &BudgetState {
        match &self.state {
            Held::Borrowed(state) => state,
            Held::Shared(state) => state,
        }
    }

    /// Returns whether it withdraws from this state.
    pub(crate) fn is_of(&self, state: &BudgetState) -> bool {
        ptr::eq(self.state(), state)
    }

    /// Counts an attempt that ended with a retryable outcome.
    #[inline]
    pub(crate) fn failed(&mut self) {
        self.state().failed();
    }

    /// Pays for one retry, after an attempt that timed out or not; returns `false` if the budget refuses.
    #[must_use = "without it there is no retry"]
    pub(crate) fn withdraw(&mut self, timed_out: bool) -> bool {
        self.release();
        self.withdrawn = self.state().withdraw(self.clock, timed_out);
        self.withdrawn.is_some()
    }

    /// Returns whether a retry may be refused after its pause.
    pub(crate) fn may_refuse_late(&self) -> bool {
        self.state().withdraws_at_start()
    }

    /// Pays for one retry whose pause begins; a budget of retries in flight is asked when the pause is over.
    pub(crate) fn withdraw_for_pause(&mut self, timed_out: bool) -> bool {
        if !self.may_refuse_late() {
            return self.withdraw(timed_out);
        }
        self.release();
        self.due = true;
        true
    }

    /// Returns whether a retry is due.
    #[inline]
    pub(crate) const fn is_due(&self) -> bool {
        self.due
    }

    /// Pays for a retry that is due when its pause is over.
    #[inline]
    pub(crate) fn withdraw_due(&mut self) -> bool {
        if self.due {
            self.withdrawn = self.state().withdraw(self.clock, false);
        }
        !self.due || self.withdrawn.is_some()
    }

    /// Makes a retry due again that does not begin yet.
    pub(crate) fn postpone(&mut self) {
        if self.due {
            self.refund();
        }
    }

    /// Begins the retry that was paid for.
    #[inline]
    pub(crate) fn commit(&mut self) {
        self.due = false;
        if let Some(token) = self.withdrawn.take() {
            self.committed = Some(token);
            self.in_flight += 1;
        }
    }

    #[cfg(test)]
    /// Pays for a further copy of an attempt, which begins at once.
    #[must_use = "without it there is no copy"]
    pub(crate) fn start_copy(&mut self) -> bool {
        let paid = self.withdraw_copy();
        self.commit_copy();
        paid
    }

    /// Pays for a further copy of an attempt, which [begins](BudgetHandle::commit_copy) unless another budget refuses.
    #[must_use = "without it the copy does not begin"]
    pub(crate) fn withdraw_copy(&mut self) -> bool {
        self.copy = self.state().withdraw(self.clock, false);
        self.copy.is_some()
    }

    /// Begins the copy that was paid for. Its cost is never refunded.
    pub(crate) fn commit_copy(&mut self) {
        if self.copy.take().is_some() {
            self.in_flight += 1;
        }
    }

    /// Refunds the copy that was paid for and does not begin.
    pub(crate) fn refund_copy(&mut self) {
        if let Some(token) = self.copy.take() {
            self.state().refund(token);
        }
    }

    /// Refunds the retry that was paid for and does not begin.
    pub(crate) fn refund(&mut self) {
        if let Some(token) = self.withdrawn.take() {
            self.state().refund(token);
        }
    }

    /// Counts the success of the call.
    #[inline]
    pub(crate) fn succeeded(&mut self) {
        self.state().succeeded(self.committed);
    }

    /// Counts the end of the attempt and of all its copies.
    #[inline]
    pub(crate) fn finish(&mut self) {
        if self.in_flight > 0 {
            self.state().finished(self.in_flight);
            self.in_flight = 0;
        }
    }

    /// Refunds the withdrawn retry, and finishes those in flight.
    #[cold]
    fn release(&mut self) {
        self.refund();
        self.finish();
    }
}

impl LocalArc<BudgetState> {
    /// Opens the handle of a call that may outlive the budget.
    pub(crate) fn open(&self, clock: fn() -> Instant) -> BudgetHandle<'static> {
        BudgetHandle::sharing(self.clone(), clock)
    }
}

impl Drop for BudgetHandle<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.withdrawn.is_some() || self.in_flight > 0 {
            self.release();
        }
        self.state().closed();
    }
}

impl fmt::Debug for BudgetHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetHandle")
            .field("withdrawn", &self.withdrawn)
            .field("committed", &self.committed)
            .finish_non_exhaustive()
    }
}
