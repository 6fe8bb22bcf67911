//! Predicates on the type of an error, and on the types of its causes.

use alloc::boxed::Box;
use core::any::type_name;
use core::error::Error;
use core::fmt;
use core::marker::PhantomData;

use persevere_words::WHEN;
use persevere_words::describe::Code;

use super::Predicate;
use crate::call::outcome::{Outcome, Verdict};
use crate::transient::causes::{as_type, chain};

/// Retries errors of type `T`, or an `Arc` or a `Box` of one.
///
/// For `Box<dyn Error>` and `anyhow::Error`, the inner error counts. An error under a context is a cause:
/// [`cause_is`]. In the run-time API call [`in_dyn_error`](ErrIs::in_dyn_error) for these. The attribute
/// detects them by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::{error::Error, io};
/// use persevere::{Predicate, Verdict, when};
///
/// let reset = io::Error::from(io::ErrorKind::ConnectionReset);
/// let outcome: Result<(), Box<dyn Error>> = Err(reset.into());
/// assert_eq!(when::err_is::<io::Error>().in_dyn_error().verdict(&outcome), Verdict::Retry);
/// ```
#[inline]
pub const fn err_is<T: Error + 'static>() -> ErrIs<T> {
    ErrIs::new()
}

/// Retries errors that are of type `T` or were caused by one.
///
/// The search follows [`Error::source`], and looks into an `io::Error`'s inner error and behind an `Arc` or a
/// `Box`.
///
/// A context of `anyhow` is not a cause, whatever its type. Test for it by
/// `err(|error| error.is::<MyContext>())`.
///
/// In the run-time API call [`in_dyn_error`](CauseIs::in_dyn_error) for `Box<dyn Error>` and
/// `anyhow::Error`. The attribute detects them by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// #[derive(Debug)]
/// struct Load(io::Error);
/// # impl std::fmt::Display for Load {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("load") }
/// # }
/// impl std::error::Error for Load {
///     fn source(&self) -> Option<&(dyn std::error::Error + 'static)> { Some(&self.0) }
/// }
///
/// let outcome = Err::<(), _>(Load(io::Error::from(io::ErrorKind::TimedOut)));
/// assert_eq!(when::cause_is::<io::Error>().verdict(&outcome), Verdict::Retry);
/// ```
#[inline]
pub const fn cause_is<T: Error + 'static>() -> CauseIs<T> {
    CauseIs::new()
}

/// The predicate of [`err_is`]. `K` tells how the outcome's error shows its chain: [`Plain`] or [`DynError`].
pub struct ErrIs<T: ?Sized, K = Plain>(PhantomData<fn(&T) -> K>);

/// The predicate of [`cause_is`]. `K` tells how the outcome's error shows its chain: [`Plain`] or [`DynError`].
pub struct CauseIs<T: ?Sized, K = Plain>(PhantomData<fn(&T) -> K>);

/// The kind of an error that implements [`Error`].
#[derive(Clone, Copy, Debug)]
pub struct Plain;

/// The kind of an error that wraps one: `Box<dyn Error>`, `anyhow::Error`.
#[derive(Clone, Copy, Debug)]
pub struct DynError;

impl<T: ?Sized> ErrIs<T> {
    /// Returns the same predicate for an outcome whose error is `Box<dyn Error>` or `anyhow::Error`.
    pub const fn in_dyn_error(self) -> ErrIs<T, DynError> {
        ErrIs::new()
    }
}

impl<T: ?Sized> CauseIs<T> {
    /// Returns the same predicate for an outcome whose error is `Box<dyn Error>` or `anyhow::Error`.
    pub const fn in_dyn_error(self) -> CauseIs<T, DynError> {
        CauseIs::new()
    }
}

/// An error whose chain of causes can be walked: every [`Error`], and a wrapper of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no chain of causes to look into",
    label = "`err_is`, `cause_is`, `transient_cause` and its like need `std::error::Error`, `Box<dyn Error>` or `anyhow::Error`",
    note = "the predicates of the run-time API need `.in_dyn_error()` for `Box<dyn Error>` and `anyhow::Error`",
    note = "`anyhow::Error` needs the feature `anyhow` of `persevere`",
    note = "pick other errors with `on = Err(PATTERN)` or `when = err(|e| ..)`"
)]
pub trait AsCause<K> {
    /// Returns the outermost error of the chain.
    fn as_cause(&self) -> &(dyn Error + 'static);
}

#[diagnostic::do_not_recommend]
impl<E: Error + 'static> AsCause<Plain> for E {
    fn as_cause(&self) -> &(dyn Error + 'static) {
        self
    }
}

#[diagnostic::do_not_recommend]
impl AsCause<DynError> for Box<dyn Error> {
    fn as_cause(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

#[diagnostic::do_not_recommend]
impl AsCause<DynError> for Box<dyn Error + Send> {
    fn as_cause(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

#[diagnostic::do_not_recommend]
impl AsCause<DynError> for Box<dyn Error + Send + Sync> {
    fn as_cause(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

#[cfg(feature = "anyhow")]
impl AsCause<DynError> for anyhow::Error {
    fn as_cause(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

impl<O, T, K> Predicate<O> for ErrIs<T, K>
where
    O: Outcome<Error: AsCause<K>>,
    T: Error + 'static,
{
    fn verdict(&self, outcome: &O) -> Verdict {
        let is = |error: &O::Error| as_type::<T>(error.as_cause()).is_some();
        Verdict::retry_if(outcome.error().is_some_and(is))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "err_is", &[&Code(type_name::<T>())])
    }
}

impl<O, T, K> Predicate<O> for CauseIs<T, K>
where
    O: Outcome<Error: AsCause<K>>,
    T: Error + 'static,
{
    fn verdict(&self, outcome: &O) -> Verdict {
        let caused = |error: &O::Error| chain(error.as_cause()).find_map(as_type::<T>).is_some();
        Verdict::retry_if(outcome.error().is_some_and(caused))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "cause_is", &[&Code(type_name::<T>())])
    }
}

macro_rules! markers {
    ($($marker:ident),+) => {$(
        impl<T: ?Sized, K> $marker<T, K> {
            pub(crate) const fn new() -> Self {
                $marker(PhantomData)
            }
        }

        impl<T: ?Sized, K> Clone for $marker<T, K> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T: ?Sized, K> Copy for $marker<T, K> {}

        impl<T: ?Sized, K> fmt::Debug for $marker<T, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($marker))
            }
        }
    )+};
}

markers!(ErrIs, CauseIs);
