//! Errors that hide others which know whether another attempt can help.

use core::error::Error;
use core::fmt;
use core::marker::PhantomData;

use super::{AsCause, Boxed, OnIdempotent, OnTransient, OnUnsent, Plain, Predicate};
use crate::interrupt::Interrupt;
use crate::outcome::{Health, Outcome, Verdict};
use crate::source_chain::{as_type, chain};
use crate::transient::Transient;

/// Retries by the outermost error of these types, the error itself or one that caused it, as
/// [`transient()`](super::transient) would: its verdict, its hint, and its [`Health`] for a breaker.
///
/// It is for errors that hide others: `anyhow::Error`, `Box<dyn Error>`, and those of pools and clients around a driver. `T` is one
/// type that is [`Transient`], or a tuple of up to eight. What is sought stands along [`Error::source`], in what an `io::Error`
/// was made of, and where an `Arc` or a `Box` points to. The [`Interrupt`] of a guard is always sought as well. Where none
/// is found, the error is final.
///
/// An error that gives no source hides it from everybody, such as thiserror's `#[error(transparent)]`, which gives the source of what is
/// inside: name that type itself, or match on it.
///
/// In the run-time API say [`boxed`](TransientCause::boxed) for `Box<dyn Error>` and `anyhow::Error`; the
/// attribute sees it by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::{error::Error, io};
/// use persevere::{Interrupt, Judged, Predicate, Verdict, when};
///
/// type Busy = Judged<std::fmt::Error>;
/// let retried = when::transient_cause::<(io::Error, Busy)>().boxed();
/// let verdict = |error: Box<dyn Error + Send + Sync>| retried.verdict(&Err::<(), _>(error));
///
/// assert_eq!(verdict(io::Error::from(io::ErrorKind::ConnectionReset).into()), Verdict::Retry);
/// assert_eq!(verdict(io::Error::from(io::ErrorKind::PermissionDenied).into()), Verdict::Final);
/// assert_eq!(verdict(Judged::retry(std::fmt::Error).into()), Verdict::Retry);
/// assert_eq!(verdict(Interrupt::AttemptTimeout.into()), Verdict::Retry);
/// assert_eq!(verdict("no such user".into()), Verdict::Final);
/// ```
#[inline]
pub const fn transient_cause<T: TransientTypes>() -> TransientCause<T> {
    TransientCause::new(super::transient())
}

/// Retries by the outermost error of these types as [`unsent()`](super::unsent) would: for what is not idempotent. See
/// [`transient_cause`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let unsent = when::unsent_cause::<io::Error>().boxed();
/// let verdict = |kind: io::ErrorKind| {
///     let error = Box::<dyn std::error::Error>::from(io::Error::from(kind));
///     unsent.verdict(&Err::<(), _>(error))
/// };
/// assert_eq!(verdict(io::ErrorKind::ConnectionRefused), Verdict::Retry);
/// assert_eq!(verdict(io::ErrorKind::ConnectionReset), Verdict::Final);
/// ```
#[inline]
pub const fn unsent_cause<T: TransientTypes>() -> TransientCause<T, Plain, OnUnsent> {
    TransientCause::new(super::unsent())
}

/// Retries by the outermost error of these types as [`idempotent(is)`](super::idempotent) would. See [`transient_cause`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let reset = || Err::<(), Box<dyn std::error::Error>>(io::Error::from(io::ErrorKind::ConnectionReset).into());
/// assert_eq!(when::idempotent_cause::<io::Error>(true).boxed().verdict(&reset()), Verdict::Retry);
/// assert_eq!(when::idempotent_cause::<io::Error>(false).boxed().verdict(&reset()), Verdict::Final);
/// ```
#[inline]
pub const fn idempotent_cause<T: TransientTypes>(
    is: bool,
) -> TransientCause<T, Plain, OnIdempotent> {
    TransientCause::new(super::idempotent(is))
}

/// See [`transient_cause`]. `K` is how the outcome's error shows its chain, [`Plain`] or [`Boxed`]; `P` judges what is
/// found.
pub struct TransientCause<T: ?Sized, K = Plain, P = OnTransient> {
    judge: P,
    sought: PhantomData<fn(&T) -> K>,
}

