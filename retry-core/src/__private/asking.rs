//! Predicates that ask the outcome whether it is transient: the attribute sees the type of its value, and so asks that
//! too where it knows, as a response does.

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::accept::{AsPredicate, Taken};
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::transient::Transient;
use crate::when::{Asks, Predicate, Responses};

/// A predicate for outcomes whose values are asked too, if it asks.
///
/// Method resolution goes on to what this dereferences to, where the first `it` does not apply.
pub struct Asking<R, P>(Taken<AsPredicate<R>, P>);

impl<R, P> Asking<R, P> {
    #[inline(always)]
    pub(super) const fn new(taken: Taken<AsPredicate<R>, P>) -> Self {
        Asking(taken)
    }

    /// Asks errors alone: what can be seen of the outcome's type is not enough.
    #[inline(always)]
    pub fn plain(self) -> Taken<AsPredicate<R>, P> {
        self.0
    }
}

impl<R: Outcome<Value: Transient>, P: Asks + Predicate<R>> Asking<R, P> {
    #[inline(always)]
    pub fn it(&mut self) -> Responses<P> {
        Responses::new(self.0.take())
    }

    #[inline(always)]
    pub fn verdict_at(mut self, outcome: &R, attempt: u32) -> Verdict {
        self.it().verdict_at(outcome, attempt)
    }

    #[inline(always)]
    pub fn health(mut self, outcome: &R, verdict: Verdict) -> Health {
        self.it().health(outcome, verdict)
    }
}

impl<R, P> Deref for Asking<R, P> {
    type Target = Taken<AsPredicate<R>, P>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<R, P> DerefMut for Asking<R, P> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<R, P> fmt::Debug for Asking<R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asking")
    }
}
