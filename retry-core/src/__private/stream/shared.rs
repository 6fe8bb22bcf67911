//! The place that a stream shares with the future that gives its items.

use core::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shared place.
pub(super) struct Shared<O>(Arc<Mutex<Place<O>>>);

/// An item on its way.
pub(super) struct Place<O> {
    pub(super) item: Option<O>,
    /// Whether what is opened has been opened once.
    pub(super) opened: bool,
    /// Whether it has just been opened.
    news: bool,
}

impl<O> Place<O> {
    /// Notes that a stream is open.
    pub(super) fn open(&mut self) {
        (self.opened, self.news) = (true, true);
    }

    /// Returns once whether a stream was opened.
    pub(super) fn take_opened(&mut self) -> bool {
        mem::take(&mut self.news)
    }
}

impl<O> Shared<O> {
    pub(super) fn new() -> Self {
        Shared(Arc::new(Mutex::new(Place {
            item: None,
            opened: false,
            news: false,
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
