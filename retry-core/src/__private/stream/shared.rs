//! The place that a stream shares with the future that gives its items.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shared place.
pub(super) struct Shared<O>(Arc<Mutex<Place<O>>>);

/// An item on its way.
pub(super) struct Place<O> {
    pub(super) item: Option<O>,
    /// Whether what is opened has been opened once.
    pub(super) opened: bool,
}

impl<O> Shared<O> {
    pub(super) fn new() -> Self {
        Shared(Arc::new(Mutex::new(Place {
            item: None,
            opened: false,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Place<O>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O> Clone for Shared<O> {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}
