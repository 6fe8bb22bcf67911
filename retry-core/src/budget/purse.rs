//! One call's account with a budget.

use core::fmt;
use std::sync::Arc;

use super::fund::{Fund, Token};
use crate::time::clock::Instant;

/// What a call draws from its budget, from its beginning to its end.
///
/// Dropped, it gives back what was drawn and not spent.
pub struct Purse<'a> {
    fund: Held<'a>,
    clock: fn() -> Instant,
    /// Paid for; not begun.
    drawn: Option<Token>,
    /// To be paid for when it begins.
    due: bool,
    /// A further copy that was paid for; between two budgets alone.
    copy: Option<Token>,
    /// What the last retry cost that began.
    spent: Option<Token>,
    /// Retries and copies that began since the last draw.
    flying: u32,
}

enum Held<'a> {
    Borrowed(&'a Arc<Fund>),
    Shared(Arc<Fund>),
}

impl<'a> Purse<'a> {
    #[inline]
    pub(super) fn borrowed(fund: &'a Arc<Fund>, clock: fn() -> Instant) -> Self {
        fund.opened(clock);
        Purse::new(Held::Borrowed(fund), clock)
    }

    pub(super) fn sharing(fund: Arc<Fund>, clock: fn() -> Instant) -> Self {
        fund.opened(clock);
        Purse::new(Held::Shared(fund), clock)
    }

    #[inline]
    const fn new(fund: Held<'a>, clock: fn() -> Instant) -> Self {
        Purse {
            fund,
            clock,
            drawn: None,
            due: false,
            copy: None,
            spent: None,
            flying: 0,
        }
    }

    #[inline]
    fn fund(&self) -> &Arc<Fund> {
        match &self.fund {
            Held::Borrowed(fund) => fund,
            Held::Shared(fund) => fund,
        }
    }

    /// Whether it is an account with this fund.
    pub(crate) fn is_of(&self, fund: &Arc<Fund>) -> bool {
        Arc::ptr_eq(self.fund(), fund)
    }

    /// An attempt ended with a retryable outcome.
    #[inline]
    pub fn failed(&mut self) {
        self.fund().failed();
    }

    /// Pays for one retry, after an attempt that timed out or not; `false` if the budget refuses.
    #[must_use = "without it there is no retry"]
    pub fn draw(&mut self, timed_out: bool) -> bool {
        self.settle();
        self.drawn = self.fund().draw(self.clock, timed_out);
        self.drawn.is_some()
    }

    /// Whether a retry may be refused after its pause.
    pub(crate) fn may_refuse_late(&self) -> bool {
        self.fund().draws_when_it_begins()
    }

    /// Pays for one retry whose pause begins; a budget of what is in flight is asked when it is over.
    pub(crate) fn draw_for_pause(&mut self, timed_out: bool) -> bool {
        if !self.may_refuse_late() {
            return self.draw(timed_out);
        }
        self.settle();
        self.due = true;
        true
    }

    /// The pause is over: pays for what is due.
    pub(crate) fn pay_due(&mut self) -> bool {
        if self.due {
            self.drawn = self.fund().draw(self.clock, false);
        }
        !self.due || self.drawn.is_some()
    }

    /// The retry does not begin yet: what was due is due again.
    pub(crate) fn postpone(&mut self) {
        if self.due {
            self.undraw();
        }
    }

    /// The retry begins that was paid for.
    pub fn spend(&mut self) {
        self.due = false;
        if let Some(token) = self.drawn.take() {
            self.spent = Some(token);
            self.flying += 1;
        }
    }

    /// Pays for a further copy of an attempt, which begins at once.
    #[must_use = "without it there is no copy"]
    pub fn draw_copy(&mut self) -> bool {
        let paid = self.pay_copy();
        self.begin_copy();
        paid
    }

    /// Pays for a further copy, which [begins](Purse::begin_copy) unless another budget refuses.
    pub(crate) fn pay_copy(&mut self) -> bool {
        self.copy = self.fund().draw(self.clock, false);
        self.copy.is_some()
    }

    /// The copy begins that was paid for. Its cost is never refunded.
    pub(crate) fn begin_copy(&mut self) {
        if self.copy.take().is_some() {
            self.flying += 1;
        }
    }

    /// The copy that was paid for does not begin.
    pub(crate) fn undraw_copy(&mut self) {
        if let Some(token) = self.copy.take() {
            self.fund().give_back(token);
        }
    }

    /// The retry that was paid for does not begin.
    pub(crate) fn undraw(&mut self) {
        if let Some(token) = self.drawn.take() {
            self.fund().give_back(token);
        }
    }

    /// The call ended well.
    #[inline]
    pub fn succeeded(&mut self) {
        self.fund().succeeded(self.spent);
    }

    /// The attempt ended, and all its copies.
    #[inline]
    pub(crate) fn land(&mut self) {
        if self.flying > 0 {
            self.fund().landed(self.flying);
            self.flying = 0;
        }
    }

    /// What was drawn goes back, and what was in flight has landed.
    #[cold]
    fn settle(&mut self) {
        self.undraw();
        self.land();
    }
}

impl Drop for Purse<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.drawn.is_some() || self.flying > 0 {
            self.settle();
        }
        self.fund().closed();
    }
}

impl fmt::Debug for Purse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purse")
            .field("drawn", &self.drawn)
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}
