//! Predicates that ask the error itself: `transient()`, `unsent()` and `idempotent(..)`.

#[cfg(doc)]
use crate::transient::Transient;

/// Retries the errors that say themselves that another attempt can help; see [`Transient`].
///
/// Their hints are honoured.
///
/// It asks errors. A response that has arrived is a value, whatever its status: make an error of it by
/// [`or_http_error()`](crate::http::OrHttpError), or have values asked too by [`responses()`](OnTransient::responses).
/// The attribute asks a `Response`, and any other value that is [`Transient`], by itself.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let reset = io::Error::from(io::ErrorKind::ConnectionReset);
/// let denied = io::Error::from(io::ErrorKind::PermissionDenied);
/// assert_eq!(when::transient().verdict(&Err::<(), _>(reset)), Verdict::Retry);
/// assert_eq!(when::transient().verdict(&Err::<(), _>(denied)), Verdict::Final);
/// ```
#[inline]
pub const fn transient() -> OnTransient {
    OnTransient
}

/// Retries the transient errors that prove that the attempt had no effect: for what is not
/// idempotent. See [`Transient::unsent`].
///
/// A client that follows redirects, as `reqwest` and `ureq` do by default, proves nothing by a refused connection: the
/// server that redirected the request may have processed it. Turn its redirects off, and say so by
/// [`no_redirects()`](OnUnsent::no_redirects). A bare `io::Error` counts as that of one connection: make one of such a
/// client, as by `ureq::Error::into_io`, an [`HttpError`](crate::http::HttpError).
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
/// let reset = io::Error::from(io::ErrorKind::ConnectionReset);
/// assert_eq!(when::unsent().verdict(&Err::<(), _>(refused)), Verdict::Retry);
/// assert_eq!(when::unsent().verdict(&Err::<(), _>(reset)), Verdict::Final);
/// ```
#[inline]
pub const fn unsent() -> OnUnsent {
    OnUnsent {
        no_redirects: false,
    }
}

/// Retries as [`transient()`] where an attempt may be repeated without harm, and as [`unsent()`] where
/// it may not.
///
/// Of HTTP's methods `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are idempotent
/// ([RFC 9110, section 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)): `http::Method` knows,
/// `idempotent(method.is_idempotent())`. A request with an `Idempotency-Key` is too, where the server
/// understands it. A method that the body gives away is still there to be asked with the key `clone(method)`.
///
/// Of a client that follows redirects, as `reqwest` and `ureq` do by default, nothing is known to be unsent: the server
/// that redirected a `POST` may have processed it before the next one refused. Turn its redirects off, and say so by
/// [`no_redirects()`](OnIdempotent::no_redirects). Its error has to be of a kind that says so: see [`unsent()`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use persevere::{Predicate, Verdict, when};
///
/// let reset = Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionReset));
/// assert_eq!(when::idempotent(true).verdict(&reset), Verdict::Retry);
/// assert_eq!(when::idempotent(false).verdict(&reset), Verdict::Final);
/// ```
#[inline]
pub const fn idempotent(is: bool) -> OnIdempotent {
    OnIdempotent {
        is,
        otherwise: unsent(),
    }
}

/// See [`transient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTransient;

/// See [`unsent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnUnsent {
    pub(super) no_redirects: bool,
}

impl OnUnsent {
    /// The client follows no redirects: [`Transient::unsent_without_redirects`] is asked.
    ///
    /// It is for clients that follow them by default, with their setting against it:
    /// `redirect::Policy::none()` of `reqwest`, `max_redirects(0)` of `ureq`. Clients below redirects, such as those of
    /// `hyper` and `tonic`, need no word.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Predicate, Transient, Verdict, when};
    ///
    /// /// The error of a client that may follow redirects.
    /// struct Unreachable;
    ///
    /// impl Transient for Unreachable {
    ///     fn verdict(&self) -> Verdict { Verdict::Retry }
    ///
    ///     fn unsent_without_redirects(&self) -> bool { true }
    /// }
    ///
    /// let refused = Err::<(), _>(Unreachable);
    /// assert_eq!(when::unsent().verdict(&refused), Verdict::Final);
    /// assert_eq!(when::unsent().no_redirects().verdict(&refused), Verdict::Retry);
    /// ```
    pub const fn no_redirects(mut self) -> Self {
        self.no_redirects = true;
        self
    }
}

/// See [`idempotent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnIdempotent {
    pub(super) is: bool,
    pub(super) otherwise: OnUnsent,
}

impl OnIdempotent {
    /// The client follows no redirects, which matters where the attempt may not be repeated: see
    /// [`OnUnsent::no_redirects`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Predicate, Transient, Verdict, when};
    ///
    /// /// The error of a client that may follow redirects.
    /// struct Unreachable;
    ///
    /// impl Transient for Unreachable {
    ///     fn verdict(&self) -> Verdict { Verdict::Retry }
    ///
    ///     fn unsent_without_redirects(&self) -> bool { true }
    /// }
    ///
    /// let refused = Err::<(), _>(Unreachable);
    /// assert_eq!(when::idempotent(false).verdict(&refused), Verdict::Final);
    /// assert_eq!(when::idempotent(false).no_redirects().verdict(&refused), Verdict::Retry);
    /// ```
    pub const fn no_redirects(mut self) -> Self {
        self.otherwise = self.otherwise.no_redirects();
        self
    }
}
