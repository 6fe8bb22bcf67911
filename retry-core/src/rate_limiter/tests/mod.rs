//! Rate limiters by their tickets, at times that a test gives.

mod adaptive;
mod line;
mod news;
mod properties;
#[cfg(feature = "redis-fleet")]
mod share;
mod threads;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use super::{RateLimiter, SECOND, Ticket, Turn};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Returns the time at which all tests begin, and `millis` later.
fn at(millis: u64) -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now) + Duration::from_millis(millis)
}

/// Returns a limiter of a permit each 100 ms.
fn ten_a_second(burst: u32) -> RateLimiter {
    RateLimiter::new("ten").rate(10, SECOND).burst(burst)
}

/// Asks for a permit in the line.
fn ask(ticket: &mut Ticket<'_>, now: u64) -> Turn {
    ticket.ask(at(now), None, true)
}

/// Asks, and takes the permit that is there.
fn take(ticket: &mut Ticket<'_>, now: u64) -> bool {
    ask(ticket, now) == Turn::Pass && ticket.take(at(now))
}

/// Returns the wait of a call that does not wait, in milliseconds; 0 for a permit that is taken.
fn wait_of(limiter: &RateLimiter, now: u64) -> u64 {
    match limiter.ticket().ask(at(now), None, false) {
        Turn::Refused { retry_after } => retry_after.as_millis() as u64,
        _ => {
            assert!(limiter.try_take(at(now)));
            0
        }
    }
}

/// A waker that counts.
#[derive(Default)]
struct Calls(AtomicUsize);

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Calls {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Listens for a wake-up that did not come so far.
fn listen(ticket: &mut Ticket<'_>) -> Arc<Calls> {
    let calls = Arc::new(Calls::default());
    let waker = Waker::from(Arc::clone(&calls));
    assert!(
        ticket
            .poll_woken(&mut Context::from_waker(&waker))
            .is_pending()
    );
    calls
}

/// Returns whether a call has been woken since it listened.
fn is_woken(ticket: &mut Ticket<'_>) -> bool {
    ticket
        .poll_woken(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}
