//! Predicates that ask the error: `transient()`, `unsent()` and `idempotent(..)`.

#[cfg(doc)]
use crate::transient::Transient;

/// Retries the errors that declare that another attempt can help; see [`Transient`].
///
/// Their hints are honoured.
///
/// It asks errors. A response that has arrived is a value, whatever its status. Turn it into an error by
/// [`or_http_error()`](crate::http::OrHttpError), or have values asked too by
/// [`responses()`](OnTransient::responses). The attribute asks a `Response`, and any other value that is
/// [`Transient`], by itself.
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

/// Retries the transient errors that prove that the attempt had no effect, for operations that are not
/// idempotent. See [`Transient::unsent`].
///
/// A refused connection proves nothing if the client follows redirects, as `reqwest` and `ureq` do by
/// default: the server that redirected the request may have processed it. Turn redirects off, and declare it
/// by [`no_redirects()`](OnUnsent::no_redirects). A bare `io::Error` counts as that of one connection. Turn
/// one of such a client, as from `ureq::Error::into_io`, into an [`HttpError`](crate::http::HttpError).
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

/// Retries as [`transient()`] if an attempt may be repeated without harm, and as [`unsent()`] otherwise.
///
/// The HTTP methods `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are idempotent
/// ([RFC 9110, section 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)): use
/// `idempotent(method.is_idempotent())` of `http::Method`. A request with an `Idempotency-Key` is too, if the
/// server supports the key. If the body moves the method away, the key `clone(method)` keeps it available
/// here.
///
/// With a client that follows redirects, as `reqwest` and `ureq` do by default, nothing is known to be
/// unsent: the server that redirected a `POST` may have processed it before the next one refused. Turn
/// redirects off, and declare it by [`no_redirects()`](OnIdempotent::no_redirects). The error must be of a
/// kind that can prove it: see [`unsent()`].
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

/// The predicate of [`transient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTransient;

/// The predicate of [`unsent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnUnsent {
    pub(super) no_redirects: bool,
}

impl OnUnsent {
    /// Declares that the client follows no redirects: [`Transient::unsent_without_redirects`] is asked then.
    ///
    /// It is for clients that follow them by default, with redirects turned off: `redirect::Policy::none()`
    /// of `reqwest`, `max_redirects(0)` of `ureq`. Clients without redirects, such as those of `hyper` and
    /// `tonic`, do not need it.
    ///
    /// **Such a client returns a redirect as a response**, and neither this predicate nor
    /// [`or_http_error()`](crate::http::OrHttpError::or_http_error) takes a 3xx for a failure. Check
    /// `status().is_success()`, or a `POST` that was redirected counts as done.
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

/// The predicate of [`idempotent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnIdempotent {
    pub(super) is: bool,
    pub(super) otherwise: OnUnsent,
}

impl OnIdempotent {
    /// Declares that the client follows no redirects, which matters if the attempt may not be repeated: see
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
