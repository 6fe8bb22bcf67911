//! What happens next: the pending events of a simulation.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Events by time, in nanoseconds since the start; of two at the same time the one that was put in first
/// comes first, so that a run depends on its seed alone.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    events: BinaryHeap<Reverse<Event>>,
    number: u32,
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
        self.events.push(Reverse(Event(bits)));
    }

    /// When the next event happens.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.events.peek().map(|event| event.0.at())
    }

    /// The next event: when, and to whom.
    pub(crate) fn pop(&mut self) -> Option<(u64, u32)> {
        let Reverse(event) = self.events.pop()?;
        Some((event.at(), event.subject()))
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn events_come_by_time_and_equal_ones_in_the_order_they_were_put_in() {
        let mut queue = Queue::default();
        for (at, subject) in [(20, 1), (10, 2), (20, 0), (10, 3)] {
            queue.push(at, subject);
        }
        assert_eq!(queue.next_at(), Some(10));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [(10, 2), (10, 3), (20, 1), (20, 0)]);
    }
}
