//! A clock per test, which only the test moves.
#![allow(dead_code)]

use std::cell::Cell;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use persevere_core::CircuitBreaker;

static START: LazyLock<Instant> = LazyLock::new(|| {
    let start = Instant::now();
    // The first instant that a breaker reads is the zero of all. No instant of a test may precede it.
    let breaker = CircuitBreaker::new("first").consecutive(1);
    breaker.enter(Instant::now).expect("closed").failure();
    start.max(Instant::now())
});

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

pub(crate) fn start() -> Instant {
    *START
}

pub(crate) fn now() -> Instant {
    start() + NOW.get()
}

pub(crate) fn advance(by: Duration) {
    NOW.set(NOW.get() + by);
}

/// Sets the clock to this time after its start, backward or forward.
pub(crate) fn set(to: Duration) {
    NOW.set(to);
}
