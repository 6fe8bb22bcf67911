//! A rate limiter and a bulkhead, for one call.

use alloc::vec::Vec;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::call_limits::{CallLimits, Entry};
use super::shown::Shown;
use crate::bulkhead::seeker::{Seeker, Turn as PlaceTurn};
use crate::bulkhead::{Bulkhead, Place};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Health;
use crate::rate_limiter::{RateLimiter, Ticket, Turn};
use crate::time::clock::Instant;

/// The longest pause of a call that waits for a place, which wakes it earlier.
const LOOK: Duration = Duration::from_secs(1);

/// A rate limiter, a bulkhead, or both, for one call.
#[derive(Debug)]
pub struct LimitsOfCall<'g> {
    limiter: Option<LimiterOfCall<'g>>,
    bulkhead: Option<BulkheadOfCall<'g>>,
    place: Option<Place<'g>>,
    /// The places of further copies; behind a lock, since the race holds the rest.
    copies: Mutex<Vec<Place<'g>>>,
}

#[derive(Debug)]
struct BulkheadOfCall<'g> {
    bulkhead: &'g Bulkhead,
    seeker: Option<Seeker<'g>>,
}

#[derive(Debug)]
struct LimiterOfCall<'g> {
    limiter: &'g RateLimiter,
    ticket: Ticket<'g>,
    waits: bool,
    taken: bool,
    /// The time at which the call began to wait.
    #[cfg(feature = "metrics")]
    since: Option<Instant>,
}

impl<'g> LimitsOfCall<'g> {
    pub(super) fn new(
        limiter: Option<(&'g RateLimiter, bool)>,
        bulkhead: Option<&'g Bulkhead>,
    ) -> Self {
        let of_call = |(limiter, waits): (&'g RateLimiter, bool)| LimiterOfCall {
            limiter,
            ticket: limiter.ticket(),
            waits,
            taken: false,
            #[cfg(feature = "metrics")]
            since: None,
        };
        LimitsOfCall {
            limiter: limiter.map(of_call),
            bulkhead: bulkhead.map(BulkheadOfCall::new),
            place: None,
            copies: Mutex::default(),
        }
    }

    fn copies(&self) -> MutexGuard<'_, Vec<Place<'g>>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the permit, unless it was taken already.
    fn take(&mut self, now: fn() -> Instant) -> bool {
        let Some(limiter) = &mut self.limiter else {
            return true;
        };
        let taken = core::mem::take(&mut limiter.taken) || limiter.ticket.take(now());
        #[cfg(feature = "metrics")]
        if let Some(since) = limiter.since.take_if(|_| taken) {
            let time = now().saturating_duration_since(since);
            crate::telemetry::limits::waited(limiter.limiter, time);
        }
        taken
    }
}

impl<'g> BulkheadOfCall<'g> {
    const fn new(bulkhead: &'g Bulkhead) -> Self {
        BulkheadOfCall {
            bulkhead,
            seeker: None,
        }
    }

    /// Returns the seeker, by the clock of the call.
    fn seeker(&mut self, now: fn() -> Instant) -> &mut Seeker<'g> {
        self.seeker.get_or_insert_with(|| self.bulkhead.seeker(now))
    }

    fn waits(&self) -> bool {
        self.seeker.as_ref().is_some_and(Seeker::waits)
    }
}

impl CallLimits for LimitsOfCall<'_> {
    const LIMITS: bool = true;

    fn waits(&self) -> bool {
        let limiter = self.limiter.as_ref();
        let bulkhead = self.bulkhead.as_ref();
        limiter.is_some_and(|limiter| limiter.ticket.waits())
            || bulkhead.is_some_and(BulkheadOfCall::waits)
    }

    fn awaited(&self, pause: Duration) -> Option<Interrupt> {
        let limiter = self.limiter.as_ref();
        if limiter.is_some_and(|limiter| limiter.ticket.waits()) {
            let retry_after = Some(pause);
            return Some(Interrupt::RateLimited { retry_after });
        }
        let bulkhead = self.bulkhead.as_ref();
        let waits = bulkhead.is_some_and(BulkheadOfCall::waits);
        waits.then_some(Interrupt::BulkheadFull)
    }

    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(limiter) = self.limiter.as_mut().filter(|it| it.ticket.waits()) {
            return limiter.ticket.poll_woken(cx);
        }
        let bulkhead = self.bulkhead.as_mut().filter(|it| it.waits());
        match bulkhead.and_then(|it| it.seeker.as_mut()) {
            Some(seeker) => seeker.poll_woken(cx),
            None => Poll::Pending,
        }
    }

    fn leave(&mut self) {
        if let Some(limiter) = &mut self.limiter {
            limiter.ticket.leave();
        }
        if let Some(seeker) = self.bulkhead.as_mut().and_then(|it| it.seeker.as_mut()) {
            seeker.leave();
        }
    }

    fn rate_limiter(&self) -> Option<&RateLimiter> {
        self.limiter.as_ref().map(|it| it.limiter)
    }

    fn turn(&mut self, now: fn() -> Instant, left: Option<Duration>, after: bool) -> Turn {
        let alone = !after && self.bulkhead.is_none();
        let Some(limiter) = &mut self.limiter else {
            return Turn::Pass;
        };
        let at = now();
        if alone && !limiter.ticket.waits() && limiter.limiter.try_take(at) {
            limiter.taken = true;
            return Turn::Pass;
        }
        let turn = limiter.ticket.ask(at, left, limiter.waits);
        #[cfg(feature = "metrics")]
        if let Turn::Wait(_) = turn {
            limiter.since.get_or_insert(at);
        }
        turn
    }

    fn enter(&mut self, now: fn() -> Instant, left: Option<Duration>) -> Entry {
        if let Some(bulkhead) = &mut self.bulkhead {
            match bulkhead.seeker(now).ask() {
                PlaceTurn::Enter(place) => self.place = Some(place),
                PlaceTurn::Refused => {
                    self.leave();
                    return Entry::Full;
                }
                PlaceTurn::Wait => {
                    // Who waits here holds up nobody there.
                    if let Some(limiter) = &mut self.limiter {
                        limiter.ticket.leave();
                    }
                    return Entry::Wait(left.map_or(LOOK, |left| left.min(LOOK)));
                }
            }
        }
        if self.take(now) {
            return Entry::Entered;
        }
        self.place = None;
        Entry::Again
    }

    fn enter_copy(&self, now: fn() -> Instant) -> bool {
        let place = match &self.bulkhead {
            None => None,
            Some(BulkheadOfCall { bulkhead, .. }) => match bulkhead.place(now) {
                None => return false,
                place => place,
            },
        };
        let limiter = self.limiter.as_ref();
        let passes = limiter.is_none_or(|it| it.limiter.try_take(now()));
        if passes {
            self.copies().extend(place);
        }
        passes
    }

    fn leave_copy(&self) {
        let _ = self.copies().pop();
    }

    fn ended(&mut self, now: fn() -> Instant, shown: Shown) {
        self.copies().clear();
        if let Some(place) = self.place.take() {
            place.end(shown.to_bulkhead());
        }
        let Some(LimiterOfCall { limiter, .. }) = &self.limiter else {
            return;
        };
        let at = now();
        if shown.throttles() {
            limiter.throttled(at);
        } else if shown.health == Health::Well {
            limiter.succeeded(at);
        }
        if let Some(time) = shown.hint {
            limiter.hold_at(at, time);
        }
    }
}
