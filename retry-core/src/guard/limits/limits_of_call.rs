//! A rate limiter and a bulkhead, for one call.

use alloc::vec::Vec;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use super::call_limits::{CallLimits, Entry};
use super::shown::Shown;
use crate::bulkhead::seeker::{Seeker, Turn as PlaceTurn};
use crate::bulkhead::{Bulkhead, Place};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Health;
use crate::guard::Wakeable;
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
    /// Whether the attempt is a stream that has shown already what there was to learn.
    #[cfg(feature = "stream")]
    answered: bool,
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
    permit: Permit,
}

/// The permit of the coming attempt.
#[derive(Clone, Copy, Debug)]
enum Permit {
    None,
    /// It was there at this time, and may be taken.
    There(Instant),
    Taken,
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
            permit: Permit::None,
        };
        LimitsOfCall {
            limiter: limiter.map(of_call),
            bulkhead: bulkhead.map(BulkheadOfCall::new),
            place: None,
            copies: Mutex::default(),
            #[cfg(feature = "stream")]
            answered: false,
        }
    }

    /// Takes the permit that is there, unless it was taken already; returns whether the call has one, if it needs one.
    fn take(&mut self) -> bool {
        let Some(limiter) = &mut self.limiter else {
            return true;
        };
        match core::mem::replace(&mut limiter.permit, Permit::None) {
            Permit::None => false,
            Permit::There(at) => limiter.take(at),
            Permit::Taken => true,
        }
    }

    fn leave_bulkhead(&mut self) {
        if let Some(seeker) = self.bulkhead.as_mut().and_then(|it| it.seeker.as_mut()) {
            seeker.leave();
        }
    }
}

impl LimitsOfCall<'_> {
    /// Tells the rate limiter; the time is read where something is learned from it.
    fn tell_limiter(&self, now: fn() -> Instant, shown: Shown) {
        let Some(LimiterOfCall { limiter, .. }) = &self.limiter else {
            return;
        };
        match shown.hint {
            Some(time) => {
                let at = now();
                limiter.throttled(at);
                limiter.hold_at(at, time);
            }
            None if shown.health == Health::Well => limiter.succeeded(now),
            None => {}
        }
    }
}

impl LimiterOfCall<'_> {
    fn take(&mut self, at: Instant) -> bool {
        #[cfg(feature = "metrics")]
        let waited = self.ticket.waited(at);
        let taken = self.ticket.take(at);
        #[cfg(feature = "metrics")]
        if let Some(time) = waited.filter(|_| taken) {
            crate::telemetry::limits::waited(self.limiter, time);
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

impl Wakeable for LimitsOfCall<'_> {
    fn waits(&self) -> bool {
        let limiter = self.limiter.as_ref();
        let bulkhead = self.bulkhead.as_ref();
        limiter.is_some_and(|limiter| limiter.ticket.waits())
            || bulkhead.is_some_and(BulkheadOfCall::waits)
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
}

impl CallLimits for LimitsOfCall<'_> {
    fn any(&self) -> bool {
        self.limiter.is_some() || self.bulkhead.is_some()
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

    fn leave(&mut self) {
        if let Some(limiter) = &mut self.limiter {
            limiter.ticket.leave();
        }
        self.leave_bulkhead();
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
            limiter.permit = Permit::Taken;
            return Turn::Pass;
        }
        let turn = limiter.ticket.ask(at, left, limiter.waits);
        limiter.permit = match turn {
            Turn::Pass => Permit::There(at),
            Turn::Wait(_) | Turn::Refused { .. } => Permit::None,
        };
        if turn != Turn::Pass {
            // A place that it was given meanwhile goes to the next.
            self.leave_bulkhead();
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
        if self.take() {
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
            let copies = self.copies.lock();
            copies.unwrap_or_else(PoisonError::into_inner).extend(place);
        }
        passes
    }

    fn ended(&mut self, now: fn() -> Instant, shown: Shown) {
        let copies = self.copies.get_mut();
        copies.unwrap_or_else(PoisonError::into_inner).clear();
        let place = self.place.take();
        #[cfg(feature = "stream")]
        if core::mem::take(&mut self.answered) {
            self.tell_limiter(
                now,
                Shown {
                    health: Health::Unknown,
                    ..shown
                },
            );
            return;
        }
        if let Some(place) = place {
            place.end(shown.to_bulkhead());
        }
        self.tell_limiter(now, shown);
    }

    #[cfg(feature = "stream")]
    fn answered(&mut self, now: fn() -> Instant, shown: Shown) {
        self.answered = true;
        // The stream goes on alone, in one place.
        let copies = self.copies.get_mut();
        copies.unwrap_or_else(PoisonError::into_inner).clear();
        if let Some(place) = &self.place {
            place.learn(shown.to_bulkhead());
        }
        self.tell_limiter(now, shown);
    }
}
