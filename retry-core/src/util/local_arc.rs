//! Shared values whose references threads count on cache lines of their own.
//!
//! The count of an [`Arc`] is one word: threads that clone it wait for each other. Here each busy thread has an
//! `Arc` of its own around the shared one, and clones that.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::striped::ThreadCopies;

/// A reference to a shared value, which may outlive the [`Shared`] that it is from.
pub(crate) struct LocalArc<T>(Arc<Line<T>>);

/// An `Arc` beside whose counts nothing else is written.
#[repr(align(128))]
struct Line<T>(Arc<T>);

impl<T> LocalArc<T> {
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

/// A shared value that gives each busy thread references of its own.
pub(crate) struct Shared<T> {
    shared: LocalArc<T>,
    copies: ThreadCopies<LocalArc<T>>,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        LocalArc::new(value).into()
    }

    /// Returns the reference that all threads share.
    pub(crate) fn arc(&self) -> &Arc<T> {
        &self.shared.0.0
    }

    /// Returns this thread's reference.
    #[inline]
    pub(crate) fn local(&self) -> &LocalArc<T> {
        if let Some((own, _)) = self.copies.own() {
            return own;
        }
        let copy = || LocalArc::of(Arc::clone(self.arc()));
        self.copies.visit(copy);
        &self.shared
    }
}

impl<T> From<LocalArc<T>> for Shared<T> {
    fn from(shared: LocalArc<T>) -> Self {
        Shared {
            shared,
            copies: ThreadCopies::new(),
        }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.shared
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
