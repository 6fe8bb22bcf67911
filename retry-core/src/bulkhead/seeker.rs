//! A call that seeks a place, and waits in line for it.

use core::fmt;
use core::task::{Context, Poll};

use super::admission::Joined;
use super::bulkhead::Bulkhead;
use super::place::Place;
use crate::time::clock::Instant;

/// A call that seeks a place, and is in line once it has to wait.
pub(crate) struct Seeker<'b> {
    bulkhead: &'b Bulkhead,
    clock: fn() -> Instant,
    /// Its number in line.
    number: Option<u64>,
}

/// The answer of a bulkhead.
#[derive(Debug)]
pub(crate) enum Turn<'b> {
    Enter(Place<'b>),
    /// The call is in line.
    Wait,
    /// The line is full.
    Refused,
}

impl Bulkhead {
    /// Begins to seek a place; `clock` is read where the limit is adaptive.
    #[inline]
    pub(crate) const fn seeker(&self, clock: fn() -> Instant) -> Seeker<'_> {
        Seeker {
            bulkhead: self,
            clock,
            number: None,
        }
    }

    /// Takes a place that is free at once; what is not given is no refusal.
    #[inline]
    pub(crate) fn place(&self, clock: fn() -> Instant) -> Option<Place<'_>> {
        self.claim().then(|| Place::taken(self, clock))
    }
}

impl<'b> Seeker<'b> {
    /// Asks for a place, and stands in line for it if it has to.
    #[inline]
    pub(crate) fn ask(&mut self) -> Turn<'b> {
        if self.number.is_none() {
            if let Some(place) = self.bulkhead.place(self.clock) {
                return Turn::Enter(place);
            }
        }
        self.ask_in_line()
    }

    #[cold]
    fn ask_in_line(&mut self) -> Turn<'b> {
        let entered = match self.number {
            Some(number) => !self
                .bulkhead
                .state()
                .line
                .with(|line| line.contains(number)),
            None => match self.bulkhead.join() {
                Joined::Entered => true,
                Joined::InLine(number) => {
                    self.number = Some(number);
                    false
                }
                Joined::Refused => {
                    self.bulkhead.count_refusal();
                    return Turn::Refused;
                }
            },
        };
        if !entered {
            return Turn::Wait;
        }
        self.number = None;
        Turn::Enter(Place::taken(self.bulkhead, self.clock))
    }

    /// Returns whether it is in line, or was given a place there for which it has not asked since.
    #[inline]
    pub(crate) const fn waits(&self) -> bool {
        self.number.is_some()
    }

    /// Returns `Ready` once it was given a place; `Pending` for good if it does not wait.
    pub(crate) fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(number) = self.number else {
            return Poll::Pending;
        };
        let waker = cx.waker().clone();
        // What is not needed of the two wakers is dropped after the lock is free.
        let (waits, _unneeded) =
            self.bulkhead
                .state()
                .line
                .with(|line| match line.contains(number) {
                    true => (true, line.replace(number, waker)),
                    false => (false, Some(waker)),
                });
        if waits {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }

    #[cfg(all(test, persevere_loom))]
    pub(super) fn number(&self) -> u64 {
        self.number.expect("it waits")
    }

    /// Leaves the line; a place that it was given there goes to the next.
    #[inline]
    pub(crate) fn leave(&mut self) {
        if let Some(number) = self.number.take() {
            self.bulkhead.leave(number);
        }
    }
}

/// Leaves the line.
impl Drop for Seeker<'_> {
    #[inline]
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for Seeker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeker")
            .field("bulkhead", &self.bulkhead.name())
            .field("waits", &self.waits())
            .finish()
    }
}
