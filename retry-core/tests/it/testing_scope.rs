//! Scopes of the testing kit: their extent, their nesting, and their records.
#![cfg(all(feature = "testing", feature = "tokio"))]

use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use persevere_core::testing::{self, Recorder, Scope, VirtualClock};
use persevere_core::{
    CancelToken, CircuitBreaker, Policy, RetryBudget, RetryPolicy, StopReason, stop, wait,
};

const SECOND: Duration = Duration::from_secs(1);

fn hourly() -> impl Policy<Option<u8>> {
    RetryPolicy::new().wait(wait::fixed(3600 * SECOND))
}

fn attempts() -> u32 {
    hourly().report(|| None).attempts()
}

#[test]
fn pauses_advance_the_clock_and_elapsed_follows() {
    let clock = VirtualClock::new();
    let seen = Cell::new(Duration::ZERO);
    let policy = RetryPolicy::new()
        .wait(wait::fixed(60 * SECOND))
        .stop(stop::after_delay(150 * SECOND))
        .on_failure(|s| seen.set(s.elapsed()));
    let report = Scope::new().clock(&clock).run(|| {
        policy.report(|| {
            clock.advance(10 * SECOND);
            None::<u8>
        })
    });
    // 10, 80, 150: each attempt takes 10 s, each pause 60 s.
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.elapsed(), 150 * SECOND);
    assert_eq!((seen.get(), clock.elapsed()), (150 * SECOND, 150 * SECOND));
}

#[test]
fn queues_and_tables_make_no_call() {
    let recorder = Recorder::new();
    Scope::new().record(&recorder).run(|| {
        assert!(RetryPolicy::new().resume(9, Duration::ZERO).is_err());
        let _ = RetryPolicy::new().schedule();
    });
    assert_eq!(recorder.recorded().events(), []);
}

#[test]
fn deadlines_and_breakers_follow_the_clock() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("b")
        .consecutive(2)
        .open_for(Duration::from_secs(30));
    let clock = VirtualClock::new();
    Scope::new().clock(&clock).run(|| {
        let policy = RetryPolicy::new()
            .wait(wait::fixed(4 * SECOND))
            .stop(stop::never())
            .deadline(10 * SECOND);
        let report = policy.report(|| None::<u8>);
        assert_eq!((report.attempts(), report.elapsed()), (3, 8 * SECOND));
        assert_eq!(report.reason(), Some(StopReason::Deadline));

        let calls = Cell::new(0);
        let refused = || {
            let before = calls.get();
            BREAKER.call(|| {
                calls.set(before + 1);
                None::<u8>
            });
            calls.get() == before
        };
        assert_eq!([refused(), refused(), refused()], [false, false, true]);
        clock.advance(29 * SECOND);
        assert!(refused());
        clock.advance(SECOND);
        assert!(!refused());
    });
}

#[test]
fn a_token_that_is_cancelled_already_ends_a_virtual_pause() {
    static TOKEN: CancelToken = CancelToken::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(3600 * SECOND))
        .stop(stop::cancelled(&TOKEN) | stop::after_attempt(3));
    let (report, recorded) = testing::record(|| policy.report(|| None::<u8>));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    recorded.attempts(3).slept(7200 * SECOND);
    let (report, recorded) = testing::record(|| {
        policy.report(|| {
            TOKEN.cancel();
            None::<u8>
        })
    });
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
    recorded.attempts(1).slept(Duration::ZERO);
}

