//! Tasks that wait for permits, on tokio's paused clock.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use persevere_core::RateLimiter;
use persevere_core::rate_limiter::{MINUTE, SECOND};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

const MILLI: Duration = Duration::from_millis(1);

fn ten_a_second() -> Arc<RateLimiter> {
    Arc::new(RateLimiter::new("ten").rate(10, SECOND))
}

/// Polls a future once, so that its call is in the line.
fn begin(call: std::pin::Pin<&mut impl Future>) {
    assert!(
        call.poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

#[tokio::test(start_paused = true)]
async fn calls_go_one_each_interval_in_their_order() {
    let (limiter, start) = (ten_a_second(), Instant::now());
    let mut calls = JoinSet::new();
    for call in 0..100 {
        let limiter = Arc::clone(&limiter);
        calls.spawn(async move {
            limiter.acquire().await.unwrap();
            (call, start.elapsed())
        });
    }
    for (place, (call, waited)) in calls.join_all().await.into_iter().enumerate() {
        assert_eq!(place, call);
        // tokio's timer has milliseconds, and a burst of one makes up for none of them.
        let early = 100 * MILLI * call as u32;
        assert!(waited >= early && waited <= early + MILLI * (call as u32 + 1));
    }
    assert_eq!((limiter.counts().taken, limiter.counts().waited), (100, 99));
    assert_eq!(limiter.waiting(), 0);
}

/// A burst makes up for the milliseconds of the timer, since each call that goes wakes the next.
#[tokio::test(start_paused = true)]
async fn permits_come_faster_than_the_timer() {
    let limiter = Arc::new(RateLimiter::new("fast").rate(100_000, SECOND).burst(200));
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..10_200 {
        let limiter = Arc::clone(&limiter);
        calls.spawn(async move { limiter.acquire().await.unwrap() });
    }
    calls.join_all().await;
    let took = start.elapsed();
    assert!(took >= 100 * MILLI && took < 115 * MILLI, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_moves_up_the_others() {
    let (limiter, start) = (ten_a_second(), Instant::now());
    limiter.acquire().await.unwrap();
    let last = {
        let (first, second) = (limiter.acquire(), limiter.acquire());
        let (mut first, mut second) = (pin!(first), pin!(second));
        begin(first.as_mut());
        begin(second.as_mut());
        let limiter = Arc::clone(&limiter);
        let last = tokio::spawn(async move { limiter.acquire().await });
        sleep(50 * MILLI).await;
        last
    };
    last.await.unwrap().unwrap();
    assert_eq!(start.elapsed(), 100 * MILLI);
    assert_eq!((limiter.counts().taken, limiter.waiting()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_comes_refuses_those_that_do_not_wait_for_it() {
    let (limiter, start) = (ten_a_second(), Instant::now());
    limiter.acquire().await.unwrap();
    let calls = [(); 3].map(|()| {
        let limiter = Arc::clone(&limiter);
        tokio::spawn(async move { limiter.acquire().await })
    });
    sleep(10 * MILLI).await;
    limiter.hold(2 * MINUTE);
    for call in calls {
        assert!(call.await.unwrap().is_err());
    }
    assert_eq!(start.elapsed(), 10 * MILLI);
    assert_eq!(limiter.counts().refused, 3);
    advance(2 * MINUTE).await;
    limiter.acquire().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_there_takes_no_time_and_no_turn_of_the_runtime() {
    let limiter = ten_a_second();
    let call = pin!(limiter.acquire());
    let polled = call.poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready());
}

#[test]
fn the_future_changes_threads() {
    fn sends(_: impl Send) {}
    sends(ten_a_second().acquire());
}
