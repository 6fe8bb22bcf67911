//! The pending events of a simulation.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Events by time, in nanoseconds since the start; of two at the same time the one that was put in first
/// comes first, so that a run depends on its seed alone.
///
/// Only the events of the next millisecond are kept in order: a heap of millions would miss the
/// processor's caches at every step.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    soon: BinaryHeap<Reverse<Event>>,
    /// The slot of those.
    slot: u64,
    later: BTreeMap<u64, Vec<Reverse<Event>>>,
    number: u32,
}

/// The slot of a time: 2²⁰ ns wide.
fn slot(at: u64) -> u64 {
    at >> 20
}

/// Time, number, subject: in one integer, since the heap does little but compare and move them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event(u128);

impl Event {
    fn at(self) -> u64 {
        (self.0 >> 64) as u64
    }

    fn subject(self) -> u32 {
        self.0 as u32
    }
}

impl Queue {
    /// Something happens to `subject` at `at`.
    pub(crate) fn push(&mut self, at: u64, subject: u32) {
        let bits = u128::from(at) << 64 | u128::from(self.number) << 32 | u128::from(subject);
        self.number = self.number.wrapping_add(1);
        let event = Reverse(Event(bits));
        if slot(at) > self.slot {
            self.later.entry(slot(at)).or_default().push(event);
        } else {
            self.soon.push(event);
        }
    }

    /// The time of the next event.
    pub(crate) fn next_at(&mut self) -> Option<u64> {
        if self.soon.is_empty() {
            let (slot, events) = self.later.pop_first()?;
            self.slot = slot;
            self.soon = events.into();
        }
        self.soon.peek().map(|event| event.0.at())
    }

    /// The next event: when, and to whom.
    pub(crate) fn pop(&mut self) -> Option<(u64, u32)> {
        self.next_at()?;
        let Reverse(event) = self.soon.pop()?;
        Some((event.at(), event.subject()))
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn events_come_by_time_and_equal_ones_in_the_order_they_were_put_in() {
        const FAR: u64 = 20_000_000_000;
        let mut queue = Queue::default();
        for (at, subject) in [(FAR, 1), (10, 2), (FAR, 0), (10, 3)] {
            queue.push(at, subject);
        }
        assert_eq!(queue.next_at(), Some(10));
        assert_eq!(queue.pop(), Some((10, 2)));
        queue.push(5, 4);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [(5, 4), (10, 3), (FAR, 1), (FAR, 0)]);
    }
}
