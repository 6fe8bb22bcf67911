//! Shared values whose references threads count on cache lines of their own.
//!
//! The count of an [`Arc`] is one word: threads that clone it wait for each other. Here each thread has an `Arc` of
//! its own around the shared one, and clones that.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::striped::Striped;

/// A reference to a shared value, which may outlive the [`Shared`] that it is from.
pub(crate) struct LocalArc<T>(Arc<Line<T>>);

/// An `Arc` beside whose counts nothing else is written.
#[repr(align(128))]
struct Line<T>(Arc<T>);

impl<T> LocalArc<T> {
    #[cfg(any(feature = "config", test))]
    pub(crate) fn new(value: T) -> Self {
        LocalArc::of(Arc::new(value))
    }

    fn of(value: Arc<T>) -> Self {
        LocalArc(Arc::new(Line(value)))
    }
}

impl<T> Clone for LocalArc<T> {
    #[inline]
    fn clone(&self) -> Self {
        LocalArc(Arc::clone(&self.0))
    }
}

impl<T> Deref for LocalArc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.0
    }
}

impl<T: fmt::Debug> fmt::Debug for LocalArc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A shared value that gives each thread references of its own.
pub(crate) struct Shared<T> {
    value: Arc<T>,
    local: Striped<OnceLock<LocalArc<T>>>,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Shared::of(Arc::new(value))
    }

    fn of(value: Arc<T>) -> Self {
        Shared {
            value,
            local: Striped::new(OnceLock::new),
        }
    }

    /// Returns this thread's reference.
    #[inline]
    pub(crate) fn local(&self) -> &LocalArc<T> {
        let (local, _) = self.local.mine();
        local.get_or_init(|| LocalArc::of(Arc::clone(&self.value)))
    }
}

/// Shares the value of a reference.
#[cfg(feature = "config")]
impl<T> From<LocalArc<T>> for Shared<T> {
    fn from(value: LocalArc<T>) -> Self {
        Shared::of(Arc::clone(&value.0.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
