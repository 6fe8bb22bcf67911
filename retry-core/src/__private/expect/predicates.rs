//! Doors for predicates, and for waits that ask the outcome.

use core::error::Error;
use core::fmt::Display;
use core::time::Duration;

use super::{Accepted, AsWait, OutcomeType, Probe, Rejected, accepted, kind};
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::call::state::RetryState;
use crate::transient::Transient;
use crate::wait::{self, FromErr, FromOutcome};
use crate::when::{
    self, AnyFailure, AsCause, Asks, CauseIs, ErrIs, Message, OnAttempt, OnErr, OnIdempotent, OnOk,
    OnOutcome, OnTransient, OnUnsent, Predicate, Responses, TransientCause, TransientTypes,
};

kind!(AsPredicate<R> is Predicate<R>, else when::NeverRetry = when::never());

impl<R, T: Predicate<R>> Accepted<AsPredicate<R>, T> {
    /// Returns the verdict of the predicate on an attempt's outcome.
    #[inline(always)]
    pub fn verdict_at(&self, outcome: &R, attempt: u32) -> Verdict {
        self.0.get().verdict_at(outcome, attempt)
    }

    /// Returns the health of the service by the predicate.
    #[inline(always)]
    pub fn health(&self, outcome: &R, verdict: Verdict) -> Health {
        self.0.get().health(outcome, verdict)
    }
}

impl<R, T> Rejected<AsPredicate<R>, T> {
    pub fn verdict_at(&self, _: &R, _: u32) -> Verdict {
        Verdict::Final
    }

    pub fn health(&self, _: &R, verdict: Verdict) -> Health {
        verdict.into()
    }
}

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
    pub fn into_value(self) -> Responses<P> {
        Responses::new(self.into_inner().unwrap())
    }

    #[inline(always)]
    pub fn verdict_at(self, outcome: &R, attempt: u32) -> Verdict {
        self.into_value().verdict_at(outcome, attempt)
    }

    #[inline(always)]
    pub fn health(self, outcome: &R, verdict: Verdict) -> Health {
        self.into_value().health(outcome, verdict)
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

/// Emits the doors of predicates: words of `when`, which take the outcome's type first.
macro_rules! predicates {
    ($(
        #[doc = $doc:literal]
        $word:ident $(<$($param:ident),+>)? ($($arg:ident: $of:ty)?) -> $type:ty = $made:expr, where [$($bound:tt)*];
    )+) => {$(
        #[doc = $doc]
        #[inline(always)]
        pub const fn $word<R $(, $($param),+)?>(_: OutcomeType<R> $(, $arg: $of)?) -> $type
        where
            $($bound)*
        {
            $made
        }
    )+};
}

/// A predicate that is judged as it is.
type Judging<R, P> = Accepted<AsPredicate<R>, P>;

predicates! {
    /// `err(..)`
    err<F>(closure: F) -> Judging<R, OnErr<F>> = accepted(when::err(closure)),
        where [R: Outcome, F: Fn(&R::Error) -> bool];
    /// `ok(..)`
    ok<F>(closure: F) -> Judging<R, OnOk<F>> = accepted(when::ok(closure)),
        where [R: Outcome, F: Fn(&R::Value) -> bool];
    /// `outcome(..)`, or a closure that stands for a predicate.
    outcome<F>(closure: F) -> Judging<R, OnOutcome<F>> = accepted(when::outcome(closure)),
        where [F: Fn(&R) -> bool];
    /// `attempt(..)`
    attempt<F>(closure: F) -> Judging<R, OnAttempt<F>> = accepted(when::attempt(closure)),
        where [F: Fn(&R, u32) -> bool];
    /// `any_failure()`
    any_failure() -> Judging<R, AnyFailure> = accepted(when::any_failure()), where [R: Outcome];
    /// `transient()`
    transient() -> Asking<R, OnTransient> = asking(when::transient()), where [R: Outcome<Error: Transient>];
    /// `unsent()`
    unsent() -> Asking<R, OnUnsent> = asking(when::unsent()), where [R: Outcome<Error: Transient>];
    /// `idempotent(is)`
    idempotent(is: bool) -> Asking<R, OnIdempotent> = asking(when::idempotent(is)),
        where [R: Outcome<Error: Transient>];
    /// `message(text)`
    message<T>(text: T) -> Judging<R, Message<T>> = accepted(when::message(text)),
        where [R: Outcome<Error: Display>, T: AsRef<str>];
    /// `err_is::<T>()`
    err_is<T, K>() -> Judging<R, ErrIs<T, K>> = accepted(ErrIs::new()),
        where [R: Outcome<Error: AsCause<K>>, T: Error + 'static];
    /// `cause_is::<T>()`
    cause_is<T, K>() -> Judging<R, CauseIs<T, K>> = accepted(CauseIs::new()),
        where [R: Outcome<Error: AsCause<K>>, T: Error + 'static];
    /// `transient_cause::<T>()`
    transient_cause<T, K>() -> Asking<R, TransientCause<T, K, OnTransient>> =
        asking(TransientCause::new(when::transient())), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `unsent_cause::<T>()`
    unsent_cause<T, K>() -> Asking<R, TransientCause<T, K, OnUnsent>> =
        asking(TransientCause::new(when::unsent())), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `idempotent_cause::<T>(is)`
    idempotent_cause<T, K>(is: bool) -> Asking<R, TransientCause<T, K, OnIdempotent>> =
        asking(TransientCause::new(when::idempotent(is))), where [R: Outcome<Error: AsCause<K>>, T: TransientTypes];
    /// `from_err(..)`
    from_err<F>(closure: F) -> FromErr<F> = wait::from_err(closure),
        where [R: Outcome, F: Fn(&R::Error) -> Option<Duration>];
    /// `from_outcome(..)`
    from_outcome<F>(closure: F) -> FromOutcome<F> = wait::from_outcome(closure),
        where [F: Fn(&R) -> Option<Duration>];
    /// `from_err(..)` with its `or`: a mistake in it is an error already.
    checked_wait<T>(value: T) -> Accepted<AsWait<R>, T> = accepted(value), where [];
    /// A closure that stands for a wait.
    wait_closure<F>(closure: F) -> Accepted<AsWait<R>, F> = accepted(closure),
        where [F: Fn(&RetryState<'_, R>) -> Duration];
}