#[test]
fn jitter_is_the_same_for_the_same_seed() {
    let pauses = |seed| {
        let recorder = Recorder::new();
        let scope = Scope::new().virtual_time().seed(seed).record(&recorder);
        let policy = RetryPolicy::new().stop(stop::after_attempt(20));
        scope.run(|| policy.run(|| None::<u8>));
        recorder.recorded().all_pauses()
    };
    assert_eq!(pauses(7), pauses(7));
    assert_ne!(pauses(7), pauses(8));
    // Drawn separately for each pause.
    let drawn = pauses(7);
    assert_eq!(drawn.len(), 19);
    assert!(drawn.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn scopes_nest_and_end() {
    Scope::new().virtual_time().run(|| {
        assert_eq!(attempts(), 3);
        Scope::off().run(|| {
            assert_eq!(attempts(), 1);
            Scope::new().attempts(2).run(|| assert_eq!(attempts(), 2));
            Scope::new()
                .attempts(u32::MAX)
                .run(|| assert_eq!(attempts(), 3));
            Scope::new().attempts(0).run(|| assert_eq!(attempts(), 1));
            assert_eq!(attempts(), 1);
        });
        assert_eq!(attempts(), 3);
    });
}

#[test]
fn a_scope_ends_with_a_panic() {
    let clock = VirtualClock::new();
    let panicked = std::panic::catch_unwind(|| Scope::off().run(|| panic!("as the test wants")));
    assert!(panicked.is_err());
    Scope::new().clock(&clock).run(|| assert_eq!(attempts(), 3));
}

#[test]
fn guards_end_in_any_order() {
    let outer = Scope::new().virtual_time().enter();
    let first = Scope::new().attempts(1).enter();
    let second = Scope::new().attempts(2).enter();
    drop(first);
    assert_eq!(attempts(), 2);
    drop(second);
    assert_eq!(attempts(), 3);
    drop(outer);
}

#[test]
fn a_cap_makes_no_pause() {
    let real = std::time::Instant::now();
    assert_eq!(Scope::capped(3).run(attempts), 3);
    assert!(real.elapsed() < 3600 * SECOND);
}

#[test]
fn both_scopes_record() {
    let (outer, inner) = (Recorder::new(), Recorder::new());
    Scope::new().virtual_time().record(&outer).run(|| {
        attempts();
        Scope::new().record(&inner).run(attempts);
    });
    outer.recorded().attempts(6);
    inner.recorded().attempts(3);
    inner.clear();
    inner.recorded().attempts(0);
}

#[test]
fn a_refusal_of_a_guard_is_no_pause() {
    static BUDGET: RetryBudget = RetryBudget::total(1);
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).budget(&BUDGET);
    let (_, recorded) = testing::record(|| policy.run(|| None::<u8>));
    let recorded = recorded.attempts(2).pauses([SECOND]);
    assert_eq!(recorded.reasons(), [StopReason::Budget]);
}

#[test]
fn a_call_that_is_halted_has_given_up() {
    let policy = RetryPolicy::new().deadline(Duration::ZERO);
    let (_, recorded) = testing::record(|| policy.run(|| Some(7)));
    recorded.attempts(0).gave_up(StopReason::Deadline);

    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .stop(stop::cancelled(&token))
        .before_sleep(|_| token.cancel());
    let (_, recorded) = testing::record(|| policy.run(|| None::<u8>));
    recorded.attempts(1).gave_up(StopReason::Cancelled);
}

#[test]
fn nobody_gives_up_on_a_final_outcome() {
    let (_, recorded) = testing::record(|| hourly().run(|| Some(7)));
    recorded.attempts(1).never_gave_up();
}

#[test]
fn a_schedule_is_no_call() {
    let rows = || hourly().schedule().rows().len();
    let (rows, recorded) = testing::record(|| Scope::off().run(rows));
    assert_eq!((rows, recorded.events()), (2, [].as_slice()));
}

#[test]
fn calls_are_told_apart() {
    let named = |name| {
        RetryPolicy::new()
            .name(name)
            .wait(wait::fixed(SECOND))
            .report(|| None::<u8>)
    };
    let (_, recorded) = testing::record(|| {
        named("app::read");
        named("app::read");
        named("app::spread");
    });
    recorded.attempts(9);
    recorded.of("read").attempts(6).pauses([SECOND; 4]);
    recorded.of("app::spread").attempts(3);
    recorded.of("app").attempts(0);
}

#[test]
fn a_complaint_shows_what_was_done() {
    let (_, recorded) = testing::record(|| hourly().run(|| None));
    let complaint = std::panic::catch_unwind(|| {
        recorded.pauses([SECOND]);
    });
    let complaint = complaint.expect_err("another pause");
    let text = complaint.downcast_ref::<String>().expect("a text");
    // Attempts of other tests of this process may be noted.
    let (text, _) = text.split_once("\nnote: ").unwrap_or((text, ""));
    let expected = "pauses [1s] expected, [3600s, 3600s] made
what was done:
  call: attempt 1
  call: pause of 3600s
  call: attempt 2
  call: pause of 3600s
  call: attempt 3
  call: gave up (attempt limit)";
    assert_eq!(text, expected);
}

#[test]
fn another_thread_is_outside_unless_it_takes_the_scope_along() {
    let clock = VirtualClock::new();
    Scope::new().clock(&clock).attempts(2).run(|| {
        let outside = || RetryPolicy::new().wait(wait::none()).report(|| None::<u8>);
        let made = thread::spawn(move || outside().attempts()).join();
        assert_eq!(made.unwrap(), 3);
        let here = Scope::current();
        assert_eq!(thread::spawn(|| here.run(attempts)).join().unwrap(), 2);
    });
    assert_eq!(clock.elapsed(), 3600 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_scope_goes_where_its_future_goes() {
    let start = tokio::time::Instant::now();
    let policy = hourly();
    let (report, recorded) = testing::record_async(policy.report_async(|| async { None })).await;
    assert_eq!(report.attempts(), 3);
    recorded
        .attempts(3)
        .slept(7200 * SECOND)
        .gave_up(StopReason::Attempts);
    assert_eq!(start.elapsed(), 7200 * SECOND);

    let capped = Scope::capped(2).run_async(policy.report_async(|| async { None }));
    let report = tokio::join!(capped, policy.report_async(|| async { None }));
    assert_eq!((report.0.attempts(), report.1.attempts()), (2, 3));
}

#[test]
fn a_scope_holds_on_every_thread_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let made = AtomicU32::new(0);
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=20)
            .map(|cap| {
                let test = async move {
                    let policy = RetryPolicy::new().stop(stop::never());
                    let report = policy.report_async(|| async {
                        tokio::task::yield_now().await;
                        None::<u8>
                    });
                    (cap, report.await.attempts())
                };
                tokio::spawn(Scope::capped(cap).run_async(test))
            })
            .collect();
        for task in tasks {
            let (cap, attempts) = task.await.unwrap();
            assert_eq!(cap, attempts);
            made.fetch_add(attempts, Ordering::Relaxed);
        }
    });
    assert_eq!(made.into_inner(), 210);
}

