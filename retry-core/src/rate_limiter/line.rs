//! The line of calls that wait for a permit.

use std::collections::VecDeque;
use std::task::Waker;

/// The calls that wait, in the order in which they came.
///
/// A call is known by its place. Places only grow, so that the queue is sorted by them. A call that leaves from
/// the middle leaves a gap; no gap is in front, and they are never more than half of the queue.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The place that was given last.
    last: u64,
    queue: VecDeque<(u64, Seat)>,
    gaps: usize,
    /// The place in front whose turn it is, and the time since which others find it there.
    overdue: Option<(u64, u64)>,
}

/// The nanoseconds after which a call loses its place that does not go though it is its turn.
const OVERDUE: u64 = 1_000_000_000;

#[derive(Debug)]
enum Seat {
    Gap,
    /// The call has asked, and does not wait for a wake-up so far.
    Taken,
    Waiting(Waker),
    /// The call was woken, and has not noticed so far.
    Called,
}

/// A call's departure: its waker, to be dropped, and that of the call that is in front from now on.
#[must_use = "the next call sleeps on"]
#[derive(Debug, Default)]
pub(super) struct Departure {
    own: Option<Waker>,
    next: Option<Waker>,
}

impl Departure {
    /// Wakes the next; the caller has no lock.
    pub(super) fn wake(self) {
        drop(self.own);
        if let Some(next) = self.next {
            next.wake();
        }
    }
}

impl Line {
    /// Adds a call, and returns its place.
    pub(super) fn join(&mut self) -> u64 {
        self.last += 1;
        self.queue.push_back((self.last, Seat::Taken));
        self.last
    }

    /// Returns the number of calls that wait.
    pub(super) fn len(&self) -> usize {
        self.queue.len() - self.gaps
    }

    /// Returns the number of calls before a place, if it is still taken.
    pub(super) fn ahead(&self, place: u64) -> Option<usize> {
        let before = self.position(place)?;
        let gap = |(_, seat): &&(u64, Seat)| matches!(seat, Seat::Gap);
        Some(before - self.queue.range(..before).filter(gap).count())
    }

    /// Notes that a call finds another one in front whose turn it is. One that stays there, such as a future that
    /// nobody polls, loses its place in the end.
    pub(super) fn find_overdue(&mut self, now: u64) -> Departure {
        let front = self.queue.front().map(|(place, _)| *place);
        match (front, self.overdue) {
            (Some(front), Some((place, since))) if front == place => {
                if now.saturating_sub(since) >= OVERDUE {
                    return self.leave(front);
                }
            }
            _ => self.overdue = front.map(|front| (front, now)),
        }
        Departure::default()
    }

    /// Sets the waker of a call, unless it was woken already. Returns whether it was, and a waker to be dropped.
    pub(super) fn listen(&mut self, place: u64, waker: Waker) -> (bool, Option<Waker>) {
        let Some(at) = self.position(place) else {
            return (true, Some(waker));
        };
        let seat = &mut self.queue[at].1;
        if let Seat::Called = seat {
            *seat = Seat::Taken;
            return (true, Some(waker));
        }
        match std::mem::replace(seat, Seat::Waiting(waker)) {
            Seat::Waiting(former) => (false, Some(former)),
            _ => (false, None),
        }
    }

    /// Removes a call.
    pub(super) fn leave(&mut self, place: u64) -> Departure {
        let Some(at) = self.position(place) else {
            return Departure::default();
        };
        let own = match std::mem::replace(&mut self.queue[at].1, Seat::Gap) {
            Seat::Waiting(waker) => Some(waker),
            _ => None,
        };
        self.gaps += 1;
        self.close_gaps();
        let next = if at == 0 { self.call_first() } else { None };
        Departure { own, next }
    }

    /// Marks the call in front as woken, and returns its waker.
    pub(super) fn call_first(&mut self) -> Option<Waker> {
        let seat = &mut self.queue.front_mut()?.1;
        match std::mem::replace(seat, Seat::Called) {
            Seat::Waiting(waker) => Some(waker),
            _ => None,
        }
    }

    fn close_gaps(&mut self) {
        while let Some((_, Seat::Gap)) = self.queue.front() {
            self.queue.pop_front();
            self.gaps -= 1;
        }
        if self.gaps > self.queue.len() / 2 {
            self.queue.retain(|(_, seat)| !matches!(seat, Seat::Gap));
            self.gaps = 0;
        }
    }

    fn position(&self, place: u64) -> Option<usize> {
        self.queue.binary_search_by(|(at, _)| at.cmp(&place)).ok()
    }
}
