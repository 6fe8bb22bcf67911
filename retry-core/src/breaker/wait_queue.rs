//! The queue of calls that wait for a breaker.

use std::sync::{OnceLock, PoisonError};

use crate::util::sync::Mutex;
use crate::util::sync::atomic::{Ordering, fence};
use crate::util::wakers::Wakers;

/// The queue of waiting calls, made by the first of them, since most breakers have none.
#[derive(Debug)]
pub(super) struct WaitQueue(OnceLock<Box<Mutex<Queue>>>);

#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The number of wake-ups.
    pub(super) events: u64,
    /// The number of calls that were woken together.
    pub(super) herd: usize,
    pub(super) wakers: Wakers,
}

impl WaitQueue {
    pub(super) const fn new() -> Self {
        WaitQueue(OnceLock::new())
    }

    pub(super) fn queue(&self) -> &Mutex<Queue> {
        self.0.get_or_init(Box::default)
    }

    /// Wakes the call that has waited longest, or all.
    pub(super) fn wake(&self, all: bool) {
        // Pairs with the fence in `listen`: either the queue is seen here, or the change of the word there.
        fence(Ordering::SeqCst);
        let Some(queue) = self.0.get() else { return };
        // Woken after the lock is free, since a waker can come back here.
        let (first, rest) = with(queue, |queue| {
            queue.events += 1;
            if !all {
                return (queue.wakers.pop_first(), Wakers::default());
            }
            queue.herd = queue.wakers.len();
            (None, queue.wakers.take())
        });
        if let Some(waker) = first {
            waker.wake();
        }
        rest.wake();
    }
}

// Nothing that can panic happens under the lock.
pub(super) fn with<T>(queue: &Mutex<Queue>, change: impl FnOnce(&mut Queue) -> T) -> T {
    change(&mut queue.lock().unwrap_or_else(PoisonError::into_inner))
}
