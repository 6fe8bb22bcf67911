//! Errors that hide others which know whether another attempt can help.

#[cfg(feature = "http")]
use core::any::TypeId;
use core::error::Error;
use core::fmt;
use core::marker::PhantomData;

use super::{
    AsCause, Asks, Boxed, OnIdempotent, OnTransient, OnUnsent, Plain, Predicate, Responses,
};
#[cfg(doc)]
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Outcome, Verdict};
#[cfg(feature = "http")]
use crate::integrations::downcast::of_http_client;
use crate::integrations::downcast::{as_transient, of_a_guard};
use crate::transient::Transient;
use crate::transient::causes::{as_type, chain};

/// Retries by the outermost error of these types, the error itself or one that caused it, as
/// [`transient()`](super::transient) would: its verdict, its hint, and its [`Health`] for a breaker.
///
/// It is for errors that hide others: `anyhow::Error`, `Box<dyn Error>`, and those of pools and clients around a driver. `T` is one
/// type that is [`Transient`], or a tuple of up to eight. What is sought stands along [`Error::source`], in what an `io::Error`
/// was made of, and where an `Arc` or a `Box` points to. The [`Interrupt`] of a guard is always sought as well. Where none
/// is found, the error is final. An `io::Error` of the kind `Other` says nothing itself: what it was made of goes before it, where
/// that is sought.
///
/// With [`HttpError`](crate::http::HttpError) the errors are sought that `?` makes one of: those of `reqwest`, hyper-util and `hyper`,
/// which stand in an `anyhow::Error` as they are.
///
/// A context of `anyhow` is no cause, whatever its type: ask for it by `err(|error| error.is::<MyContext>())`.
///
/// An error that gives no source hides it from everybody, such as thiserror's `#[error(transparent)]`, which gives the source of what is
/// inside: name that type itself, or match on it.
///
/// The attribute asks a `Response`, and any other value that is [`Transient`], as well; in the run-time API say
/// [`responses()`](TransientCause::responses).
///
/// In the run-time API say [`boxed`](TransientCause::boxed) for `Box<dyn Error>` and `anyhow::Error`; the
/// attribute sees it by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::{error::Error, io};
/// use persevere::{Interrupt, Classified, Predicate, Verdict, when};
///
/// type Busy = Classified<std::fmt::Error>;
/// let retried = when::transient_cause::<(io::Error, Busy)>().boxed();
/// let verdict = |error: Box<dyn Error + Send + Sync>| retried.verdict(&Err::<(), _>(error));
///
/// assert_eq!(verdict(io::Error::from(io::ErrorKind::ConnectionReset).into()), Verdict::Retry);
/// assert_eq!(verdict(io::Error::from(io::ErrorKind::PermissionDenied).into()), Verdict::Final);
/// assert_eq!(verdict(Classified::retry(std::fmt::Error).into()), Verdict::Retry);
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
/// Whatever stands above it and is of this crate or of one of its integrations must be unsent as well: below a client that
/// follows redirects a refused connection proves nothing.
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

/// Retries by the outermost error of these types as [`idempotent(is)`](super::idempotent) would. See [`transient_cause`] and
/// [`unsent_cause`].
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

impl<T: ?Sized, K, P: Asks + Copy> TransientCause<T, K, P> {
    /// Asks the value too, such as a response: see [`OnTransient::responses`]. The attribute needs no word.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use http::StatusCode;
    /// use persevere::{Predicate, Verdict, when};
    /// use std::{error::Error, io};
    ///
    /// let hidden = when::transient_cause::<io::Error>().boxed().responses();
    /// let busy = Ok::<_, Box<dyn Error>>(StatusCode::SERVICE_UNAVAILABLE);
    /// assert_eq!(hidden.verdict(&busy), Verdict::Retry);
    /// # }
    /// ```
    pub const fn responses(self) -> Responses<Self> {
        Responses::new(self)
    }
}

impl<T: ?Sized, K> Responses<TransientCause<T, K, OnUnsent>> {
    /// See [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl<T: ?Sized, K> Responses<TransientCause<T, K, OnIdempotent>> {
    /// See [`OnIdempotent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl<T: ?Sized, K, P: Asks> Asks for TransientCause<T, K, P> {
    fn ask<A: Transient + ?Sized>(&self, asked: &A) -> Verdict {
        self.judge.ask(asked)
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

/// The error that is asked, and what hides it.
struct Found<'a> {
    sought: &'a dyn Transient,
    outermost: &'a (dyn Error + 'static),
    /// How many errors of the chain are above it.
    depth: usize,
}

impl<'a> Found<'a> {
    fn of<T: TransientTypes, O: Outcome<Error: AsCause<K>>, K>(outcome: &'a O) -> Option<Self> {
        let outermost = outcome.error()?.as_cause();
        let sought = |(depth, cause)| {
            let sought = T::known(cause).or_else(|| of_a_guard(cause))?;
            Some(Found {
                sought,
                outermost,
                depth,
            })
        };
        let mut telling = chain(outermost)
            .enumerate()
            .filter(|&(_, cause)| !says_nothing(cause));
        telling
            .find_map(sought)
            .or_else(|| chain(outermost).enumerate().find_map(sought))
    }

    /// Whether it proves something, and nothing above it knows better: a client that was redirected has sent the request,
    /// whatever its last connection failed of.
    fn proves(&self, proof: fn(&dyn Transient) -> bool) -> bool {
        let mut hiding = chain(self.outermost)
            .take(self.depth)
            .filter(|&cause| !says_nothing(cause))
            .filter_map(as_transient);
        proof(self.sought) && hiding.all(proof)
    }
}

impl Transient for Found<'_> {
    fn verdict(&self) -> Verdict {
        self.sought.verdict()
    }

    fn unsent(&self) -> bool {
        self.proves(|error| error.unsent())
    }

    fn unsent_without_redirects(&self) -> bool {
        self.proves(|error| error.unsent_without_redirects())
    }

    fn health(&self) -> Health {
        self.sought.health()
    }
}

/// An `io::Error` that was made of another by [`other`](std::io::Error::other).
#[cfg(feature = "std")]
fn says_nothing(cause: &(dyn Error + 'static)) -> bool {
    as_type::<std::io::Error>(cause)
        .is_some_and(|error| error.kind() == std::io::ErrorKind::Other && error.get_ref().is_some())
}

#[cfg(not(feature = "std"))]
fn says_nothing(_: &(dyn Error + 'static)) -> bool {
    false
}

impl<O, T, K, P> Predicate<O> for TransientCause<T, K, P>
where
    O: Outcome<Error: AsCause<K>>,
    T: TransientTypes,
    P: for<'a> Predicate<Result<(), &'a (dyn Transient + 'a)>>,
{
    fn verdict(&self, outcome: &O) -> Verdict {
        match Found::of::<T, O, K>(outcome) {
            Some(found) => self.judge.verdict(&Err(&found)),
            None => Verdict::Final,
        }
    }

    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        match Found::of::<T, O, K>(outcome) {
            Some(found) => self.judge.health(&Err(&found), verdict),
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
        match as_type::<E>(error) {
            Some(found) => Some(found),
            // The error of a client over HTTP: `?` makes an `HttpError` of it only where that is the function's error.
            #[cfg(feature = "http")]
            None if TypeId::of::<E>() == TypeId::of::<crate::http::HttpError>() => {
                of_http_client(error)
            }
            None => None,
        }
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
