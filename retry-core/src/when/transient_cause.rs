//! Predicates on errors that hide a transient one.

#[cfg(feature = "http")]
use core::any::TypeId;
use core::any::type_name;
use core::error::Error;
use core::fmt;
use core::marker::PhantomData;

use super::{
    AsCause, Asks, DynError, OnIdempotent, OnTransient, OnUnsent, Plain, Predicate, Responses,
};
#[cfg(doc)]
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Outcome, Verdict};
#[cfg(feature = "http")]
use crate::integrations::downcast::of_http_client;
use crate::integrations::downcast::{as_transient, of_a_guard};
use crate::transient::Transient;
use crate::transient::causes::{as_type, chain};

/// Retries by the outermost error of these types, which is the error itself or one of its causes.
///
/// It decides as with [`transient()`](super::transient): its verdict, its hint, and its [`Health`] for a
/// breaker.
///
/// It is for errors that hide others: `anyhow::Error`, `Box<dyn Error>`, and those of pools and clients
/// around a driver. `T` is one type that is [`Transient`], or a tuple of up to eight. The search follows
/// [`Error::source`], and looks into an `io::Error`'s inner error and behind an `Arc` or a `Box`. The
/// [`Interrupt`] of a guard always counts as well. If none is found, the error is final. An `io::Error` of
/// the kind `Other` carries no meaning itself: its inner error takes precedence, if that is of one of the
/// types.
///
/// With [`HttpError`](crate::http::HttpError) the search includes the errors that `?` converts to one: those
/// of `reqwest`, hyper-util and `hyper`, which an `anyhow::Error` contains unconverted.
///
/// A context of `anyhow` is not a cause, whatever its type. Test for it by
/// `err(|error| error.is::<MyContext>())`.
///
/// An error without a source hides its inner error from everybody. So does thiserror's
/// `#[error(transparent)]`, whose source is that of the inner error. Name that type itself, or match on it.
///
/// The attribute asks a `Response`, and any other value that is [`Transient`], as well. In the run-time API
/// call [`responses()`](TransientCause::responses).
///
/// In the run-time API call [`in_dyn_error`](TransientCause::in_dyn_error) for `Box<dyn Error>` and
/// `anyhow::Error`. The attribute detects them by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::{error::Error, io};
/// use persevere::{Interrupt, Classified, Predicate, Verdict, when};
///
/// type Busy = Classified<std::fmt::Error>;
/// let retried = when::transient_cause::<(io::Error, Busy)>().in_dyn_error();
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

/// Retries by the outermost error of these types as [`unsent()`](super::unsent) would, for operations that
/// are not idempotent. See [`transient_cause`].
///
/// Errors above it that are of this crate or of one of its integrations must be unsent as well: below a
/// client that follows redirects a refused connection proves nothing.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let unsent = when::unsent_cause::<io::Error>().in_dyn_error();
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

/// Retries by the outermost error of these types as [`idempotent(is)`](super::idempotent) would. See
/// [`transient_cause`] and [`unsent_cause`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let reset = || Err::<(), Box<dyn std::error::Error>>(io::Error::from(io::ErrorKind::ConnectionReset).into());
/// let safe = |is| when::idempotent_cause::<io::Error>(is).in_dyn_error();
/// assert_eq!(safe(true).verdict(&reset()), Verdict::Retry);
/// assert_eq!(safe(false).verdict(&reset()), Verdict::Final);
/// ```
#[inline]
pub const fn idempotent_cause<T: TransientTypes>(
    is: bool,
) -> TransientCause<T, Plain, OnIdempotent> {
    TransientCause::new(super::idempotent(is))
}

/// The predicate of [`transient_cause`].
///
/// `K` tells how the outcome's error shows its chain, [`Plain`] or [`DynError`]. `P` judges the error that is
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
    /// Returns the same predicate for an outcome whose error is `Box<dyn Error>` or `anyhow::Error`.
    pub const fn in_dyn_error(self) -> TransientCause<T, DynError, P> {
        TransientCause::new(self.judge)
    }
}

