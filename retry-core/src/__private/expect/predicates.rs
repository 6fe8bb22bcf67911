//! Doors for predicates, and for waits that ask the outcome.

use core::error::Error;
use core::fmt::Display;
use core::time::Duration;

use super::{Accepted, AsWait, OutcomeType, Probe, Rejected, accepted, doors, kind};
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::call::state::RetryState;
use crate::transient::Transient;
use crate::wait::{self, FromErr, FromOutcome};
use crate::when::{
    self, AnyFailure, AsCause, Asks, CauseIs, ErrIs, Message, OnAttempt, OnErr, OnIdempotent, OnOk,
    OnOutcome, OnTransient, OnUnsent, Predicate, Responses, TransientCause, TransientTypes, Until,
};

kind!(AsPredicate<R> is Predicate<R>, else when::NeverRetry = when::never());

/// Whether the outcome's value implements `Transient`, as a response does; the attribute sees its type.
pub struct AsksValue;

/// A predicate that asks the values of outcomes too, if they implement `Transient`.
pub type Asking<R, P> = Probe<AsksValue, Accepted<AsPredicate<R>, P>>;

#[inline(always)]
const fn asking<R, P>(predicate: P) -> Asking<R, P> {
    Probe::new(accepted(predicate))
}

impl<R, P> Asking<R, P> {
    /// Asks errors alone, if the outcome's type is not known well enough.
    #[inline(always)]
    pub fn plain(self) -> Accepted<AsPredicate<R>, P> {
        self.into_inner()
    }
}

impl<R: Outcome<Value: Transient>, P: Asks + Predicate<R>> Asking<R, P> {
    #[inline(always)]
    #[allow(clippy::wrong_self_convention)]
    pub fn into_value(&mut self) -> Responses<P> {
        Responses::new(self.0.take())
    }
}

/// Accepts the value of `when`, or a part of it.
#[inline(always)]
pub const fn predicate<R, T>(
    _: OutcomeType<R>,
    value: T,
    _: fn(&T, &R) -> Verdict,
) -> Asking<R, T> {
    asking(value)
}

/// A predicate that is judged as it is.
type Judging<R, P> = Accepted<AsPredicate<R>, P>;

doors! {
    /// `err(..)`
    [R] err<F>(closure: F) -> Judging<R, OnErr<F>> = accepted(when::err(closure)),
        where [R: Outcome, F: Fn(&R::Error) -> bool];
    /// `ok(..)`
    [R] ok<F>(closure: F) -> Judging<R, OnOk<F>> = accepted(when::ok(closure)),
        where [R: Outcome, F: Fn(&R::Value) -> bool];
    /// `until(..)`
    [R] until<F>(closure: F) -> Judging<R, Until<F>> = accepted(when::until(closure)),
        where [R: Outcome, F: Fn(&R::Value) -> bool];
    /// `outcome(..)`, or a closure that stands for a predicate.
    [R] outcome<F>(closure: F) -> Judging<R, OnOutcome<F>> = accepted(when::outcome(closure)),
        where [F: Fn(&R) -> bool];
    /// `attempt(..)`
    [R] attempt<F>(closure: F) -> Judging<R, OnAttempt<F>> = accepted(when::attempt(closure)),
        where [F: Fn(&R, u32) -> bool];
    /// `any_failure()`
    [R] any_failure() -> Judging<R, AnyFailure> = accepted(when::any_failure()), where [R: Outcome];
    /// `transient()`
    [R] transient() -> Asking<R, OnTransient> = asking(when::transient()), where [R: Outcome<Error: Transient>];
    /// `unsent()`
    [R] unsent() -> Asking<R, OnUnsent> = asking(when::unsent()), where [R: Outcome<Error: Transient>];
    /// `idempotent(is)`
    [R] idempotent(is: bool) -> Asking<R, OnIdempotent> = asking(when::idempotent(is)),
        where [R: Outcome<Error: Transient>];
    /// The word of a configuration's `when`.
    [R] file_when<T>(word: T) -> Asking<R, T> = asking(word), where [R: Outcome<Error: Transient>];
    /// `message(text)`
    [R] message<T>(text: T) -> Judging<R, Message<T>> = accepted(when::message(text)),
        where [R: Outcome<Error: Display>, T: AsRef<str>];
    /// `err_is::<T>()`
    [R] err_is<T, K>() -> Judging<R, ErrIs<T, K>> = accepted(ErrIs::new()),
        where [R: Outcome<Error: AsCause<K>>, T: Error + 'static];
    /// `cause_is::<T>()`
    [R] cause_is<T, K>() -> Judging<R, CauseIs<T, K>> = accepted(CauseIs::new()),
        where [R: Outcome<Error: AsCause<K>>, T: Error + 'static];
    /// `transient_cause::<T>()`
    [R] transient_cause<T, K>() -> Asking<R, TransientCause<T, K, OnTransient>> =
        asking(TransientCause::new(when::transient())), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `unsent_cause::<T>()`
    [R] unsent_cause<T, K>() -> Asking<R, TransientCause<T, K, OnUnsent>> =
        asking(TransientCause::new(when::unsent())), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `idempotent_cause::<T>(is)`
    [R] idempotent_cause<T, K>(is: bool) -> Asking<R, TransientCause<T, K, OnIdempotent>> =
        asking(TransientCause::new(when::idempotent(is))), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `from_err(..)`
    [R] from_err<F>(closure: F) -> FromErr<F> = wait::from_err(closure),
        where [R: Outcome, F: Fn(&R::Error) -> Option<Duration>];
    /// `from_outcome(..)`
    [R] from_outcome<F>(closure: F) -> FromOutcome<F> = wait::from_outcome(closure),
        where [F: Fn(&R) -> Option<Duration>];
    /// `from_err(..)` with its `or`: a mistake in it is an error already.
    [R] checked_wait<T>(value: T) -> Accepted<AsWait<R>, T> = accepted(value);
    /// A closure that stands for a wait.
    [R] wait_closure<F>(closure: F) -> Accepted<AsWait<R>, F> = accepted(closure),
        where [F: Fn(&RetryState<'_, R>) -> Duration];
}

/// The predicate of a stream's arms, by functions for the verdict and for the health of the service.
#[inline(always)]
pub const fn verdicts<R, F, H>(_: OutcomeType<R>, verdict: F, health: H) -> Verdicts<F, H>
where
    F: Fn(&R, AttemptNumber) -> Verdict,
    H: Fn(&R, Verdict) -> Health,
{
    Verdicts { verdict, health }
}

/// The predicate that [`verdicts`] returns.
pub struct Verdicts<F, H> {
    verdict: F,
    health: H,
}

#[diagnostic::do_not_recommend]
impl<R, F, H> Predicate<R> for Verdicts<F, H>
where
    F: Fn(&R, AttemptNumber) -> Verdict,
    H: Fn(&R, Verdict) -> Health,
{
    fn verdict(&self, outcome: &R) -> Verdict {
        self.verdict_at(outcome, 1)
    }

    fn verdict_at(&self, outcome: &R, attempt: u32) -> Verdict {
        (self.verdict)(outcome, AttemptNumber(attempt))
    }

    fn health(&self, outcome: &R, verdict: Verdict) -> Health {
        (self.health)(outcome, verdict)
    }
}

/// The number of an attempt, in place of the call that counts it.
#[derive(Clone, Copy)]
pub struct AttemptNumber(u32);

impl AttemptNumber {
    #[inline(always)]
    pub const fn attempt(&self) -> u32 {
        self.0
    }
}
