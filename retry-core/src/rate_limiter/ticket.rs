//! The way of one call through a limiter.

use core::fmt;
use core::task::{Context, Poll};
use core::time::Duration;

use super::line::Departure;
use super::rate_limiter::RateLimiter;
use super::shared::Shared;
use crate::time::clock::Instant;
use crate::time::ticks::{MILLISECOND, nanos, ticks};

/// The answer to a call that asks for a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may take the permit, if it is fast enough.
    Pass,
    /// It waits for this time in the line, and asks again then, or when it is woken.
    Wait(Duration),
    /// It does not wait, or would wait too long; it is not in the line.
    Refused { retry_after: Duration },
}

/// The place of one call in the line of a limiter, if it waits.
///
/// It leaves the line when it is dropped.
pub(crate) struct Ticket<'a> {
    limiter: &'a RateLimiter,
    waiting: Option<Waiting>,
}

#[derive(Clone, Copy)]
struct Waiting {
    place: u64,
    since: u64,
}

impl RateLimiter {
    /// Creates the ticket of a call, which is idle until it asks.
    #[inline]
    pub(crate) const fn ticket(&self) -> Ticket<'_> {
        Ticket {
            limiter: self,
            waiting: None,
        }
    }

    /// Counts a refusal.
    #[cold]
    fn refused(&self, nanos: u64) -> Turn {
        self.state().counters.refused();
        Turn::Refused {
            retry_after: Duration::from_nanos(nanos),
        }
    }
}

impl Ticket<'_> {
    /// Asks for a permit, for a call that has this much time left. One that may wait joins the line, unless it would
    /// wait too long.
    #[inline]
    pub(crate) fn ask(&mut self, now: Instant, left: Option<Duration>, waits: bool) -> Turn {
        let (now, word) = (ticks(now), self.limiter.state().word.load());
        // Nobody waits, and the word says all.
        if !word.is_marked() && self.waiting.is_none() {
            let slot = self.limiter.pace().slot(word.arrival());
            if slot <= now {
                return Turn::Pass;
            }
            if !waits || slot > self.latest(now, left) {
                return self.limiter.refused(slot - now);
            }
        }
        self.ask_in_line(now, left, waits)
    }

    #[cold]
    fn ask_in_line(&mut self, now: u64, left: Option<Duration>, waits: bool) -> Turn {
        let (limiter, latest) = (self.limiter, self.latest(now, left));
        let mut departures = <[Departure; 2]>::default();
        let turn = limiter.state().locked(|shared| {
            shared.news.expire(now);
            let place = self.waiting.map(|waiting| waiting.place);
            let ahead = place.and_then(|place| shared.line.ahead(place));
            let (slot, again) = match self.slot(shared, ahead, now) {
                Slot::Now => {
                    // It may have lost its place.
                    self.waiting = self.waiting.filter(|_| ahead.is_some());
                    return Turn::Pass;
                }
                Slot::At(slot) => (slot, slot),
                Slot::Answer(until) if waits && now < latest => (now, until.min(latest)),
                Slot::Answer(until) => (until, until),
                Slot::Behind(slot, again) => {
                    departures[0] = shared.line.find_overdue(now);
                    (slot, again)
                }
            };
            if !waits || slot > latest {
                if let Some(waiting) = self.waiting.take() {
                    departures[1] = shared.line.leave(waiting.place);
                }
                return limiter.refused(slot - now);
            }
            if ahead.is_none() {
                self.waiting = Some(Waiting {
                    place: shared.line.join(),
                    since: self.waiting.map_or(now, |waiting| waiting.since),
                });
            }
            Turn::Wait(Duration::from_nanos(again - now))
        });
        departures.into_iter().for_each(Departure::wake);
        turn
    }

    /// Returns the last moment at which the call may still take its permit.
    fn latest(&self, now: u64, left: Option<Duration>) -> u64 {
        let since = self.waiting.map_or(now, |waiting| waiting.since);
        let latest = since.saturating_add(self.limiter.settings.longest_wait());
        match left {
            // A call that goes at its deadline does not begin.
            Some(left) => latest.min(now.saturating_add(nanos(left).saturating_sub(1))),
            None => latest,
        }
    }

    /// Returns the time at which it is the turn of a call behind this many others, or behind all.
    fn slot(&self, shared: &Shared, ahead: Option<usize>, now: u64) -> Slot {
        let ahead = ahead.unwrap_or(shared.line.len()) as u64;
        let (pace, arrival) = (
            self.limiter.pace(),
            self.limiter.state().word.load().arrival(),
        );
        // Permits that are not taken pile up to the burst, and no further.
        let slot = pace
            .slot_behind(arrival.max(now), ahead)
            .max(shared.news.slot_behind(pace, ahead));
        match shared.news.asking_until(now) {
            Some(until) => Slot::Answer(until.max(slot)),
            None if ahead == 0 && slot <= now => Slot::Now,
            None if ahead > 0 && pace.slot(arrival) <= now => {
                let (soon, late) = (now + MILLISECOND, now + 1000 * MILLISECOND);
                Slot::Behind(slot.max(soon), slot.clamp(soon, late))
            }
            None => Slot::At(slot),
        }
    }

    /// Takes the permit and leaves the line; returns `false` if another call was faster.
    #[inline]
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        match self.waiting {
            None => self.limiter.try_take(now),
            Some(waiting) => self.take_in_line(ticks(now), waiting),
        }
    }

    #[cold]
    fn take_in_line(&mut self, now: u64, waiting: Waiting) -> bool {
        let limiter = self.limiter;
        let departure = limiter.state().locked(|shared| {
            let first = shared.line.ahead(waiting.place) == Some(0);
            let taken = first && limiter.take_locked(shared, now);
            taken.then(|| shared.line.leave(waiting.place))
        });
        let Some(departure) = departure else {
            return false;
        };
        departure.wake();
        limiter
            .state()
            .counters
            .waited(now.saturating_sub(waiting.since));
        self.waiting = None;
        true
    }

    /// Returns the time for which it is in the line, if it is.
    #[cfg(feature = "metrics")]
    pub(crate) fn waited(&self, now: Instant) -> Option<Duration> {
        let since = self.waiting?.since;
        Some(Duration::from_nanos(ticks(now).saturating_sub(since)))
    }

    /// Returns whether it is in the line.
    #[inline]
    pub(crate) const fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// Returns `Ready` once the call is to ask again before its pause is over.
    pub(crate) fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(waiting) = self.waiting else {
            return Poll::Pending;
        };
        let waker = cx.waker().clone();
        // The former waker is dropped after the lock is free.
        let (woken, _former) = self
            .limiter
            .state()
            .locked(|shared| shared.line.listen(waiting.place, waker));
        if woken {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Leaves the line, and wakes the call that is in front now.
    #[inline]
    pub(crate) fn leave(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            let limiter = self.limiter;
            limiter
                .state()
                .locked(|shared| shared.line.leave(waiting.place))
                .wake();
        }
    }
}

/// The time at which it is a call's turn.
enum Slot {
    Now,
    At(u64),
    /// Another call asks the service. Its answer ends the wait, or this time does.
    Answer(u64),
    /// It is the turn of the call in front, which may not go: the time, and that at which to look after it.
    Behind(u64, u64),
}

impl Drop for Ticket<'_> {
    #[inline]
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for Ticket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("limiter", &self.limiter.name())
            .field("waits", &self.waits())
            .finish()
    }
}