impl<T: ?Sized, K, P: Asks + Copy> TransientCause<T, K, P> {
    /// Asks the value too, such as a response: see [`OnTransient::responses`]. The attribute does so by
    /// itself.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "http")] {
    /// use http::StatusCode;
    /// use persevere::{Predicate, Verdict, when};
    /// use std::{error::Error, io};
    ///
    /// let hidden = when::transient_cause::<io::Error>().in_dyn_error().responses();
    /// let busy = Ok::<_, Box<dyn Error>>(StatusCode::SERVICE_UNAVAILABLE);
    /// assert_eq!(hidden.verdict(&busy), Verdict::Retry);
    /// # }
    /// ```
    pub const fn responses(self) -> Responses<Self> {
        Responses::new(self)
    }
}

impl<T: ?Sized, K> Responses<TransientCause<T, K, OnUnsent>> {
    /// Declares that the client follows no redirects: see [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl<T: ?Sized, K> Responses<TransientCause<T, K, OnIdempotent>> {
    /// Declares that the client follows no redirects: see [`OnIdempotent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        Responses(self.0.no_redirects())
    }
}

impl<T: ?Sized, K, P: Asks> Asks for TransientCause<T, K, P> {
    fn describe_asked(&self, f: &mut fmt::Formatter<'_>, _: Option<&str>) -> fmt::Result {
        self.judge.describe_asked(f, Some(type_name::<T>()))
    }

    fn ask<A: Transient + ?Sized>(&self, asked: &A) -> Verdict {
        self.judge.ask(asked)
    }
}

impl<T: ?Sized, K> TransientCause<T, K, OnUnsent> {
    /// Declares that the client follows no redirects: see [`OnUnsent::no_redirects`].
    pub const fn no_redirects(self) -> Self {
        TransientCause::new(self.judge.no_redirects())
    }
}

impl<T: ?Sized, K> TransientCause<T, K, OnIdempotent> {
    /// Declares that the client follows no redirects: see [`OnUnsent::no_redirects`].
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

/// The error that is asked, and the error that hides it.
struct Found<'a> {
    sought: &'a dyn Transient,
    outermost: &'a (dyn Error + 'static),
    /// The number of errors of the chain above it.
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

    /// Returns whether the error proves something, and no error above it contradicts.
    ///
    /// A client that was redirected has sent the request, whatever the failure of its last connection.
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

/// Returns whether an error is an `io::Error` that was made from another by [`other`](std::io::Error::other).
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
    P: Asks + for<'a> Predicate<Result<(), &'a (dyn Transient + 'a)>>,
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

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.judge.describe_asked(f, Some(type_name::<T>()))
    }

    fn has_hints(&self) -> bool {
        true
    }
}

/// The types of errors that [`transient_cause`] finds: one that is [`Transient`], or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked whether it is transient",
    label = "expected a type that is `Transient` and an `Error`, or a tuple of up to eight",
    note = "implement `persevere::Transient` for it, by `#[derive(persevere::Transient)]` if it is yours, and `std::error::Error`",
    note = "errors of `async-nats` 0.51, `aws-smithy-runtime-api` 1, `bb8` 0.9, `deadpool` 0.13, `diesel` 2.3, `etcd-client` 0.21, `hyper` 1, `lapin` 4, `lettre` 0.11, `mysql` 28, `mysql_async` 0.37, `object_store` 0.14, `r2d2` 0.8, `rdkafka` 0.39, `redis` 1 from 1.2, `reqwest` 0.13, `reqwest-middleware` 0.5, `rusqlite` 0.37 to 0.43, `sqlx` 0.9, `tokio-postgres` 0.7, `tonic` 0.14, `ureq` 3, and tokio's `Elapsed`, are it with the feature of `persevere` that has the crate's name; the same errors of another version are other types",
    note = "where the type alone tells: `when = cause_is::<MyError>()`"
)]
pub trait TransientTypes {
    /// Returns the error, if it is of one of the types.
    fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient>;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + Error + 'static> TransientTypes for E {
    fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
        match as_type::<E>(error) {
            Some(found) => Some(found),
            // `?` converts the error of an HTTP client to an `HttpError` only if that is the function's
            // error.
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
