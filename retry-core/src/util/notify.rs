//! Wake-ups of a thread that waits.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Wake;
use std::time::Duration;

/// A wake-up of the one thread that waits. An `unpark` could be meant for the caller's own `park`.
#[derive(Default)]
pub(crate) struct Notify {
    notified: Mutex<bool>,
    changed: Condvar,
}

impl Notify {
    /// Waits until it is woken.
    pub(crate) fn wait(&self) {
        let notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
        let notified = self.changed.wait_while(notified, |notified| !*notified);
        *notified.unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Waits until it is woken, and no longer than this.
    pub(crate) fn wait_for(&self, longest: Duration) {
        let notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut notified, _) = self
            .changed
            .wait_timeout_while(notified, longest, |notified| !*notified)
            .unwrap_or_else(PoisonError::into_inner);
        *notified = false;
    }
}

impl Wake for Notify {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.notified.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}