#[test]
fn a_future_takes_along_what_is_around_it() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
    };
    let recorder = Recorder::new();
    let test = async { hourly().report_async(|| async { None }).await.attempts() };
    let inside = Scope::new()
        .record(&recorder)
        .run(|| Scope::new().attempts(2).run_async(test));
    assert_eq!(
        thread::spawn(move || runtime().block_on(inside))
            .join()
            .unwrap(),
        2
    );
    recorder.recorded().attempts(2);
}

#[test]
fn a_future_that_waits_holds_no_scope() {
    let mut waiting = pin!(Scope::off().run_async(std::future::pending::<()>()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(waiting.as_mut().poll(&mut cx).is_pending());
    Scope::new()
        .virtual_time()
        .run(|| assert_eq!(attempts(), 3));
}

#[tokio::test]
async fn a_call_without_pauses_yields_to_its_runtime() {
    let asked = AtomicU32::new(0);
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .sleep_async(|_| {
            asked.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        });
    let call = policy.run_async(|| async { None::<u8> });
    let _ = Scope::new().no_pauses().run_async(call).await;
    assert_eq!(asked.into_inner(), 0);
}

/// Returns the message of the panic that ends `check`.
fn message(check: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(check).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[tokio::test(start_paused = true)]
async fn attempts_of_a_task_outside_the_record_are_pointed_out() {
    let (_, recorded) = testing::record_async(async {
        let policy = RetryPolicy::new()
            .name("spawned_outside")
            .wait(wait::none());
        let call = async move { policy.run_async(|| async { None::<u8> }).await };
        tokio::spawn(call).await.unwrap()
    })
    .await;
    let message = message(|| drop(recorded.attempts(3).clone()));
    assert!(
        message.starts_with("3 attempts expected, 0 made"),
        "{message}"
    );
    assert!(message.contains("attempts ran in no scope"), "{message}");
    assert!(
        message.contains("tokio::spawn(scope.run_async(task))"),
        "{message}"
    );
}

#[tokio::test]
async fn a_clock_that_was_not_paused_is_pointed_out() {
    let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_millis(1)));
    let call = policy.run_async(|| async { None::<u8> });
    let (_, recorded) = testing::record_async(call).await;
    let message = message(|| drop(recorded.attempts(4).clone()));
    assert!(
        message.contains("#[tokio::test(start_paused = true)]"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_is_not_pointed_out() {
    let policy = RetryPolicy::new().wait(wait::fixed(3600 * SECOND));
    let call = policy.run_async(|| async { None::<u8> });
    let (_, recorded) = testing::record_async(call).await;
    let message = message(|| drop(recorded.attempts(4).clone()));
    assert!(!message.contains("start_paused"), "{message}");
}
