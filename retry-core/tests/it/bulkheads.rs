//! Calls under a bulkhead: each attempt has a place, and a pause has none.
#![cfg(all(feature = "tokio", feature = "testing"))]

use std::cell::Cell;
use std::future::{Ready, ready};
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use crate::common::{SECOND, millis};
use persevere_core::bulkhead::Ended;
use persevere_core::{
    Bulkhead, CircuitBreaker, Health, Interrupt, Policy, RateLimiter, RetryPolicy, StopReason,
    Transient, Verdict, hedge, stop, wait, when,
};
use tokio::time::{Instant, sleep};

async fn slow() -> io::Result<u8> {
    sleep(SECOND).await;
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn at_most_as_many_attempts_run_as_there_are_places() {
    let bulkhead = Arc::new(Bulkhead::new("reports", 3).queue(100));
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let start = Instant::now();
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            let policy = RetryPolicy::new().bulkhead(Arc::clone(&bulkhead));
            tokio::spawn(async move {
                let body = || async {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let done = slow().await;
                    now.fetch_sub(1, Ordering::SeqCst);
                    done
                };
                policy.run_async(body).await
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(start.elapsed(), 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_pause_keeps_no_place() {
    let bulkhead = Bulkhead::new("reports", 1).queue(1);
    let policy = RetryPolicy::new()
        .wait(wait::fixed(10 * SECOND))
        .bulkhead(&bulkhead);
    let fails = Cell::new(true);
    let first = policy.run_async(|| {
        let fails = fails.replace(false);
        async move {
            match fails {
                true => Err(io::ErrorKind::TimedOut.into()),
                false => slow().await,
            }
        }
    });
    let other = async {
        sleep(SECOND).await;
        let place = bulkhead.try_enter();
        place.expect("the first one pauses").end(Ended::Success);
    };
    assert_eq!(tokio::join!(first, other).0.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_the_line_is_refused() {
    let bulkhead = Bulkhead::new("reports", 1).queue(1);
    let policy = RetryPolicy::new().bulkhead(&bulkhead);
    let report = |()| policy.report_async(slow);
    let (first, second, third) = tokio::join!(report(()), report(()), report(()));
    assert!(first.into_outcome().is_ok() && second.into_outcome().is_ok());
    assert_eq!(third.reason(), Some(StopReason::BulkheadFull));
    assert_eq!((bulkhead.entered(), bulkhead.refused()), (2, 1));
    assert_eq!(third.attempts(), 0);
    let error = third.into_outcome().unwrap_err();
    assert_eq!(error.to_string(), "the bulkhead is full");
    assert!(persevere_core::Transient::unsent(&error));
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_place_ends_by_the_deadline() {
    let bulkhead = Bulkhead::new("reports", 1).queue(1);
    let place = bulkhead.try_enter().unwrap();
    let policy = RetryPolicy::new()
        .bulkhead(&bulkhead)
        .deadline(millis(1500));
    let start = Instant::now();
    let report = policy.report_async(slow).await;
    assert_eq!(report.reason(), Some(StopReason::Deadline));
    assert_eq!(start.elapsed(), millis(1500));
    drop(place);
    assert!(bulkhead.try_enter().is_ok(), "the line is empty");
}

#[tokio::test(start_paused = true)]
async fn a_place_is_given_back_however_an_attempt_ends() {
    let bulkhead = Arc::new(Bulkhead::new("reports", 1).queue(0));
    let free = || bulkhead.try_enter().is_ok();
    let policy = RetryPolicy::new().bulkhead(&bulkhead).wait(wait::none());

    let timed = policy.attempt_timeout(millis(10));
    assert!(timed.run_async(slow).await.is_err());
    assert!(free(), "cut by its own limit");
    let limited = policy.deadline(millis(10));
    assert!(limited.run_async(slow).await.is_err());
    assert!(free(), "cut by the deadline");
    assert!(
        tokio::time::timeout(millis(10), policy.run_async(slow))
            .await
            .is_err()
    );
    assert!(free(), "dropped");
    let panics = Arc::clone(&bulkhead);
    let panicked = tokio::spawn(async move {
        let policy = RetryPolicy::new().bulkhead(panics);
        policy
            .run_async(|| async { panic!("a fault") as io::Result<u8> })
            .await
    });
    assert!(panicked.await.is_err());
    assert!(free(), "panicked");
    assert!(policy.run_async(slow).await.is_ok());
    assert!(free(), "succeeded");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_place_holds_neither_permit_nor_probe() {
    let bulkhead = Bulkhead::new("reports", 1).queue(1);
    let limiter = RateLimiter::new("api").rate(1, 30 * SECOND).burst(1);
    let breaker = CircuitBreaker::new("b").consecutive(1).open_for(SECOND);
    breaker.try_enter().unwrap().failure();
    sleep(SECOND).await;
    let place = bulkhead.try_enter().unwrap();
    let policy = RetryPolicy::new()
        .rate_limiter(&limiter)
        .breaker(&breaker)
        .bulkhead(&bulkhead);
    let others = async {
        sleep(SECOND).await;
        breaker.try_enter().expect("the probe is free").success();
        limiter.try_acquire().expect("the permit is free");
        drop(place);
    };
    let call = tokio::time::timeout(10 * SECOND, policy.run_async(slow));
    let (call, ()) = tokio::join!(call, others);
    assert!(
        call.is_err(),
        "it goes and waits for the permit that another took"
    );
    assert!(bulkhead.try_enter().is_ok(), "and holds no place meanwhile");
}

/// It is given a place, and finds that others wait for a permit: the place goes on to one that needs none.
#[tokio::test(start_paused = true)]
async fn a_place_is_not_kept_while_a_call_waits_for_a_permit() {
    let bulkhead = Bulkhead::new("reports", 1).queue(2);
    let limiter = RateLimiter::new("api").rate(1, 30 * SECOND).burst(1);
    let place = bulkhead.try_enter().unwrap();
    let limited = RetryPolicy::new()
        .rate_limiter(&limiter)
        .bulkhead(&bulkhead);
    let other = RetryPolicy::new().bulkhead(&bulkhead);
    let start = Instant::now();
    let (first, second, ()) = tokio::join!(
        limited.run_async(slow),
        async {
            other.run_async(slow).await.unwrap();
            start.elapsed()
        },
        async {
            sleep(SECOND).await;
            limiter.try_acquire().expect("the permit is free");
            drop(place);
        }
    );
    assert_eq!(first.unwrap(), 1);
    assert_eq!(second, 2 * SECOND);
    assert_eq!(start.elapsed(), 32 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_copy_takes_a_place_of_its_own_or_does_not_start() {
    for (places, expected) in [(3, 3), (2, 2), (1, 1)] {
        let bulkhead = Bulkhead::new("reports", places).queue(0);
        let copies = Cell::new(0);
        let policy = RetryPolicy::new()
            .hedge(hedge::delay(millis(10)).copies(3))
            .bulkhead(&bulkhead);
        let body = || {
            copies.set(copies.get() + 1);
            slow()
        };
        assert_eq!(policy.run_async(body).await.unwrap(), 1);
        assert_eq!(copies.get(), expected);
        let free = (0..).map_while(|_| bulkhead.try_enter().ok());
        assert_eq!(free.take(9).collect::<Vec<_>>().len(), places as usize);
    }
}

#[test]
fn threads_wait_for_a_place() {
    let bulkhead = Bulkhead::new("reports", 1).queue(10);
    let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..100 {
                    let policy = RetryPolicy::new().bulkhead(&bulkhead);
                    let body = || {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                        io::Result::Ok(())
                    };
                    policy.run(body).unwrap();
                }
            });
        }
    });
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[test]
fn a_step_that_is_to_wait_for_a_place_says_so() {
    let bulkhead = Bulkhead::new("reports", 1).queue(1);
    let _place = bulkhead.try_enter().unwrap();
    let policy = RetryPolicy::new().bulkhead(&bulkhead);
    let mut call = Policy::<io::Result<()>>::start(&policy);
    assert_eq!(call.admit(), Err(Interrupt::BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn an_adaptive_one_learns_how_attempts_end() {
    let limit = async |first: u32, kind: Option<io::ErrorKind>, latency| {
        let bulkhead = Bulkhead::adaptive("search", first..=200);
        let _others: Vec<_> = (1..first).map(|_| bulkhead.try_enter().unwrap()).collect();
        let policy = RetryPolicy::new()
            .when(when::transient())
            .stop(stop::after_attempt(1))
            .attempt_timeout(SECOND)
            .bulkhead(&bulkhead);
        let attempt = async || {
            sleep(latency).await;
            kind.map_or(Ok(()), |kind| Err(io::Error::from(kind)))
        };
        let _ = policy.run_async(attempt).await;
        bulkhead.limit()
    };
    // 25 + 0.2 · √25
    assert_eq!(limit(25, None, millis(1)).await, 26);
    let twenty = async |kind, latency| limit(1, kind, latency).await;
    // Of 20 places one is in use.
    assert_eq!(twenty(None, millis(1)).await, 20);
    assert_eq!(twenty(None, 2 * SECOND).await, 18);
    assert_eq!(
        twenty(Some(io::ErrorKind::ConnectionReset), millis(1)).await,
        18
    );
    assert_eq!(
        twenty(Some(io::ErrorKind::PermissionDenied), millis(1)).await,
        20
    );
}

#[tokio::test(start_paused = true)]
async fn an_adaptive_one_learns_nothing_of_a_call_that_is_dropped() {
    let bulkhead = Bulkhead::adaptive("search", 1..=200);
    let policy = RetryPolicy::new().bulkhead(&bulkhead);
    let dropped = tokio::time::timeout(millis(1), policy.run_async(slow)).await;
    assert!(dropped.is_err());
    assert_eq!((bulkhead.limit(), bulkhead.in_use()), (20, 0));
}

/// A conflict that is retried, by a service that is well.
#[derive(Debug)]
struct Conflict;

impl Transient for Conflict {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }

    fn health(&self) -> Health {
        Health::Well
    }
}

impl From<Interrupt> for Conflict {
    fn from(interrupt: Interrupt) -> Self {
        panic!("{interrupt}")
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_no_overload() {
    let bulkhead = Bulkhead::adaptive("db", 1..=100);
    let before = bulkhead.limit();
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::transient())
        .bulkhead(&bulkhead);
    for _ in 0..10 {
        let conflict = async || Err::<(), _>(Conflict);
        assert!(policy.run_async(conflict).await.is_err());
    }
    assert!(
        bulkhead.limit() >= before,
        "{} of {before}",
        bulkhead.limit()
    );
}

/// It asserts, when it is dropped, that its attempt still has a place.
struct Placed<'a>(&'a Bulkhead);

impl Drop for Placed<'_> {
    fn drop(&mut self) {
        assert_eq!(self.0.in_use(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cut_attempt_is_dropped_before_its_place_goes() {
    let bulkhead = Bulkhead::new("reports", 1);
    let attempt = async || {
        let _placed = Placed(&bulkhead);
        sleep(10 * SECOND).await;
        io::Result::Ok(())
    };
    let policy = RetryPolicy::new().bulkhead(&bulkhead).deadline(SECOND);
    assert!(policy.run_async(attempt).await.is_err());
    assert_eq!(bulkhead.in_use(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_lost_is_dropped_before_its_place_goes() {
    let bulkhead = Bulkhead::new("reports", 2);
    let (copies, dropped) = (Cell::new(0), Cell::new(false));
    struct Lost<'a>(&'a Bulkhead, &'a Cell<bool>);
    impl Drop for Lost<'_> {
        fn drop(&mut self) {
            assert_eq!(self.0.in_use(), 2);
            self.1.set(true);
        }
    }
    let attempt = || {
        copies.set(copies.get() + 1);
        let lost = (copies.get() == 1).then(|| Lost(&bulkhead, &dropped));
        async move {
            let pause = if lost.is_some() { 10 * SECOND } else { SECOND };
            sleep(pause).await;
            io::Result::Ok(())
        }
    };
    let hedge = hedge::delay(millis(10));
    let policy = RetryPolicy::new().bulkhead(&bulkhead).hedge(hedge);
    policy.run_async(attempt).await.unwrap();
    assert!(dropped.get());
    assert_eq!(bulkhead.in_use(), 0);
}

/// A thread with a sleeper of its own cannot be woken.
#[test]
fn a_sleeper_of_ones_own_looks_for_a_place_every_50_ms() {
    let bulkhead = Bulkhead::new("reports", 1);
    let place = Cell::new(bulkhead.try_enter().ok());
    let slept = Cell::new(millis(0));
    let sleeper = |pause| {
        slept.set(slept.get() + pause);
        if slept.get() >= millis(100) {
            place.take();
        }
    };
    let policy = RetryPolicy::new().bulkhead(&bulkhead).sleep(sleeper);
    assert!(policy.run(|| io::Result::Ok(())).is_ok());
    assert_eq!(slept.get(), millis(100));
}

#[test]
fn other_tasks_run_beside_a_sleeper_that_returns_at_once() {
    let bulkhead = Bulkhead::new("reports", 1);
    let at_once = |_| -> Ready<()> { ready(()) };
    let policy = RetryPolicy::new().bulkhead(&bulkhead);
    let second = policy.sleep_async(at_once);
    let policy = RetryPolicy::new().bulkhead(&bulkhead);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let (first, second) = runtime.unwrap().block_on(async {
        let first = policy.run_async(|| async {
            sleep(millis(10)).await;
            io::Result::Ok(())
        });
        tokio::join!(first, second.run_async(|| async { io::Result::Ok(()) }))
    });
    assert!(first.is_ok() && second.is_ok());
}
