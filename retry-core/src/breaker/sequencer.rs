//! A sequencer: changes of state reach the listener in their order.

use std::collections::BTreeMap;
use std::sync::{OnceLock, PoisonError};

use crate::util::sync::Mutex;

/// Hands out what is given to it in the order of its numbers, one at a time.
///
/// Each thread tells of the changes that it made, after it made them. Two in quick succession would reach
/// the listener in any order, and a gauge would be left in a state that is over. So they are put here
/// first, under the number of the epoch that begins, and one thread at a time tells all that are due. What
/// comes too early waits for those before it, whose threads are on their way. Nobody waits: who finds
/// another telling leaves the change to it, also a listener that changes the breaker itself.
#[derive(Debug)]
pub(super) struct Sequencer<T>(OnceLock<Box<Mutex<Pending<T>>>>);

#[derive(Debug)]
struct Pending<T> {
    /// The number of the last one handed out.
    last: u64,
    handing_out: bool,
    early: BTreeMap<u64, T>,
}

impl<T> Sequencer<T> {
    pub(super) const fn new() -> Self {
        Sequencer(OnceLock::new())
    }

    /// Puts down what has this number, counted from 1, and tells what is due. `tell` must not panic.
    pub(super) fn put(&self, number: u64, item: T, tell: impl Fn(T)) {
        let mut due = self.with(|pile| {
            pile.early.insert(number, item);
            (!pile.handing_out).then(|| pile.next()).flatten()
        });
        while let Some(item) = due {
            tell(item);
            due = self.with(Pending::next);
        }
    }

    fn with<R>(&self, change: impl FnOnce(&mut Pending<T>) -> R) -> R {
        let pile = self.0.get_or_init(|| {
            let pile = Pending {
                last: 0,
                handing_out: false,
                early: BTreeMap::new(),
            };
            Box::new(Mutex::new(pile))
        });
        // Nothing that can panic happens under the lock.
        change(&mut pile.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Pending<T> {
    /// The next one, if it is there; who takes it comes back for another.
    fn next(&mut self) -> Option<T> {
        let item = self.early.remove(&(self.last + 1));
        self.last += u64::from(item.is_some());
        self.handing_out = item.is_some();
        item
    }
}
