//! A sequencer, by which changes of state reach the listener in their order.

use std::sync::{OnceLock, PoisonError};

use crate::util::sync::Mutex;

/// A sequencer of items: it delivers them in the order of their numbers, one at a time.
///
/// Each thread announces the changes that it made, after it made them. Two in quick succession could reach
/// the listener in either order, and leave a gauge in a state that is over. So each change is put here first,
/// under the number of the epoch that begins, and one thread at a time delivers all that are due. A change
/// that comes too early waits for those before it, whose threads are on their way. No thread waits: one that
/// finds another delivering leaves its change to it. So does a listener that changes the breaker itself.
#[derive(Debug)]
pub(super) struct Sequencer<T>(OnceLock<Box<Mutex<Pending<T>>>>);

#[derive(Debug)]
struct Pending<T> {
    /// The number of the last item delivered.
    last: u64,
    handing_out: bool,
    /// Few, since their threads are on their way.
    early: Vec<(u64, T)>,
}

impl<T> Sequencer<T> {
    pub(super) const fn new() -> Self {
        Sequencer(OnceLock::new())
    }

    /// Puts the item of this number, counted from 1, and delivers the items that are due. `tell` must not
    /// panic.
    pub(super) fn put(&self, number: u64, item: T, tell: impl Fn(T)) {
        let mut due = self.with(|pile| {
            pile.early.push((number, item));
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
                early: Vec::new(),
            };
            Box::new(Mutex::new(pile))
        });
        // Nothing that can panic happens under the lock.
        change(&mut pile.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Pending<T> {
    /// Returns the next item, if it is present; the thread that takes it comes back for another.
    fn next(&mut self) -> Option<T> {
        let due = self.last + 1;
        let at = self.early.iter().position(|(number, _)| *number == due);
        let item = at.map(|at| self.early.swap_remove(at).1);
        self.last += u64::from(item.is_some());
        self.handing_out = item.is_some();
        item
    }
}
