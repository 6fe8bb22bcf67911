//! The chain of sources of an error: the one walk along it, for every integration.
//!
//! [`Error::source`] alone leaves errors out. An `io::Error` that was made of another error gives the source of that
//! error, and so does an `Arc` or a `Box` of one, and an `HttpError`; none of them gives the error itself. The certificate that rustls refuses,
//! below hyper-rustls, and the `io::Error` of redis are seen only by looking inside.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::iter;

/// An error that can be asked for its type.
type Dyn = dyn Error + 'static;

/// The longest chain that is walked, so that a source which leads back to its error ends.
const LONGEST: usize = 128;

/// The error, and what caused it, down to the first cause.
pub(crate) fn chain(error: &Dyn) -> impl Iterator<Item = &Dyn> {
    iter::successors(Some(error), |&error| {
        inside(error).or_else(|| error.source())
    })
    .take(LONGEST)
}

/// The causes of the error, without itself.
pub(crate) fn causes(error: &Dyn) -> impl Iterator<Item = &Dyn> {
    chain(error).skip(1)
}

/// The first cause of a type, or of a pointer to it.
#[allow(dead_code, reason = "only some integrations ask for it")]
pub(crate) fn cause<E: Error + 'static>(error: &Dyn) -> Option<&E> {
    causes(error).find_map(as_type)
}

/// The error itself, if it is of that type or a pointer to it.
pub(crate) fn as_type<E: Error + 'static>(error: &Dyn) -> Option<&E> {
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    error.downcast_ref().or_else(shared).or_else(boxed)
}

/// The error that another was made of, where its `source()` is only the one after that.
fn inside(error: &Dyn) -> Option<&Dyn> {
    of_io(error)
        .or_else(|| shared(error))
        .or_else(|| of_http(error))
}

#[cfg(feature = "std")]
fn of_io(error: &Dyn) -> Option<&Dyn> {
    let inner = as_type::<std::io::Error>(error)?.get_ref()?;
    Some(inner)
}

#[cfg(not(feature = "std"))]
fn of_io(_: &Dyn) -> Option<&Dyn> {
    None
}

/// An `HttpError` shows as what is inside, and has its source.
#[cfg(feature = "http")]
fn of_http(error: &Dyn) -> Option<&Dyn> {
    as_type::<crate::http::HttpError>(error)?.inside()
}

#[cfg(not(feature = "http"))]
fn of_http(_: &Dyn) -> Option<&Dyn> {
    None
}

/// An `Arc` of any error is an error itself; a `Box` of any is none.
fn shared(error: &Dyn) -> Option<&Dyn> {
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return Some(&**shared);
    }
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send>>() {
        return Some(&**shared);
    }
    let shared = error.downcast_ref::<Arc<dyn Error>>()?;
    Some(&**shared)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use std::fmt;
    use std::io::{self, ErrorKind};

    #[derive(Debug)]
    struct Outer<S>(S);

    impl<S> fmt::Display for Outer<S> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl<S: Error + 'static> Error for Outer<S> {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn refused() -> io::Error {
        ErrorKind::ConnectionRefused.into()
    }

    fn texts(error: &Dyn) -> Vec<String> {
        chain(error).map(ToString::to_string).collect()
    }

    fn kind(error: &Dyn) -> Option<ErrorKind> {
        cause(error).map(io::Error::kind)
    }

    #[test]
    fn a_source_is_a_cause_and_the_error_itself_is_none() {
        assert_eq!(kind(&Outer(refused())), Some(ErrorKind::ConnectionRefused));
        assert_eq!(kind(&refused()), None);
        assert_eq!(texts(&Outer(refused())), ["outer", "connection refused"]);
    }

    #[test]
    fn an_io_error_shows_what_it_was_made_of() {
        let invalid = io::Error::new(ErrorKind::InvalidData, Outer(refused()));
        let wrapped = Outer(io::Error::other(invalid));
        let kinds: Vec<_> = causes(&wrapped)
            .filter_map(as_type)
            .map(io::Error::kind)
            .collect();
        assert_eq!(
            kinds,
            [
                ErrorKind::Other,
                ErrorKind::InvalidData,
                ErrorKind::ConnectionRefused
            ]
        );
        assert_eq!(texts(&wrapped).len(), 5);
    }

    #[test]
    fn a_pointer_shows_what_it_points_to() {
        let shared: Arc<dyn Error + Send + Sync> = Arc::new(refused());
        assert_eq!(kind(&Outer(shared)), Some(ErrorKind::ConnectionRefused));
        let shared: Arc<dyn Error + Send> = Arc::new(refused());
        assert_eq!(kind(&Outer(shared)), Some(ErrorKind::ConnectionRefused));
        let shared: Arc<dyn Error> = Arc::new(Outer(refused()));
        assert!(cause::<Outer<io::Error>>(&Outer(shared)).is_some());
        let made_of = io::Error::other(Outer(refused()));
        assert!(cause::<Outer<io::Error>>(&Outer(Arc::new(made_of))).is_some());
        assert_eq!(
            kind(&Outer(Box::new(refused()))),
            Some(ErrorKind::ConnectionRefused)
        );
    }

    /// The error of an `Arc` in an `io::Error` in an `Arc`.
    #[test]
    fn pointers_and_io_errors_inside_each_other_are_all_gone_through() {
        let shared: Arc<dyn Error + Send + Sync> = Arc::new(Outer(refused()));
        let error = Outer(Arc::new(io::Error::other(shared)));
        assert!(cause::<Outer<io::Error>>(&error).is_some());
    }

    #[test]
    fn a_source_that_leads_back_to_its_error_ends() {
        #[derive(Debug)]
        struct Itself;

        impl fmt::Display for Itself {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("itself")
            }
        }

        impl Error for Itself {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(self)
            }
        }

        assert_eq!(chain(&Itself).count(), LONGEST);
        assert_eq!(kind(&Itself), None);
    }
}
