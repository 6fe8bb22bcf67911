//! The chain of sources of an error.
//!
//! [`Error::source`] alone leaves errors out. The source of an `io::Error` that contains another error is the
//! source of that error, and so it is with an `Arc` or a `Box` of one. None of them returns the inner error
//! itself. The certificate error of rustls, below hyper-rustls, and the `io::Error` of redis are visible only
//! by looking inside.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::iter;

/// An error that can be downcast.
pub(crate) type Dyn = dyn Error + 'static;

/// The length at which the walk along a chain ends, for a source that leads back to its error.
pub(crate) const LONGEST: usize = 128;

/// A function that returns the inner error of one type of errors, whose `source()` leaves it out.
pub(crate) type Inside = fn(&Dyn) -> Option<&Dyn>;

/// Iterates over the error and its causes, down to the first cause.
///
/// `also` returns the inner error of types that only the caller knows.
pub(crate) fn chain_through(error: &Dyn, also: Inside) -> impl Iterator<Item = &Dyn> {
    iter::successors(Some(error), move |&error| {
        inside(error)
            .or_else(|| also(error))
            .or_else(|| error.source())
    })
    .take(LONGEST)
}

/// Returns the error itself, if it is of that type or a pointer to it.
pub(crate) fn as_type<E: Error + 'static>(error: &Dyn) -> Option<&E> {
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    error.downcast_ref().or_else(shared).or_else(boxed)
}

/// Returns the inner error of another, if that one's `source()` is the source of the inner error.
fn inside(error: &Dyn) -> Option<&Dyn> {
    of_io(error).or_else(|| shared(error))
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

/// Returns the error behind an `Arc` of any error, which is an error itself; a `Box` of any is not.
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
