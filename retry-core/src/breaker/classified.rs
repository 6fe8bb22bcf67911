//! A breaker with its own rule of failures.

use core::time::Duration;

use super::call_result::CallResult;
use super::circuit_breaker::CircuitBreaker;
use super::classify::Breaker;
use crate::call::outcome::{Health, Verdict};
use crate::when::{OnTransient, Predicate, transient};

impl CircuitBreaker {
    /// Returns a view in which the outcomes that `what_counts` picks are failures, and all others successes,
    /// whatever is retried. It shares the breaker's state.
    ///
    /// An attempt that timed out is judged by the outcome of its interrupt: pick that too, or the breaker
    /// does not see a service that hangs. An attempt that a deadline cut is a failure in every view.
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
    pub const fn failures<P>(&self, what_counts: P) -> ClassifiedBreaker<&CircuitBreaker, P> {
        ClassifiedBreaker::new(self, what_counts, Opinion::Fails)
    }

    /// Returns a view in which the outcomes that `what_is_ignored` picks change no count and return their
    /// permit, as cancelled calls do. It shares the breaker's state.
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
    pub const fn ignoring<P>(&self, what_is_ignored: P) -> ClassifiedBreaker<&CircuitBreaker, P> {
        ClassifiedBreaker::new(self, what_is_ignored, Opinion::Ignores)
    }

    /// Returns a view that asks the error for the state of the service,
    /// [`Transient::health`](crate::Transient::health), whatever is retried. It shares the breaker's state.
    ///
    /// It is for [`call`](CircuitBreaker::call), [`call_async`](CircuitBreaker::call_async),
    /// `#[circuit_breaker(PAYMENTS.by_error())]` and `CircuitBreakerLayer`. These take any error, and count
    /// each as a failure, since it is unknown there whether its type implements
    /// [`Transient`](crate::Transient). A policy with `when = transient()` asks the error by itself.
    ///
    /// A response with a 503 in an `Ok` is a success, unless `or_http_error()` makes an error of it.
    ///
    /// An attempt that timed out is judged by the outcome of its interrupt, as in every view.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io::{Error, ErrorKind};
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::State;
    ///
    /// static FILES: CircuitBreaker = CircuitBreaker::new("files").consecutive(1);
    ///
    /// let _ = FILES.by_error().call(|| Err::<(), _>(Error::from(ErrorKind::NotFound)));
    /// assert_eq!(FILES.state(), State::Closed); // the service has answered
    /// let _ = FILES.by_error().call(|| Err::<(), _>(Error::from(ErrorKind::TimedOut)));
    /// assert_eq!(FILES.state(), State::Open);
    /// ```
    pub const fn by_error(&self) -> ClassifiedBreaker<&CircuitBreaker, OnTransient> {
        ClassifiedBreaker::new(self, transient(), Opinion::Health)
    }
}

/// A breaker with its own rule of failures: see [`CircuitBreaker::failures`], [`CircuitBreaker::ignoring`]
/// and [`CircuitBreaker::by_error`], which can follow each other in any order.
#[derive(Clone, Copy, Debug)]
pub struct ClassifiedBreaker<B, P> {
    breaker: B,
    picks: P,
    opinion: Opinion,
}

/// The question that the predicate of a view answers.
#[derive(Clone, Copy, Debug)]
enum Opinion {
    /// Which outcomes are failures.
    Fails,
    /// Which outcomes are ignored.
    Ignores,
    /// The state of the service.
    Health,
}

impl<B, P> ClassifiedBreaker<B, P> {
    const fn new(breaker: B, picks: P, opinion: Opinion) -> Self {
        ClassifiedBreaker {
            breaker,
            picks,
            opinion,
        }
    }

    /// Returns a view of this view, as [`CircuitBreaker::failures`] does.
    pub const fn failures<Q>(self, what_counts: Q) -> ClassifiedBreaker<Self, Q> {
        ClassifiedBreaker::new(self, what_counts, Opinion::Fails)
    }

    /// Returns a view of this view, as [`CircuitBreaker::ignoring`] does.
    pub const fn ignoring<Q>(self, what_is_ignored: Q) -> ClassifiedBreaker<Self, Q> {
        ClassifiedBreaker::new(self, what_is_ignored, Opinion::Ignores)
    }

    /// Returns a view of this view, as [`CircuitBreaker::by_error`] does.
    pub const fn by_error(self) -> ClassifiedBreaker<Self, OnTransient> {
        ClassifiedBreaker::new(self, transient(), Opinion::Health)
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, B: Breaker<O>, P: Predicate<O>> Breaker<O> for ClassifiedBreaker<B, P> {
    #[inline]
    fn circuit(&self) -> &CircuitBreaker {
        self.breaker.circuit()
    }

    #[inline]
    fn classify(&self, outcome: &O, verdict: Verdict) -> CallResult {
        self.classify_health(outcome, verdict.into())
    }

    #[inline]
    fn classify_health(&self, outcome: &O, health: Health) -> CallResult {
        let picked = self.picks.verdict(outcome);
        let health = match self.opinion {
            Opinion::Ignores if picked.is_retry() => return CallResult::Ignored,
            Opinion::Ignores => health,
            Opinion::Fails => picked.into(),
            Opinion::Health => self.picks.health(outcome, picked),
        };
        self.breaker.classify_health(outcome, health)
    }

    #[inline]
    fn hint(&self, outcome: &O, verdict: Verdict) -> Option<Duration> {
        let own = match self.opinion {
            Opinion::Ignores => None,
            Opinion::Fails | Opinion::Health => self.picks.verdict(outcome).hint(),
        };
        own.or_else(|| self.breaker.hint(outcome, verdict))
    }

    #[inline]
    fn waits(&self) -> bool {
        self.breaker.waits()
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, B: Breaker<O>, P: Predicate<O>> Breaker<O> for &ClassifiedBreaker<B, P> {
    #[inline]
    fn circuit(&self) -> &CircuitBreaker {
        Breaker::<O>::circuit(*self)
    }

    #[inline]
    fn classify(&self, outcome: &O, verdict: Verdict) -> CallResult {
        (**self).classify(outcome, verdict)
    }

    #[inline]
    fn classify_health(&self, outcome: &O, health: Health) -> CallResult {
        (**self).classify_health(outcome, health)
    }

    #[inline]
    fn hint(&self, outcome: &O, verdict: Verdict) -> Option<Duration> {
        (**self).hint(outcome, verdict)
    }

    #[inline]
    fn waits(&self) -> bool {
        (**self).waits()
    }
}
