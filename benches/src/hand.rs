//! The loop that somebody who cares writes by hand: the floor of every table.

use std::hint::black_box;
use std::time::Duration;

use crate::contender::{Contender, blocking, matched, polled, tokio};
use crate::service::{ATTEMPTS, INITIAL, LONGEST, Outcome, Reply, Service, skip, skip_blocking};

pub const HAND: Contender = Contender {
    success: Some(blocking!(0, |s| call(s, std::thread::sleep))),
    matched: Some(matched!(ask)),
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

#[inline(never)]
fn ask(service: &Service) -> Reply {
    let mut attempt = 1;
    loop {
        match service.ask() {
            Ok(value) => return Ok(value),
            Err(error) if attempt >= ATTEMPTS => return Err(error),
            Err(_) => std::thread::sleep(pause(attempt)),
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
    Duration::from_nanos(fastrand::u64(0..=longest))
}
