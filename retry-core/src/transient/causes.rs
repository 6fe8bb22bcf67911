//! The causes of an error, walked in the same way for every predicate and integration.

use core::error::Error;

use super::hidden::inside;
pub(crate) use crate::util::source_chain::as_type;
use crate::util::source_chain::{Dyn, chain_through};

/// Iterates over the error and its causes, down to the first cause.
pub(crate) fn chain(error: &Dyn) -> impl Iterator<Item = &Dyn> {
    chain_through(error, inside)
}

/// Iterates over the causes of the error, without the error itself.
pub(crate) fn causes(error: &Dyn) -> impl Iterator<Item = &Dyn> {
    chain(error).skip(1)
}

/// Finds the outermost cause of a type, or of a pointer to it.
#[allow(dead_code, reason = "only some integrations ask for it")]
pub(crate) fn cause<E: Error + 'static>(error: &Dyn) -> Option<&E> {
    causes(error).find_map(as_type)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::util::source_chain::LONGEST;
    use std::fmt;
    use std::io::{self, ErrorKind};
    use std::sync::Arc;

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
