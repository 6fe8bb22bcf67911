//! The line of calls that wait for a place.

use std::sync::{OnceLock, PoisonError};

use crate::util::sync::Mutex;
use crate::util::wakers::Wakers;

/// The line, made by the first call that stands in it, since most bulkheads have none.
///
/// A call in it that is given a place is taken out, so that a call that is no longer in line has a place. Under the
/// lock the word's number of calls in line is the length of the line.
#[derive(Debug)]
pub(super) struct Line(OnceLock<Box<Mutex<Wakers>>>);

impl Line {
    pub(super) const fn new() -> Self {
        Line(OnceLock::new())
    }

    // Nothing that can panic happens under the lock, and no waker is cloned, woken or dropped.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Wakers) -> T) -> T {
        let line = self.0.get_or_init(Box::default);
        change(&mut line.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
