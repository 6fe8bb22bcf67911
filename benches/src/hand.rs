//! The loop that somebody who cares writes by hand: the floor of every table.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::contender::{Contender, blocking, polled, tokio};
use crate::service::{ATTEMPTS, INITIAL, LONGEST, Outcome, Service, skip, skip_blocking};

pub const HAND: Contender = Contender {
    success: Some(blocking!(0, |s| call(s, std::thread::sleep))),
    retry: Some(blocking!(1, |s| call(s, skip_blocking))),
    polled: Some(polled!(0, |s| call_async(s, ::tokio::time::sleep))),
    polled_retry: Some(polled!(1, |s| call_async(s, skip))),
    tokio: Some(tokio!(0, |s| call_async(s, ::tokio::time::sleep))),
    timer: Some(tokio!(1, |s| call_async(s, ::tokio::time::sleep))),
    pause: Some(|rounds| {
        let attempts = [1, 2, 3, 4];
        for _ in 0..rounds / 4 {
            for attempt in black_box(&attempts) {
                black_box(pause(*attempt));
            }
        }
    }),
    small: Some(|| crate::size::of(small)),
    large: Some(|| crate::size::of(large)),
    waiting: Some(|service| ::tokio::spawn(call_async(service, ::tokio::time::sleep))),
    ..Contender::named("hand")
};

fn call(service: &Service, sleep: impl Fn(Duration)) -> Outcome {
    let mut attempt = 1;
    loop {
        match service.call() {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => sleep(pause(attempt)),
            outcome => return outcome,
        }
        attempt += 1;
    }
}

async fn call_async<S: Future>(service: &Service, sleep: impl Fn(Duration) -> S) -> Outcome {
    let mut attempt = 1;
    loop {
        match async { service.call() }.await {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => sleep(pause(attempt)).await,
            outcome => return outcome,
        };
        attempt += 1;
    }
}

async fn small(service: &Service, key: &str, ids: [u64; 4]) -> Outcome {
    let mut attempt = 1;
    loop {
        match async { service.send::<8>(key, ids).await }.await {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {}
            outcome => return outcome,
        }
        ::tokio::time::sleep(pause(attempt)).await;
        attempt += 1;
    }
}

async fn large(service: &Service, key: &str, ids: [u64; 4]) -> Outcome {
    let mut attempt = 1;
    loop {
        match async { service.send::<1024>(key, ids).await }.await {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {}
            outcome => return outcome,
        }
        ::tokio::time::sleep(pause(attempt)).await;
        attempt += 1;
    }
}

/// Exponential with full jitter, in whole nanoseconds.
fn pause(attempt: u32) -> Duration {
    const INITIAL_NANOS: u64 = INITIAL.as_nanos() as u64;
    const LONGEST_NANOS: u64 = LONGEST.as_nanos() as u64;
    let doubled = 1u64.checked_shl(attempt - 1).unwrap_or(u64::MAX);
    let longest = INITIAL_NANOS.saturating_mul(doubled).min(LONGEST_NANOS);
    let pause = (u128::from(random()) * u128::from(longest + 1)) >> 64;
    Duration::from_nanos(pause as u64)
}

/// The small generator of the crate `rand`, one a thread.
fn random() -> u64 {
    thread_local! {
        static GENERATOR: RefCell<SmallRng> =
            RefCell::new(SmallRng::seed_from_u64(RandomState::new().hash_one(0)));
    }
    GENERATOR.with_borrow_mut(SmallRng::next_u64)
}
