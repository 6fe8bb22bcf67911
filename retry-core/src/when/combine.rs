//! Combinations of predicates: `|`, `&` and `!`.

use core::fmt;
use core::ops::{BitAnd, BitOr, Not as NotOperator};

use persevere_words::describe::Combination;

use super::contract::phrase;
use super::{
    Always, AnyFailure, BoxPredicate, CauseIs, ErrIs, Message, NeverRetry, OnAttempt, OnErr,
    OnIdempotent, OnOk, OnOutcome, OnTransient, OnUnsent, Predicate, Responses, TransientCause,
    Until,
};
use crate::call::outcome::{Health, Verdict};

/// A predicate that retries if either of two does: `a | b`.
///
/// The longer of two hints holds. The service's [`Health`] is that of the predicate that asks the error, if
/// one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Or<A, B>(pub(crate) A, pub(crate) B);

/// A predicate that retries if both of two do: `a & b`.
///
/// The longer of two hints holds. The service's [`Health`] is that of the predicate that asks the error, if
/// one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct And<A, B>(pub(crate) A, pub(crate) B);

/// A predicate that retries if another does not: `!a`. The service's [`Health`] is not inverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Not<P>(pub(crate) P);

impl<O: ?Sized, A: Predicate<O>, B: Predicate<O>> Predicate<O> for Or<A, B> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        self.0.verdict(outcome).or(self.1.verdict(outcome))
    }

    #[inline]
    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        let first = self.0.verdict_at(outcome, attempt);
        first.or(self.1.verdict_at(outcome, attempt))
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        let first = self.0.health(outcome, verdict);
        first.or_if_assumed(verdict, || self.1.health(outcome, verdict))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::EitherPredicate.of(f, &[&phrase(&self.0), &phrase(&self.1)])
    }

    fn has_hints(&self) -> bool {
        self.0.has_hints() || self.1.has_hints()
    }
}

impl<O: ?Sized, A: Predicate<O>, B: Predicate<O>> Predicate<O> for And<A, B> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        self.0.verdict(outcome).and(self.1.verdict(outcome))
    }

    #[inline]
    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        let first = self.0.verdict_at(outcome, attempt);
        first.and(self.1.verdict_at(outcome, attempt))
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        let first = self.0.health(outcome, verdict);
        first.or_if_assumed(verdict, || self.1.health(outcome, verdict))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::BothPredicates.of(f, &[&phrase(&self.0), &phrase(&self.1)])
    }

    fn has_hints(&self) -> bool {
        self.0.has_hints() || self.1.has_hints()
    }
}

impl<O: ?Sized, P: Predicate<O>> Predicate<O> for Not<P> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if(!self.0.verdict(outcome).is_retry())
    }

    #[inline]
    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        Verdict::retry_if(!self.0.verdict_at(outcome, attempt).is_retry())
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        self.0.health(outcome, verdict)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::NoPredicate.of(f, &[&phrase(&self.0)])
    }
}

macro_rules! predicate_operators {
    ($([$($generics:tt)*] $predicate:ty),+ $(,)?) => {$(
        impl<$($generics)* Other> BitOr<Other> for $predicate {
            type Output = Or<Self, Other>;

            #[inline]
            fn bitor(self, other: Other) -> Self::Output {
                Or(self, other)
            }
        }

        impl<$($generics)* Other> BitAnd<Other> for $predicate {
            type Output = And<Self, Other>;

            #[inline]
            fn bitand(self, other: Other) -> Self::Output {
                And(self, other)
            }
        }

        impl<$($generics)*> $predicate {
            /// Erases the type, so that two predicates can stand in an `if`, and one in a field: see
            /// [`BoxPredicate`].
            pub fn boxed<Outcome: ?Sized>(self) -> BoxPredicate<Outcome>
            where
                Self: Predicate<Outcome> + Send + Sync + 'static,
            {
                BoxPredicate::new(self)
            }
        }

        impl<$($generics)*> NotOperator for $predicate {
            type Output = Not<Self>;

            #[inline]
            fn not(self) -> Self::Output {
                Not(self)
            }
        }
    )+};
}

predicate_operators!(
    [] AnyFailure,
    [] Always,
    [] NeverRetry,
    [F,] OnErr<F>,
    [F,] OnOk<F>,
    [F,] Until<F>,
    [F,] OnOutcome<F>,
    [F,] OnAttempt<F>,
    [] OnTransient,
    [] OnUnsent,
    [] OnIdempotent,
    [P,] Responses<P>,
    [M,] Message<M>,
    [T: ?Sized, K,] ErrIs<T, K>,
    [T: ?Sized, K,] CauseIs<T, K>,
    [T: ?Sized, K, P,] TransientCause<T, K, P>,
    [A, B,] Or<A, B>,
    [A, B,] And<A, B>,
    [P,] Not<P>,
    [O: ?Sized,] BoxPredicate<O>,
);
