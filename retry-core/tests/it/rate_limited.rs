//! Calls under a rate limiter: each attempt takes a permit, and one answer is news for all calls.
#![cfg(all(feature = "tokio", feature = "testing"))]

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::{HOUR, SECOND, millis};
use persevere_core::breaker::{State, wait_for};
use persevere_core::rate_limiter::fail_fast;
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    CancelToken, CircuitBreaker, Interrupt, Next, Policy, RateLimiter, RetryBudget, RetryPolicy,
    StopReason, Transient, Verdict, hedge, stop, wait, when,
};
use tokio::time::{Instant, sleep};

fn limiter(n: u32, period: Duration, burst: u32) -> RateLimiter {
    RateLimiter::new("api").rate(n, period).burst(burst)
}

#[derive(Debug)]
struct TooMany;

impl Transient for TooMany {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(30 * SECOND)
    }
}

impl From<Interrupt> for TooMany {
    fn from(interrupt: Interrupt) -> Self {
        panic!("{interrupt}")
    }
}

async fn refused() -> io::Result<u8> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

async fn fine() -> io::Result<u8> {
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn each_attempt_takes_a_permit() {
    let limiter = limiter(10, SECOND, 1);
    let policy = RetryPolicy::new().wait(wait::none()).rate_limiter(&limiter);
    let start = Instant::now();
    let report = policy.report_async(refused).await;
    assert_eq!(report.attempts(), 3);
    assert_eq!(start.elapsed(), millis(200));
    assert_eq!(
        report.idle(),
        Duration::ZERO,
        "a wait for a permit is no pause"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_wait_in_order() {
    let limiter = limiter(1, SECOND, 1);
    let policy = RetryPolicy::new().rate_limiter(&limiter);
    let start = Instant::now();
    let call = || async {
        policy.run_async(fine).await.unwrap();
        start.elapsed()
    };
    let times = tokio::join!(call(), call(), call());
    assert_eq!(times, (Duration::ZERO, SECOND, 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_to_wait_is_refused_at_once() {
    let limiter = limiter(1, SECOND, 1);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .rate_limiter(fail_fast(&limiter));
    let start = Instant::now();
    let report = policy.report_async(refused).await;
    assert_eq!(report.attempts(), 1);
    assert_eq!(report.reason(), Some(StopReason::RateLimited));
    let kind = report.into_outcome().unwrap_err().kind();
    assert_eq!(
        kind,
        io::ErrorKind::ConnectionRefused,
        "the error of the attempt before"
    );
    let policy = policy.interrupt(Err::<u8, Interrupt>);
    let refused = policy.run_async(|| async { Ok(1) }).await;
    let retry_after = Some(SECOND);
    assert_eq!(refused, Err(Interrupt::RateLimited { retry_after }));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_is_nearer_than_its_permit_is_refused_at_once() {
    let limiter = limiter(1, SECOND, 1);
    assert!(limiter.try_acquire().is_ok());
    let policy = RetryPolicy::new()
        .rate_limiter(&limiter)
        .deadline(millis(500));
    let start = Instant::now();
    let error = policy.run_async(fine).await.unwrap_err();
    assert_eq!(error.to_string(), "the rate limit is reached");
    assert_eq!(start.elapsed(), Duration::ZERO);
    sleep(SECOND).await;
    assert!(
        limiter.try_acquire().is_ok(),
        "it took nothing, and left the line"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_the_line_takes_nothing() {
    let limiter = limiter(1, SECOND, 1);
    assert!(limiter.try_acquire().is_ok());
    let policy = RetryPolicy::new().rate_limiter(&limiter);
    let start = Instant::now();
    let dropped = tokio::time::timeout(millis(500), policy.run_async(fine));
    let (dropped, second) = tokio::join!(dropped, policy.run_async(fine));
    assert!(dropped.is_err());
    assert_eq!(second.unwrap(), 1);
    assert_eq!(start.elapsed(), SECOND, "the place of the one that left");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_over_leaves_the_line_though_its_future_lives() {
    let limiter = limiter(1, SECOND, 1);
    assert!(limiter.try_acquire().is_ok());
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .rate_limiter(&limiter);
    let mut call = std::pin::pin!(policy.run_async(fine));
    let (ended, ()) = tokio::join!(call.as_mut(), async {
        sleep(millis(100)).await;
        token.cancel();
    });
    assert!(ended.is_err());
    let start = Instant::now();
    let other = RetryPolicy::new().rate_limiter(&limiter);
    other.run_async(fine).await.unwrap();
    assert_eq!(start.elapsed(), millis(900));
}

/// One is told to come back in 30 s, and the other ninety-nine do not go and ask.
#[tokio::test(start_paused = true)]
async fn a_hint_of_one_call_holds_all() {
    let limiter = Arc::new(limiter(100, SECOND, 100));
    let (calls, told) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let start = Instant::now();
    let policy = Arc::new(
        RetryPolicy::new()
            .stop(stop::after_delay(HOUR))
            .when(when::transient())
            .rate_limiter(Arc::clone(&limiter)),
    );
    let (first, again) = (Arc::clone(&calls), Arc::clone(&told));
    let ask = move || {
        let (calls, told) = (Arc::clone(&first), Arc::clone(&again));
        async move {
            calls.fetch_add(1, Ordering::Relaxed);
            if start.elapsed() < 30 * SECOND {
                sleep(millis(10)).await;
                told.fetch_add(1, Ordering::Relaxed);
                return Err(TooMany);
            }
            Ok(1_u8)
        }
    };
    let first = tokio::spawn({
        let (policy, ask) = (Arc::clone(&policy), ask.clone());
        async move { policy.run_async(ask).await }
    });
    sleep(millis(20)).await;
    let others: Vec<_> = (0..99)
        .map(|_| {
            let (policy, ask) = (Arc::clone(&policy), ask.clone());
            tokio::spawn(async move { policy.run_async(ask).await })
        })
        .collect();
    for call in others.into_iter().chain([first]) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        (calls.load(Ordering::Relaxed), told.load(Ordering::Relaxed)),
        (101, 1)
    );
    assert!(
        start.elapsed() >= 30 * SECOND + millis(990),
        "at the rate, not at once"
    );
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_is_asked_before_the_limiter() {
    let limiter = limiter(1, HOUR, 1);
    let breaker = CircuitBreaker::new("b").consecutive(1);
    breaker.try_enter().unwrap().failure();
    let policy = RetryPolicy::new().breaker(&breaker).rate_limiter(&limiter);
    let report = policy.report_async(fine).await;
    assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    assert!(limiter.try_acquire().is_ok(), "its permit was not taken");
    let report = policy.report_async(fine).await;
    assert_eq!(
        report.reason(),
        Some(StopReason::CircuitOpen),
        "nor waited for"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_permit_holds_no_probe() {
    let limiter = limiter(1, 10 * SECOND, 1);
    let breaker = CircuitBreaker::new("b").consecutive(1).open_for(SECOND);
    breaker.try_enter().unwrap().failure();
    sleep(SECOND).await;
    assert!(limiter.try_acquire().is_ok());
    let policy = RetryPolicy::new()
        .breaker(wait_for(&breaker))
        .rate_limiter(&limiter);
    let (waited, ()) = tokio::join!(policy.run_async(fine), async {
        sleep(SECOND).await;
        breaker.try_enter().expect("the probe is free").success();
    });
    assert_eq!(waited.unwrap(), 1);
    assert_eq!(breaker.state(), State::Closed);
}

/// It is woken by the breaker, and then waits elsewhere: the breaker must not wake it for ever.
#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_the_breaker_waits_for_its_permit_then() {
    let limiter = limiter(1, 30 * SECOND, 1);
    let breaker = CircuitBreaker::new("b").consecutive(1).open_for(HOUR);
    breaker.try_enter().unwrap().failure();
    let policy = RetryPolicy::new()
        .breaker(wait_for(&breaker))
        .rate_limiter(&limiter);
    let start = Instant::now();
    let (waited, ()) = tokio::join!(policy.run_async(fine), async {
        sleep(SECOND).await;
        limiter.try_acquire().expect("nobody has taken it");
        breaker.reset();
    });
    assert_eq!(waited.unwrap(), 1);
    assert_eq!(start.elapsed(), 31 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_copy_takes_a_permit_of_its_own_or_does_not_start() {
    for (burst, expected) in [(2, 2), (1, 1)] {
        let limiter = limiter(1, HOUR, burst);
        let copies = Cell::new(0);
        let policy = RetryPolicy::new()
            .hedge(hedge::delay(millis(10)).copies(3))
            .rate_limiter(&limiter);
        let slow = || {
            copies.set(copies.get() + 1);
            async {
                sleep(SECOND).await;
                io::Result::Ok(1)
            }
        };
        assert_eq!(policy.run_async(slow).await.unwrap(), 1);
        assert_eq!(copies.get(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_the_budget_refuses_takes_no_permit() {
    let limiter = limiter(1, HOUR, 2);
    let spent = RetryBudget::total(0);
    let policy = RetryPolicy::new()
        .hedge(hedge::delay(millis(10)).copies(2))
        .budget(&spent)
        .rate_limiter(&limiter);
    let slow = || async {
        sleep(SECOND).await;
        io::Result::Ok(1)
    };
    assert_eq!(policy.run_async(slow).await.unwrap(), 1);
    assert!(limiter.try_acquire().is_ok());
}

#[test]
fn a_blocking_call_waits_too() {
    let clock = VirtualClock::new();
    let _entered = Scope::new().clock(&clock).enter();
    let limiter = limiter(10, SECOND, 1);
    let policy = RetryPolicy::new().wait(wait::none()).rate_limiter(&limiter);
    let began = clock.elapsed();
    let report = policy.report(|| io::Result::<()>::Err(io::ErrorKind::TimedOut.into()));
    assert_eq!(report.attempts(), 3);
    assert_eq!(clock.elapsed() - began, millis(200));
}

#[test]
fn a_thread_that_waited_for_the_breaker_waits_for_its_permit_then() {
    let clock = VirtualClock::new();
    let _entered = Scope::new().clock(&clock).enter();
    let limiter = limiter(1, 30 * SECOND, 1);
    let breaker = CircuitBreaker::new("b")
        .consecutive(1)
        .open_for(10 * SECOND);
    breaker.try_enter().unwrap().failure();
    assert!(limiter.try_acquire().is_ok());
    let policy = RetryPolicy::new()
        .breaker(wait_for(&breaker))
        .rate_limiter(&limiter);
    policy.run(|| io::Result::Ok(())).unwrap();
    let elapsed = clock.elapsed();
    assert!(
        elapsed >= 30 * SECOND && elapsed < 31 * SECOND,
        "{elapsed:?}"
    );
}

#[test]
fn a_step_that_is_to_wait_says_for_what() {
    let limiter = limiter(1, HOUR, 1);
    assert!(limiter.try_acquire().is_ok());
    let policy = RetryPolicy::new().rate_limiter(&limiter);
    let limiter_waits = {
        let mut call = Policy::<io::Result<()>>::start(&policy);
        call.admit().unwrap_err()
    };
    assert!(matches!(
        limiter_waits,
        Interrupt::RateLimited {
            retry_after: Some(_)
        }
    ));
    let mut call = Policy::<io::Result<()>>::start(&policy);
    let refused: io::Result<()> = Err(limiter_waits.into());
    assert_eq!(call.cut(limiter_waits, &refused), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::RateLimited));
}

#[cfg(feature = "http")]
mod news {
    use http::Response;
    use persevere_core::http::{HttpError, OrHttpError};

    use super::*;

    fn answer(limits: &'static str) -> Result<Response<()>, HttpError> {
        let response = Response::builder().header("RateLimit", limits).body(());
        response.unwrap().or_http_error()
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_that_was_the_last_holds_all() {
        let limiter = limiter(100, SECOND, 100);
        let policy = RetryPolicy::new().rate_limiter(&limiter);
        let call = || async { answer("\"q\";r=0;t=30") };
        let start = Instant::now();
        policy.run_async(call).await.unwrap();
        policy.run_async(call).await.unwrap();
        assert_eq!(start.elapsed(), 30 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_remains_is_given_out_and_no_more() {
        let limiter = limiter(100, SECOND, 100);
        let policy = RetryPolicy::new().rate_limiter(&limiter);
        let start = Instant::now();
        let mut at = Vec::new();
        for left in ["2", "1", "0", "2"] {
            let body = || async move {
                answer(match left {
                    "2" => "\"q\";r=2;t=30",
                    "1" => "\"q\";r=1;t=30",
                    _ => "\"q\";r=0;t=30",
                })
            };
            policy.run_async(body).await.unwrap();
            at.push(start.elapsed().as_secs());
        }
        assert_eq!(at, [0, 0, 0, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_header_that_cannot_be_read_is_no_news() {
        for header in [
            "",
            "r=0",
            "\"q\";r=0",
            "\"q\";t=30",
            "\"q\";r=-1;t=30",
            "\"q\";r=0;t=0",
            ";;;",
        ] {
            let limiter = limiter(100, SECOND, 100);
            let policy = RetryPolicy::new().rate_limiter(&limiter);
            let start = Instant::now();
            for _ in 0..3 {
                policy.run_async(|| async { answer(header) }).await.unwrap();
            }
            assert_eq!(start.elapsed(), Duration::ZERO, "{header}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hedged_attempt_brings_news_too() {
        let limiter = limiter(100, SECOND, 100);
        let policy = RetryPolicy::new()
            .hedge(hedge::delay(millis(10)))
            .rate_limiter(&limiter);
        let call = || async { answer("\"q\";r=0;t=30") };
        policy.run_async(call).await.unwrap();
        assert!(limiter.try_acquire().is_err());
    }

    /// A call inside another keeps its news to itself, and one outside hears of none.
    #[test]
    fn news_belong_to_the_call_that_heard_them() {
        let (outer, inner) = (limiter(100, SECOND, 100), limiter(100, SECOND, 100));
        let around = RetryPolicy::new().rate_limiter(&outer);
        let within = RetryPolicy::new().rate_limiter(&inner);
        let _ = answer("\"q\";r=0;t=30");
        let call = || within.run(|| answer("\"q\";r=0;t=30"));
        around.run(call).unwrap();
        assert!(outer.try_acquire().is_ok() && inner.try_acquire().is_err());
    }

    /// The body of a blocking call may drive tasks that are no part of it.
    #[test]
    fn news_of_another_task_is_no_news_for_the_call_around() {
        let limiter = limiter(100, SECOND, 100);
        let policy = RetryPolicy::new().rate_limiter(&limiter);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let mut other = runtime.spawn(async { answer("\"q\";r=0;t=30") });
        policy
            .run(|| runtime.block_on(&mut other).unwrap())
            .unwrap();
        assert!(limiter.try_acquire().is_ok());
        let own = || runtime.block_on(async { answer("\"q\";r=0;t=30") });
        policy.run(own).unwrap();
        assert!(limiter.try_acquire().is_err());
    }
}
