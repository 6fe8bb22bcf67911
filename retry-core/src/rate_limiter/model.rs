//! Models of a limiter that two or three threads use at once: every interleaving that matters.

use std::sync::LazyLock;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use super::{RateLimiter, SECOND, Ticket, Turn};
use crate::time::ticks::ticks;

static START: LazyLock<Instant> = LazyLock::new(|| {
    let start = Instant::now();
    ticks(start);
    start
});

fn at(millis: u64) -> Instant {
    *START + Duration::from_millis(millis)
}

/// Returns a limiter of a permit each 100 ms, whose atomics are made on this thread.
fn ten_a_second() -> Arc<RateLimiter> {
    let limiter = RateLimiter::new("ten").rate(10, SECOND);
    let _ = (limiter.counts(), limiter.held_for(), limiter.pace());
    limiter.locked(|_| ());
    Arc::new(limiter)
}

/// Asks for a permit and takes it; returns whether it has it.
fn take(ticket: &mut Ticket<'_>, now: u64) -> bool {
    ticket.ask(at(now), None, true) == Turn::Pass && ticket.take(at(now))
}

#[derive(Default)]
struct Bell(std::sync::atomic::AtomicBool);

impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn the_last_permit_goes_to_one() {
    loom::model(|| {
        let limiter = ten_a_second();
        let other = Arc::clone(&limiter);
        let other = thread::spawn(move || other.try_take(at(0)));
        let taken = [limiter.try_take(at(0)), other.join().unwrap()];
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
        assert_eq!(limiter.counts().taken, 1);
    });
}

#[cfg(feature = "redis-fleet")]
#[test]
fn a_share_that_changes_lets_no_permit_out_that_no_share_has() {
    const WHOLE: u64 = 1_000_000;
    for (first, second) in [(WHOLE / 2, WHOLE), (WHOLE, WHOLE / 2)] {
        loom::model(move || {
            let limiter = RateLimiter::new("ten").rate(10, SECOND).burst(4);
            let _ = (limiter.counts(), limiter.held_for(), limiter.pace());
            limiter.locked(|_| ());
            let limiter = Arc::new(limiter);
            limiter.set_share(first, ticks(at(0)));
            // All but one of those that the share has.
            for _ in 1..4 * first / WHOLE {
                assert!(limiter.try_take(at(0)));
            }
            let other = Arc::clone(&limiter);
            let other = thread::spawn(move || other.set_share(second, ticks(at(0))));
            let taken = u32::from(limiter.try_take(at(0))) + u32::from(limiter.try_take(at(0)));
            assert!(taken <= 1, "{first} to {second}");
            other.join().unwrap();
            assert!(!limiter.try_take(at(0)) || taken == 0);
        });
    }
}

#[test]
fn a_permit_is_there_for_a_call_in_line_or_for_one_that_comes() {
    loom::model(|| {
        let limiter = ten_a_second();
        assert!(limiter.try_take(at(0)));
        let other = Arc::clone(&limiter);
        let other = thread::spawn(move || other.try_take(at(100)));
        let mut ticket = limiter.ticket();
        let waits = ticket.ask(at(50), None, true);
        let taken = take(&mut ticket, 100);
        let other = other.join().unwrap();
        assert_ne!(taken, other);
        // Who comes afterwards stands behind.
        assert!(!taken || !other && matches!(waits, Turn::Wait(_)));
        drop(ticket);
        assert!(!limiter.state().word.load().is_marked());
    });
}

#[test]
fn a_call_that_leaves_wakes_the_next() {
    loom::model(|| {
        let limiter = ten_a_second();
        assert!(limiter.try_take(at(0)));
        let other = Arc::clone(&limiter);
        // It joins before this thread or after it, and leaves at any time.
        let other = thread::spawn(move || other.ticket().ask(at(0), None, true));
        let mut ticket = limiter.ticket();
        let bell = std::sync::Arc::new(Bell::default());
        let waker = Waker::from(std::sync::Arc::clone(&bell));
        let asked = ticket.ask(at(0), None, true);
        let woken = ticket
            .poll_woken(&mut Context::from_waker(&waker))
            .is_ready();
        other.join().unwrap();
        let rung = bell.0.load(std::sync::atomic::Ordering::Relaxed);
        let is_first = asked == Turn::Wait(Duration::from_millis(100));
        assert!(is_first || woken || rung);
        assert!(take(&mut ticket, 100));
        assert!(!limiter.state().word.load().is_marked());
    });
}

#[test]
fn a_hold_lets_nobody_pass_that_comes_afterwards() {
    loom::model(|| {
        let limiter = ten_a_second();
        let other = Arc::clone(&limiter);
        let other = thread::spawn(move || {
            other.hold_at(at(0), Duration::from_millis(300));
            other.try_take(at(200))
        });
        let before = limiter.try_take(at(0));
        assert!(!other.join().unwrap());
        assert!(!limiter.try_take(at(299)));
        assert!(limiter.try_take(at(300)));
        assert_eq!(limiter.counts().taken, 1 + u64::from(before));
        assert!(!limiter.state().word.load().is_marked());
    });
}

#[test]
fn an_announced_number_is_not_exceeded() {
    loom::model(|| {
        let limiter = Arc::new(RateLimiter::new("free"));
        let _ = (limiter.counts(), limiter.held_for(), limiter.pace());
        limiter.observe_at(at(0), 1, SECOND);
        let other = Arc::clone(&limiter);
        let other = thread::spawn(move || other.try_take(at(0)));
        let taken = [limiter.try_take(at(0)), other.join().unwrap()];
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
        assert!(!limiter.try_take(at(999)) && limiter.try_take(at(1000)));
    });
}
