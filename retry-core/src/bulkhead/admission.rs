//! Admission to the places of a bulkhead, and their return.

use std::task::Waker;

use super::bulkhead::Bulkhead;
use super::occupancy::Occupancy;
use crate::util::sync::atomic::Ordering;

/// The answer to a call that found no place.
pub(super) enum Joined {
    /// It has one after all.
    Entered,
    /// It waits, under this number.
    InLine(u64),
    /// The line is full.
    Refused,
}

impl Bulkhead {
    /// Takes a free place that nobody waits for.
    #[inline]
    pub(super) fn claim(&self) -> bool {
        let state = self.state();
        let mut seen = state.load();
        while let Some(entered) = seen.entered() {
            // Acquire: pairs with the release of the attempt that gave the place back.
            let exchange = state.occupancy.compare_exchange_weak(
                seen.bits(),
                entered.bits(),
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            match exchange {
                Ok(_) => return true,
                Err(other) => seen = Occupancy::from_bits(other),
            }
        }
        false
    }

    /// Joins the line.
    #[cold]
    pub(super) fn join(&self) -> Joined {
        let queue = self.settings.longest_line();
        if self.load().in_line() >= queue {
            return Joined::Refused;
        }
        self.state().line.with(|line| {
            let enter_or_join = |seen: Occupancy| seen.entered().or_else(|| seen.joined(queue));
            match self.change(enter_or_join) {
                Some(before) if before.entered().is_some() => Joined::Entered,
                Some(_) => Joined::InLine(line.add(Waker::noop().clone())),
                None => Joined::Refused,
            }
        })
    }

    /// Leaves the line; passes the place on that the call was given meanwhile.
    pub(super) fn leave(&self, number: u64) {
        let waker = self.state().line.with(|line| {
            let waker = line.remove(number);
            if waker.is_some() {
                self.change(|seen| Some(seen.left()));
            }
            waker
        });
        if waker.is_none() {
            self.give_back();
        }
    }

    /// Gives a place back, to the head of the line if there is one.
    #[inline]
    pub(super) fn give_back(&self) {
        let state = self.state();
        let mut seen = state.load();
        while seen.in_line() == 0 {
            // Release: pairs with the acquire of the attempt that takes the place.
            let exchange = state.occupancy.compare_exchange_weak(
                seen.bits(),
                seen.given_back().bits(),
                Ordering::Release,
                Ordering::Relaxed,
            );
            match exchange {
                Ok(_) => return,
                Err(other) => seen = Occupancy::from_bits(other),
            }
        }
        self.hand_over();
    }

    #[cold]
    fn hand_over(&self) {
        let waker = self.state().line.with(|line| {
            let before = self.change(|seen| {
                let given_back = seen.given_back();
                Some(given_back.served().unwrap_or(given_back))
            });
            let served = before.and_then(|before| before.given_back().served());
            served.and_then(|_| line.pop_first())
        });
        if let Some(waker) = waker {
            waker.wake();
        }
        self.serve();
    }

    /// Gives free places to calls in line, as a rise of the limit adds them.
    pub(super) fn serve(&self) {
        while self.load().served().is_some() {
            let waker = self.state().line.with(|line| {
                let served = self.change(Occupancy::served);
                served.and_then(|_| line.pop_first())
            });
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Exchanges the word, and returns the one before; `None` if `next` has no other.
    pub(super) fn change(
        &self,
        next: impl Fn(Occupancy) -> Option<Occupancy>,
    ) -> Option<Occupancy> {
        let next = |seen| next(Occupancy::from_bits(seen)).map(Occupancy::bits);
        // Pairs with itself, and with the orders in `claim` and `give_back`.
        let before = self
            .state()
            .occupancy
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, next);
        before.ok().map(Occupancy::from_bits)
    }
}
