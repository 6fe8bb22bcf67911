//! The chain of sources of an error.
//!
//! [`Error::source`] alone leaves errors out. An `io::Error` that was made of another error gives the source
//! of that error, and so does an `Arc` or a `Box` of one; none of them gives the error itself. The certificate
//! that rustls refuses, below hyper-rustls, and the `io::Error` of redis are seen only by looking inside.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::iter;

/// An error that can be asked for its type.
pub(crate) type Dyn = dyn Error + 'static;

/// The longest chain that is walked, so that a source which leads back to its error ends.
pub(crate) const LONGEST: usize = 128;

/// Looks inside an error of one type, whose `source()` leaves out the error that it was made of.
pub(crate) type Inside = fn(&Dyn) -> Option<&Dyn>;

/// Iterates over the error and what caused it, down to the first cause; `also` looks inside errors that
/// only its caller knows.
pub(crate) fn chain_through(error: &Dyn, also: Inside) -> impl Iterator<Item = &Dyn> {
    iter::successors(Some(error), move |&error| {
        inside(error)
            .or_else(|| also(error))
            .or_else(|| error.source())
    })
    .take(LONGEST)
}

/// The error itself, if it is of that type or a pointer to it.
pub(crate) fn as_type<E: Error + 'static>(error: &Dyn) -> Option<&E> {
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    error.downcast_ref().or_else(shared).or_else(boxed)
}

/// The error that another was made of, where its `source()` is only the one after that.
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