impl<T: ?Sized, K, P> TransientCause<T, K, P> {
    pub(crate) const fn new(judge: P) -> Self {
        TransientCause {
            judge,
            sought: PhantomData,
        }
    }
}

impl<T: ?Sized, P: Copy> TransientCause<T, Plain, P> {
    /// The same for an outcome whose error is `Box<dyn Error>` or `anyhow::Error`.
    pub const fn boxed(self) -> TransientCause<T, Boxed, P> {
        TransientCause::new(self.judge)
    }
}

impl<T: ?Sized, K> TransientCause<T, K, OnUnsent> {
    /// The client follows no redirects: see [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        TransientCause::new(self.judge.no_redirects())
    }
}

impl<T: ?Sized, K> TransientCause<T, K, OnIdempotent> {
    /// The client follows no redirects: see [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        TransientCause::new(self.judge.no_redirects())
    }
}

impl<T: ?Sized, K, P: Clone> Clone for TransientCause<T, K, P> {
    fn clone(&self) -> Self {
        TransientCause::new(self.judge.clone())
    }
}

impl<T: ?Sized, K, P: Copy> Copy for TransientCause<T, K, P> {}

impl<T: ?Sized, K, P: fmt::Debug> fmt::Debug for TransientCause<T, K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TransientCause").field(&self.judge).finish()
    }
}

impl<T: TransientTypes, K, P> TransientCause<T, K, P> {
    /// The outermost cause that can be asked.
    fn found<'a, O: Outcome<Error: AsCause<K>>>(
        &self,
        outcome: &'a O,
    ) -> Option<&'a (dyn Transient + 'a)> {
        let known = |cause| T::known(cause).or_else(|| of_a_guard(cause));
        chain(outcome.error()?.as_cause()).find_map(known)
    }
}

/// The refusal of a guard, which is always sought.
fn of_a_guard<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
    #[cfg(feature = "std")]
    if let Some(open) = as_type::<crate::breaker::CircuitOpen>(cause) {
        return Some(open);
    }
    let interrupt = as_type::<Interrupt>(cause)?;
    Some(interrupt)
}

impl<O, T, K, P> Predicate<O> for TransientCause<T, K, P>
where
    O: Outcome<Error: AsCause<K>>,
    T: TransientTypes,
    P: for<'a> Predicate<Result<(), &'a (dyn Transient + 'a)>>,
{
    fn verdict(&self, outcome: &O) -> Verdict {
        match self.found(outcome) {
            Some(found) => self.judge.verdict(&Err(found)),
            None => Verdict::Final,
        }
    }

    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        match self.found(outcome) {
            Some(found) => self.judge.health(&Err(found), verdict),
            None => Health::from(verdict),
        }
    }
}

/// The types of errors that [`transient_cause`] looks for: one that is [`Transient`], or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked whether it is transient",
    label = "expected a type that is `Transient` and an `Error`, or a tuple of up to eight",
    note = "implement `persevere::Transient` for it, by `#[derive(persevere::Transient)]` if it is yours, and `std::error::Error`",
    note = "errors of `hyper` 1, `redis` from 1.2, `reqwest` 0.13, `rusqlite` 0.37 to 0.43, `sqlx` 0.9, `tokio-postgres` 0.7, `tonic` 0.14, and tokio's `Elapsed`, are it with the feature of `persevere` that has the crate's name; the same errors of another version are other types",
    note = "where the type alone tells: `when = cause_is::<MyError>()`"
)]
pub trait TransientTypes {
    /// The error, if it is of one of the types.
    fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient>;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + Error + 'static> TransientTypes for E {
    fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
        let found = as_type::<E>(error)?;
        Some(found)
    }
}

macro_rules! tuples {
    ($($($member:ident)+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($member: Transient + Error + 'static),+> TransientTypes for ($($member,)+) {
            fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
                None$(.or_else(|| $member::known(error)))+
            }
        }
    )+};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
