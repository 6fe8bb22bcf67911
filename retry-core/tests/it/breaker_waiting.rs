//! Calls that wait for a breaker: they are woken when it admits them, and do not arrive as a herd.
#![cfg(all(feature = "tokio", feature = "testing"))]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use persevere_core::breaker::{State, wait_for};
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    CancelToken, CircuitBreaker, Interrupt, Policy, RetryBudget, RetryPolicy, RetryStats,
    StopReason, stop,
};
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);

/// Runs the calls concurrently.
async fn together<F>(calls: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let calls: Vec<_> = calls.map(tokio::spawn).collect();
    let mut ended = Vec::new();
    for call in calls {
        ended.push(call.await.unwrap());
    }
    ended
}

/// Returns a breaker that is open for this number of seconds, by the clock of the test.
fn opened(seconds: u32) -> CircuitBreaker {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let breaker = breaker.open_for(seconds * SECOND);
    breaker.try_enter().unwrap().failure();
    breaker
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

async fn fine() -> io::Result<u8> {
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn a_herd_that_waits_for_the_open_time_comes_back_one_by_one() {
    let breaker = Arc::new(opened(10));
    let pauses = Arc::new(Mutex::new(BTreeSet::new()));
    let calls = (0..100).map(|_| {
        let (breaker, pauses) = (Arc::clone(&breaker), Arc::clone(&pauses));
        async move {
            let policy = RetryPolicy::new()
                .breaker(wait_for(breaker))
                .sleep_async(move |pause| {
                    pauses.lock().unwrap().insert(pause);
                    sleep(pause)
                });
            policy.run_async(fine).await.unwrap();
        }
    });
    together(calls).await;
    let pauses = pauses.lock().unwrap();
    let first: Vec<_> = pauses
        .iter()
        .filter(|pause| **pause >= 10 * SECOND)
        .collect();
    assert!(first.len() > 90, "{} different pauses", first.len());
    assert!(
        pauses
            .iter()
            .all(|pause| *pause <= 10 * SECOND + SECOND / 10)
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_is_woken_when_the_breaker_is_closed() {
    let breaker = opened(3600);
    let policy = RetryPolicy::new().breaker(wait_for(&breaker));
    let start = Instant::now();
    let (waited, ()) = tokio::join!(policy.run_async(fine), async {
        sleep(5 * SECOND).await;
        breaker.reset();
    });
    assert_eq!(waited.unwrap(), 1);
    assert_eq!(start.elapsed(), 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_herd_that_is_woken_together_stands_back() {
    let breaker = Arc::new(opened(100));
    advance(100 * SECOND).await;
    let probe = breaker.try_enter().unwrap();
    let start = Instant::now();
    let calls = (0..100).map(|_| {
        let breaker = Arc::clone(&breaker);
        async move {
            let policy = RetryPolicy::new().breaker(wait_for(breaker));
            policy.run_async(fine).await.unwrap();
            start.elapsed()
        }
    });
    let (back, ()) = tokio::join!(together(calls), async {
        sleep(3 * SECOND).await;
        probe.success();
    });
    assert!(
        back.iter()
            .all(|back| (3 * SECOND..=4 * SECOND + SECOND / 100).contains(back))
    );
    let ticks: BTreeSet<_> = back.iter().collect();
    assert!(ticks.len() > 50, "{} different ticks", ticks.len());
}

#[tokio::test(start_paused = true)]
async fn a_place_that_a_probe_gives_back_wakes_one() {
    let breaker = opened(3600);
    advance(3600 * SECOND).await;
    let probe = breaker.try_enter().unwrap();
    advance(1000 * SECOND).await;
    let policy = RetryPolicy::new().breaker(wait_for(&breaker));
    let start = Instant::now();
    let forever = || std::future::pending::<io::Result<u8>>();
    let (mut one, mut two) = (
        pin!(policy.run_async(forever)),
        pin!(policy.run_async(fine)),
    );
    assert!(poll(one.as_mut()).is_pending() && poll(two.as_mut()).is_pending());
    drop(probe);
    assert!(breaker.lets_a_call_in());
    // The first call has the place.
    assert!(poll(one.as_mut()).is_pending());
    assert!(!breaker.lets_a_call_in());
    assert!(poll(two.as_mut()).is_pending());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_woken_call_that_is_dropped_passes_it_on() {
    let breaker = opened(3600);
    advance(3600 * SECOND).await;
    let probe = breaker.try_enter().unwrap();
    advance(1000 * SECOND).await;
    let policy = RetryPolicy::new().breaker(wait_for(&breaker));
    let start = Instant::now();
    let mut one = Box::pin(policy.run_async(fine));
    assert!(poll(one.as_mut()).is_pending());
    let (two, ()) = tokio::join!(policy.run_async(fine), async {
        tokio::task::yield_now().await;
        drop(probe);
        drop(one);
    });
    assert_eq!(two.unwrap(), 1);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_woken_call_that_its_budget_refuses_passes_it_on() {
    let breaker = Arc::new(opened(3600));
    breaker.reset();
    let budget = RetryBudget::in_flight(1, 0.0);
    let retries = RetryPolicy::new().wait(SECOND).budget(&budget);
    let down = || async { io::Result::<u8>::Err(io::ErrorKind::TimedOut.into()) };
    // Its only attempt opens the breaker, and it waits with an unpaid retry.
    let first = retries.breaker(wait_for(&*breaker));
    let second = RetryPolicy::new().breaker(wait_for(Arc::clone(&breaker)));
    let start = Instant::now();
    let second = tokio::spawn(async move {
        sleep(4000 * SECOND).await;
        (second.run_async(fine).await.unwrap(), start.elapsed())
    });
    let (first, ()) = tokio::join!(first.report_async(down), async {
        sleep(3600 * SECOND).await;
        let probe = breaker.try_enter().unwrap();
        sleep(500 * SECOND).await;
        // The only retry that may be in flight is that of another call.
        let mut tries = 0;
        let holds = retries.run_async(|| {
            tries += 1;
            async move {
                match tries {
                    1 => Err(io::ErrorKind::TimedOut.into()),
                    _ => std::future::pending::<io::Result<u8>>().await,
                }
            }
        });
        let gives_back = async {
            sleep(10 * SECOND).await;
            assert_eq!(budget.available(), 0);
            drop(probe);
            sleep(10 * SECOND).await;
        };
        tokio::select! {
            _ = holds => unreachable!("its retry hangs"),
            () = gives_back => {}
        }
    });
    assert_eq!(first.reason(), Some(StopReason::Budget));
    assert_eq!(second.await.unwrap(), (1, 4110 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_call_of_a_herd_that_is_dropped_leaves_the_others_standing_back() {
    let breaker = Arc::new(opened(100));
    advance(100 * SECOND).await;
    let probe = breaker.try_enter().unwrap();
    let start = Instant::now();
    let calls = (0..100).map(|_| {
        let breaker = Arc::clone(&breaker);
        async move {
            let policy = RetryPolicy::new().breaker(wait_for(breaker));
            policy.run_async(fine).await.unwrap();
            start.elapsed()
        }
    });
    let policy = RetryPolicy::new().breaker(wait_for(&*breaker));
    let mut dropped = Box::pin(policy.run_async(fine));
    assert!(poll(dropped.as_mut()).is_pending());
    let (back, ()) = tokio::join!(together(calls), async {
        sleep(3 * SECOND).await;
        probe.success();
        drop(dropped);
    });
    let ticks: BTreeSet<_> = back.iter().collect();
    assert!(ticks.len() > 50, "{} different ticks", ticks.len());
}

#[tokio::test(start_paused = true)]
async fn a_call_hears_of_a_shorter_time_that_is_restored() {
    let breaker = opened(3600);
    let mut over = breaker.snapshot();
    over.left = SECOND;
    let policy = RetryPolicy::new().breaker(wait_for(&breaker));
    let start = Instant::now();
    let (outcome, ()) = tokio::join!(policy.run_async(fine), async {
        sleep(SECOND).await;
        breaker.restore(&over);
    });
    assert_eq!(outcome.unwrap(), 1);
    assert!((2 * SECOND..3 * SECOND).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn an_async_call_that_waits_for_a_breaker_is_asleep() {
    let (breaker, stats) = (opened(10), RetryStats::new());
    let policy = RetryPolicy::new().breaker(wait_for(&breaker)).stats(&stats);
    let mut call = pin!(policy.run_async(fine));
    assert!(poll(call.as_mut()).is_pending());
    assert_eq!(stats.asleep(), 1);
    call.await.unwrap();
    assert_eq!((stats.asleep(), stats.idle_time()), (0, Duration::ZERO));
}

#[test]
fn a_blocking_call_that_waits_for_a_breaker_is_asleep() {
    let clock = VirtualClock::new();
    let _scope = Scope::new().clock(&clock).enter();
    let (breaker, stats) = (opened(10), RetryStats::new());
    let policy = RetryPolicy::new().breaker(wait_for(&breaker)).stats(&stats);
    let asleep = Cell::new(0);
    let policy = policy.sleep(|pause| {
        asleep.set(stats.asleep());
        clock.advance(pause);
    });
    policy.run(|| io::Result::Ok(1)).unwrap();
    assert_eq!(asleep.get(), 1);
    assert_eq!((stats.asleep(), stats.idle_time()), (0, Duration::ZERO));
}

#[test]
fn a_call_in_steps_that_waits_for_a_breaker_is_asleep() {
    let clock = VirtualClock::new();
    let _scope = Scope::new().clock(&clock).enter();
    let (breaker, stats) = (opened(10), RetryStats::new());
    let policy = RetryPolicy::new().breaker(wait_for(&breaker)).stats(&stats);
    let mut call = Policy::<io::Result<u8>>::start(&policy);
    let refused = call.admit().unwrap_err();
    let Interrupt::CircuitOpen {
        retry_after: Some(pause),
    } = refused
    else {
        panic!("it is open: {refused:?}");
    };
    assert!(pause >= 10 * SECOND);
    assert_eq!((stats.asleep(), stats.idle_time()), (1, Duration::ZERO));
    // A wait that is over begins no second one.
    assert!(call.admit().is_err());
    assert_eq!(stats.asleep(), 1);
    clock.advance(10 * SECOND + SECOND);
    assert_eq!(call.admit(), Ok(()));
    call.attempt();
    assert_eq!(stats.asleep(), 0);
}

#[test]
fn a_blocking_call_is_woken() {
    let breaker = opened(3600);
    let token = CancelToken::new();
    let run = |policy: &(dyn Fn() -> io::Result<u8> + Sync)| {
        thread::scope(|scope| {
            let call = scope.spawn(policy);
            // No time limit decides: the call continues whenever the reset comes.
            thread::sleep(Duration::from_millis(20));
            breaker.reset();
            assert_eq!(call.join().unwrap().unwrap(), 1);
        });
        breaker.try_enter().unwrap().failure();
    };
    let plain = RetryPolicy::new().breaker(wait_for(&breaker));
    run(&|| plain.run(|| Ok(1)));
    let listening = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .breaker(wait_for(&breaker));
    run(&|| listening.run(|| Ok(1)));
    token.cancel();
    let report = listening.report(|| io::Result::Ok(1));
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
}

#[test]
fn a_call_that_waits_for_a_ramp_gets_its_share() {
    let clock = VirtualClock::new();
    let _scope = Scope::new().clock(&clock).enter();
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let breaker = breaker.open_for(SECOND).ramp(60 * SECOND);
    breaker.try_enter().unwrap().failure();
    clock.advance(SECOND);
    breaker.try_enter().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
    // Right after the start of the ramp, and in its middle.
    for (elapsed, most) in [(6, 20), (24, 5)] {
        clock.advance(elapsed * SECOND);
        let policy = RetryPolicy::new()
            .deadline(20 * SECOND)
            .breaker(wait_for(&breaker));
        for _ in 0..10 {
            let before = clock.elapsed();
            policy.run(|| io::Result::Ok(1)).unwrap();
            assert!(clock.elapsed() - before < most * SECOND);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_ramp_wakes_all() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let breaker = Arc::new(breaker.open_for(SECOND).ramp(1000 * SECOND));
    breaker.try_enter().unwrap().failure();
    advance(SECOND).await;
    breaker.try_enter().unwrap().success();
    let start = Instant::now();
    let policy = RetryPolicy::new().breaker(wait_for(&breaker));
    let (waited, ()) = tokio::join!(policy.run_async(fine), async {
        // Well before the ramp would admit the first call.
        sleep(5 * SECOND).await;
        breaker.reset();
    });
    assert_eq!(waited.unwrap(), 1);
    assert_eq!(start.elapsed(), 5 * SECOND);
}

trait LetsACallIn {
    fn lets_a_call_in(&self) -> bool;
}

impl LetsACallIn for CircuitBreaker {
    fn lets_a_call_in(&self) -> bool {
        self.try_enter().is_ok()
    }
}
