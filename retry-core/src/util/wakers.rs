//! The wakers of calls that wait.

use alloc::collections::VecDeque;
use core::mem;
use core::task::Waker;

/// The wakers of calls that wait, in the order in which the calls came.
///
/// A call is known by its place. Places only grow, so that the queue is sorted by them. A waker that is taken
/// out leaves a gap, and the gaps are removed once they are more than half of the queue.
#[derive(Debug, Default)]
pub(crate) struct Wakers {
    /// The place that was given last.
    last: u64,
    queue: VecDeque<(u64, Option<Waker>)>,
    gaps: usize,
}

impl Wakers {
    /// Adds the waker of another call, and returns the call's place.
    pub(crate) fn add(&mut self, waker: Waker) -> u64 {
        self.last += 1;
        self.queue.push_back((self.last, Some(waker)));
        self.last
    }

    /// Returns whether a call is present.
    pub(crate) fn contains(&self, place: u64) -> bool {
        self.position(place)
            .is_some_and(|at| self.queue[at].1.is_some())
    }

    /// Replaces the waker of a call that is present, and returns the former one.
    pub(crate) fn replace(&mut self, place: u64, waker: Waker) -> Option<Waker> {
        let at = self.position(place)?;
        self.queue[at].1.replace(waker)
    }

    /// Takes the waker of a call out, if it is present.
    pub(crate) fn remove(&mut self, place: u64) -> Option<Waker> {
        let at = self.position(place)?;
        let waker = self.queue[at].1.take()?;
        self.gaps += 1;
        if self.gaps > self.queue.len() / 2 {
            self.queue.retain(|(_, waker)| waker.is_some());
            self.gaps = 0;
        }
        Some(waker)
    }

    /// Takes out the waker of the call that came first.
    pub(crate) fn pop_first(&mut self) -> Option<Waker> {
        while let Some((_, waker)) = self.queue.pop_front() {
            if waker.is_some() {
                return waker;
            }
            self.gaps -= 1;
        }
        None
    }

    /// Takes out all wakers. The places that follow grow further.
    pub(crate) fn take(&mut self) -> Wakers {
        let last = self.last;
        mem::replace(
            self,
            Wakers {
                last,
                ..Wakers::default()
            },
        )
    }

    /// Returns the number of calls that wait.
    pub(crate) fn len(&self) -> usize {
        self.queue.len() - self.gaps
    }

    /// Wakes all calls.
    pub(crate) fn wake(self) {
        for (_, waker) in self.queue {
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    fn position(&self, place: u64) -> Option<usize> {
        self.queue.binary_search_by(|(at, _)| at.cmp(&place)).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn waker() -> (Arc<Counter>, Waker) {
        let counter = Arc::new(Counter::default());
        (Arc::clone(&counter), counter.into())
    }

    #[test]
    fn the_first_that_waits_is_popped_first() {
        let mut wakers = Wakers::default();
        let calls: Vec<_> = (0..4).map(|_| waker()).collect();
        let places: Vec<u64> = calls
            .iter()
            .map(|call| wakers.add(call.1.clone()))
            .collect();
        assert!(wakers.remove(places[0]).is_some());
        assert!(wakers.remove(places[0]).is_none(), "it has left");
        assert!(wakers.pop_first().unwrap().will_wake(&calls[1].1));
        assert!(wakers.remove(places[3]).is_some());
        assert!(wakers.pop_first().unwrap().will_wake(&calls[2].1));
        assert!(wakers.pop_first().is_none());
        assert_eq!(wakers.len(), 0);
    }

    #[test]
    fn gaps_do_not_pile_up_behind_a_call_that_waits_for_long() {
        let mut wakers = Wakers::default();
        let long = wakers.add(waker().1);
        for _ in 0..1000 {
            let place = wakers.add(waker().1);
            assert!(wakers.replace(place, waker().1).is_some());
            assert!(wakers.remove(place).is_some());
            assert_eq!(wakers.len(), 1);
            assert!(wakers.queue.len() <= 3);
        }
        assert!(wakers.remove(long).is_some());
    }

    #[test]
    fn all_that_are_present_are_woken() {
        let mut wakers = Wakers::default();
        let (left, stays, late) = (waker(), waker(), waker());
        let place = wakers.add(left.1);
        let other = wakers.add(stays.1);
        drop(wakers.remove(place));
        wakers.take().wake();
        assert!(wakers.add(late.1) > other, "places only grow");
        let woken = |counter: &Counter| counter.0.load(Ordering::Relaxed);
        assert_eq!((woken(&left.0), woken(&stays.0), woken(&late.0)), (0, 1, 0));
    }
}
