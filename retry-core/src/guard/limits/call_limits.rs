//! The limits of one call.

use alloc::vec::Vec;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Limiting;
use crate::bulkhead::seeker::{Seeker, Turn as PlaceTurn};
use crate::bulkhead::{Bulkhead, Ended, Place};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::rate_limiter::{RateLimiter, Ticket, Turn};
use crate::time::clock::Instant;

/// The longest pause of a call that waits for a place, which wakes it earlier.
const LOOK: Duration = Duration::from_secs(1);

/// The limits of one call; `()` for none.
pub trait CallLimits: Send + Sync {
    /// Whether there are any.
    #[doc(hidden)]
    const LIMITS: bool;

    /// Returns whether the call waits for one of them.
    #[doc(hidden)]
    #[inline(always)]
    fn waits(&self) -> bool {
        false
    }

    /// Returns the interrupt that stands for a wait of this length, if the call waits for one of them.
    #[doc(hidden)]
    #[inline(always)]
    fn awaited(&self, _pause: Duration) -> Option<Interrupt> {
        None
    }

    /// Returns `Ready` when the limit that the call waits for may let it through.
    #[doc(hidden)]
    #[inline(always)]
    fn poll_woken(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Leaves every line: the call makes no attempt.
    #[doc(hidden)]
    #[inline(always)]
    fn leave(&mut self) {}

    /// Returns the rate limiter, for which responses may have news.
    #[doc(hidden)]
    #[inline(always)]
    fn rate_limiter(&self) -> Option<&RateLimiter> {
        None
    }

    /// Asks the rate limiter, and takes its permit if nothing else is asked `after` it.
    #[doc(hidden)]
    #[inline(always)]
    fn turn(&mut self, _now: fn() -> Instant, _left: Option<Duration>, _after: bool) -> Turn {
        Turn::Pass
    }

    /// Takes a place and a permit, or neither.
    #[doc(hidden)]
    #[inline(always)]
    fn enter(&mut self, _now: fn() -> Instant, _left: Option<Duration>) -> Entry {
        Entry::Entered
    }

    /// Takes a place and a permit for a further copy of the attempt, which begins at once.
    #[doc(hidden)]
    #[inline(always)]
    fn enter_copy(&self, _now: fn() -> Instant) -> bool {
        true
    }

    /// Gives the place of the last copy back, which does not begin.
    #[doc(hidden)]
    #[inline(always)]
    fn leave_copy(&self) {}

    /// Gives the places back after an attempt whose outcome shows this.
    #[doc(hidden)]
    #[inline(always)]
    fn ended(&mut self, _now: fn() -> Instant, _shown: Shown) {}
}

impl CallLimits for () {
    const LIMITS: bool = false;
}

/// Runs or polls the body of an attempt, and tells the rate limiter what its response says of the rate.
#[inline(always)]
pub(in crate::guard) fn hearing<T>(
    limiter: Option<&RateLimiter>,
    now: fn() -> Instant,
    body: impl FnOnce() -> T,
) -> T {
    #[cfg(feature = "http")]
    if let Some(limiter) = limiter {
        let (value, posted) = crate::rate_limiter::posted::collecting(body);
        if let Some((remaining, reset)) = posted {
            limiter.observe_at(now(), remaining, reset);
        }
        return value;
    }
    let _ = (limiter, now);
    body()
}

/// The result of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The attempt may be made.
    Entered,
    /// Another call was faster: ask again.
    Again,
    /// Wait for a place for this long, and ask again.
    Wait(Duration),
    /// The bulkhead is full, and so is its line.
    Full,
}

/// The news of an attempt that limits learn from.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub(in crate::guard) verdict: Verdict,
    /// The time for which the service asks to be left alone.
    pub(in crate::guard) hint: Option<Duration>,
    pub(in crate::guard) health: Health,
    /// Whether a limit of time cut the attempt.
    pub(in crate::guard) cut: bool,
}

impl Shown {
    /// The news of an attempt without an outcome.
    pub(in crate::guard) const NOTHING: Shown = Shown {
        verdict: Verdict::Final,
        hint: None,
        health: Health::Unknown,
        cut: false,
    };

    /// Returns whether the service asked for fewer calls: by a hint, or by a refusal that is no failure.
    fn throttles(&self) -> bool {
        self.hint.is_some() || self.verdict.is_retry() && self.health != Health::Failed && !self.cut
    }

    fn to_bulkhead(self) -> Ended {
        match self.health {
            _ if self.cut || self.throttles() => Ended::Overload,
            Health::Failed => Ended::Overload,
            Health::Well => Ended::Success,
            Health::Unknown => Ended::Ignored,
        }
    }
}

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
    pub(super) fn new(limits: &'g impl Limiting) -> Self {
        let limiter = |(limiter, waits): (&'g RateLimiter, bool)| LimiterOfCall {
            limiter,
            ticket: limiter.ticket(),
            waits,
            taken: false,
            #[cfg(feature = "metrics")]
            since: None,
        };
        LimitsOfCall {
            limiter: limits.rate_limiter().map(limiter),
            bulkhead: limits.bulkhead().map(BulkheadOfCall::new),
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
        let at = now();
        if let Some(place) = self.place.take() {
            place.end(shown.to_bulkhead());
        }
        let Some(LimiterOfCall { limiter, .. }) = &self.limiter else {
            return;
        };
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
