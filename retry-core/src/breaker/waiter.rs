//! A call that waits for a breaker, and that the breaker wakes when it lets calls through.

use core::fmt;
use core::task::{Context, Poll};
use core::time::Duration;

use super::circuit_breaker::CircuitBreaker;
use super::packed::PackedState;
use super::wait_queue::{Queue, with};
use crate::call::random::RandomSource;
use crate::util::sync::Mutex;
use crate::util::sync::atomic::{Ordering, fence};

impl CircuitBreaker {
    /// Begins to listen for the moment when it lets calls through. Check afterwards whether it did already:
    /// [`lets_through`](CircuitBreaker::lets_through).
    pub(crate) fn listen(&self) -> Waiter<'_> {
        let queue = self.wait_queue.queue();
        let since = with(queue, |queue| queue.events);
        // Pairs with the fence in `WaitQueue::wake`.
        fence(Ordering::SeqCst);
        Waiter {
            circuit: self,
            since,
            place: Place::None,
        }
    }

    /// Returns whether a call could go through now, whatever the time.
    pub(crate) fn lets_through(&self) -> bool {
        self.load().has_room(self.settings.permits())
    }

    /// Wakes the waiting calls that a step lets through: all, if every call is admitted or a ramp begins;
    /// otherwise one, if a permit is free, such as one that a probe returned.
    pub(super) fn wake(&self, from: PackedState, to: PackedState) {
        let all = to.admits_all() && !from.admits_all() || to.ramping() && !from.ramping();
        let permits = self.settings.permits();
        if all || to.has_room(permits) && !from.has_room(permits) {
            self.wait_queue.wake(all);
        }
    }

    /// Draws the pause of a waiting call, so that not all come back on one tick: up to a hundredth longer,
    /// and shorter than the time left to the call.
    pub(crate) fn spread(pause: Duration, left: Option<Duration>) -> Duration {
        let longest = pause.saturating_add(pause / 100);
        let longest = match left {
            Some(left) => longest.min(left.saturating_sub(Duration::from_nanos(1))),
            None => longest,
        };
        RandomSource::Thread.between(pause, longest.max(pause))
    }
}

/// A waiting call.
pub(crate) struct Waiter<'b> {
    circuit: &'b CircuitBreaker,
    /// The number of events before it.
    since: u64,
    place: Place,
}

/// The place of a call's waker.
#[derive(Clone, Copy)]
enum Place {
    None,
    /// In the queue, or taken out of it by a wake-up.
    Queued(u64),
    /// The call was woken, and has not asked the breaker since.
    Woken,
}

impl Waiter<'_> {
    fn queue(&self) -> &Mutex<Queue> {
        self.circuit.wait_queue.queue()
    }

    /// Returns `Ready` once the breaker may let it through.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let (since, place) = (self.since, self.place);
        // The former waker is dropped after the lock is free.
        let (place, _former) = with(self.queue(), |queue| {
            let place = match place {
                Place::Queued(place) => Some(place),
                Place::None | Place::Woken => None,
            };
            if queue.events != since {
                let former = place.and_then(|place| queue.wakers.remove(place));
                return (Place::Woken, former);
            }
            match place {
                Some(place) => (Place::Queued(place), queue.wakers.replace(place, waker)),
                None => (Place::Queued(queue.wakers.add(waker)), None),
            }
        });
        self.place = place;
        match place {
            Place::Woken => Poll::Ready(()),
            Place::None | Place::Queued(_) => Poll::Pending,
        }
    }

    /// Leaves the queue: the call does not pause any more.
    pub(crate) fn leave(&mut self) {
        let Place::Queued(place) = self.place else {
            return;
        };
        self.place = Place::None;
        if with(self.queue(), |queue| queue.wakers.remove(place)).is_none() {
            self.circuit.wait_queue.wake(false);
        }
    }

    /// Prepares for asking the breaker, whether the call was woken or not.
    pub(crate) fn asks(&mut self) {
        self.leave();
        self.place = Place::None;
    }

    /// Returns the time that it stands back after it was woken together with others, so that they do not all
    /// come on one tick: up to a hundredth of the open time.
    pub(crate) fn stands_back(&self) -> Option<Duration> {
        let woken = with(self.queue(), |queue| {
            queue.events != self.since && queue.herd > 1
        });
        let longest = Duration::from_nanos(self.circuit.settings.open_nanos(1) / 100);
        let back = || RandomSource::Thread.between(Duration::ZERO, longest);
        (woken && self.circuit.load().admits_all()).then(back)
    }
}

/// Removes its waker. If it was woken and has not asked since, it wakes another call in its place.
impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.leave();
        if matches!(self.place, Place::Woken) {
            self.circuit.wait_queue.wake(false);
        }
    }
}

impl fmt::Debug for Waiter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Waiter").field(&self.circuit.name()).finish()
    }
}
