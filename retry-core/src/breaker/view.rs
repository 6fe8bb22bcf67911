//! A breaker with another opinion of what counts.

use super::{Breaker, CircuitBreaker, Weight};
use crate::outcome::Verdict;
use crate::when::Predicate;

impl CircuitBreaker {
    /// A view in which the outcomes that `what_counts` picks are failures, and all others successes,
    /// whatever is retried. It shares the breaker's state.
    ///
    /// An attempt that timed out is judged by what its interrupt became: pick that too, or the breaker
    /// does not see a service that hangs. One that a deadline cut is a failure in every view.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io::{Error, ErrorKind};
    /// use persevere::breaker::State;
    /// use persevere::{CircuitBreaker, when};
    ///
    /// static FILES: CircuitBreaker = CircuitBreaker::new("files").consecutive(1);
    ///
    /// let slow = FILES.failures(when::err(|e: &Error| e.kind() == ErrorKind::TimedOut));
    /// let _ = slow.call(|| Err::<(), _>(Error::from(ErrorKind::NotFound)));
    /// assert_eq!(FILES.state(), State::Closed);
    /// let _ = slow.call(|| Err::<(), _>(Error::from(ErrorKind::TimedOut)));
    /// assert_eq!(FILES.state(), State::Open);
    /// ```
    pub const fn failures<P>(&self, what_counts: P) -> View<&CircuitBreaker, P> {
        View::new(self, what_counts, Weight::Failure)
    }

    /// A view in which the outcomes that `what_is_ignored` picks change no count and return their
    /// permit, as of calls that were cancelled. It shares the breaker's state.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::breaker::State;
    /// use persevere::{CircuitBreaker, when};
    ///
    /// static STOCK: CircuitBreaker = CircuitBreaker::new("stock").consecutive(1);
    ///
    /// let known = STOCK.ignoring(when::outcome(Option::<u8>::is_none));
    /// known.call(|| None);
    /// assert_eq!(STOCK.state(), State::Closed);
    /// assert_eq!(STOCK.counts().ignored, 1);
    /// ```
    pub const fn ignoring<P>(&self, what_is_ignored: P) -> View<&CircuitBreaker, P> {
        View::new(self, what_is_ignored, Weight::Ignored)
    }
}

/// A breaker with another opinion of what counts: see [`CircuitBreaker::failures`] and
/// [`CircuitBreaker::ignoring`], which can follow each other in any order.
#[derive(Clone, Copy, Debug)]
pub struct View<B, P> {
    breaker: B,
    picks: P,
    picked: Weight,
}

impl<B, P> View<B, P> {
    const fn new(breaker: B, picks: P, picked: Weight) -> Self {
        View {
            breaker,
            picks,
            picked,
        }
    }

    /// As [`CircuitBreaker::failures`], of this view.
    pub const fn failures<Q>(self, what_counts: Q) -> View<Self, Q> {
        View::new(self, what_counts, Weight::Failure)
    }

    /// As [`CircuitBreaker::ignoring`], of this view.
    pub const fn ignoring<Q>(self, what_is_ignored: Q) -> View<Self, Q> {
        View::new(self, what_is_ignored, Weight::Ignored)
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, B: Breaker<O>, P: Predicate<O>> Breaker<O> for View<B, P> {
    #[inline]
    fn circuit(&self) -> &CircuitBreaker {
        self.breaker.circuit()
    }

    #[inline]
    fn weigh(&self, outcome: &O, verdict: Verdict) -> Weight {
        let picked = self.picks.verdict(outcome);
        match self.picked {
            Weight::Ignored if picked.is_retry() => Weight::Ignored,
            Weight::Failure => self.breaker.weigh(outcome, picked),
            _ => self.breaker.weigh(outcome, verdict),
        }
    }

    #[inline]
    fn waits(&self) -> bool {
        self.breaker.waits()
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, B: Breaker<O>, P: Predicate<O>> Breaker<O> for &View<B, P> {
    #[inline]
    fn circuit(&self) -> &CircuitBreaker {
        Breaker::<O>::circuit(*self)
    }

    #[inline]
    fn weigh(&self, outcome: &O, verdict: Verdict) -> Weight {
        (**self).weigh(outcome, verdict)
    }

    #[inline]
    fn waits(&self) -> bool {
        (**self).waits()
    }
}
