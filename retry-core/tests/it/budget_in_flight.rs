//! Budgets that limit the retries in flight: asked at the end of a pause, by every way to run a policy.
#![cfg(all(feature = "testing", feature = "tokio"))]

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::common::{SECOND, millis, secs};
use persevere_core::breaker::wait_for;
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    CircuitBreaker, Interrupt, Next, Policy, Report, RetryBudget, RetryPolicy, RetryStats,
    StopReason, nested, stop, wait,
};
use tokio::time::sleep;

fn down() -> io::Result<()> {
    Err(ErrorKind::TimedOut.into())
}

/// Returns a policy of one attempt per second, until something else ends the call.
fn every_second() -> RetryPolicy<stop::Never, Duration> {
    RetryPolicy::new().stop(stop::never()).wait(SECOND)
}

#[tokio::test(start_paused = true)]
async fn calls_that_fail_together_do_not_all_come_back() {
    let budget = RetryBudget::in_flight(3, 0.2);
    let policy = every_second().stop(stop::after_attempt(2)).budget(&budget);
    let call = || {
        policy.report_async(|| async {
            sleep(millis(100)).await;
            down()
        })
    };
    let reports = together(1000, call).await;
    let of = |reason| {
        reports
            .iter()
            .filter(move |report| report.reason() == Some(reason))
    };
    // 250 of 1250 executions are at most a fifth. Each refusal ends a call, which leaves fewer executions.
    let granted = of(StopReason::Attempts).count();
    assert_eq!(of(StopReason::Budget).count(), 1000 - granted);
    assert!((200..=251).contains(&granted), "{granted}");
    assert_eq!(budget.granted(), granted as u64);
    let refused = of(StopReason::Budget).next().unwrap();
    assert_eq!((refused.attempts(), refused.idle()), (1, SECOND));
    let kept = refused.outcome().as_ref().unwrap_err();
    assert_eq!(kept.kind(), ErrorKind::TimedOut);
    assert!(kept.get_ref().is_none(), "the error of the attempt itself");
    assert_eq!(budget.available(), 3, "all have landed");
}

/// Awaits this number of calls concurrently.
async fn together<F: Future>(count: usize, call: impl Fn() -> F) -> Vec<F::Output> {
    let mut calls: Vec<_> = (0..count).map(|_| (Box::pin(call()), None)).collect();
    std::future::poll_fn(|cx| {
        for (call, output) in &mut calls {
            if output.is_none() {
                if let std::task::Poll::Ready(ready) = call.as_mut().poll(cx) {
                    *output = Some(ready);
                }
            }
        }
        match calls.iter().all(|(_, output)| output.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    calls.into_iter().filter_map(|(_, output)| output).collect()
}

#[test]
fn a_retry_is_in_flight_while_its_attempt_runs() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let attempts = Cell::new(0);
    let policy = RetryPolicy::new()
        .wait(SECOND)
        .sleep(|_| assert_eq!(budget.available(), 1, "asleep"))
        .after(|_| assert_eq!(budget.available(), 1, "landed"))
        .budget(&budget);
    let report = policy.report(|| {
        attempts.set(attempts.get() + 1);
        assert_eq!(budget.available(), u64::from(attempts.get() == 1));
        down()
    });
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!((report.attempts(), budget.granted()), (3, 2));
}

#[test]
fn a_blocking_call_is_refused_after_its_pause() {
    let (budget, stats) = (RetryBudget::in_flight(1, 0.0), RetryStats::new());
    let policy = every_second().budget(&budget);
    let mut other = policy.start();
    assert_eq!(
        other.next(&down()),
        Next::Sleep(SECOND),
        "the retry of another call"
    );
    let policy = every_second().budget(&budget).stats(&stats);
    let report: Report<io::Result<()>> = Scope::new().virtual_time().run(|| policy.report(down));
    assert_eq!(report.reason(), Some(StopReason::Budget));
    assert_eq!((report.attempts(), report.idle()), (1, SECOND));
    assert_eq!(report.elapsed(), SECOND);
    assert_eq!(
        report.into_outcome().unwrap_err().kind(),
        ErrorKind::TimedOut
    );
    assert_eq!((stats.asleep(), stats.failures(StopReason::Budget)), (0, 1));
    assert_eq!((budget.granted(), budget.refused()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_its_pause_has_drawn_nothing() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let policy = every_second().budget(&budget);
    let call = policy.run_async(|| async { down() });
    assert!(tokio::time::timeout(millis(500), call).await.is_err());
    assert_eq!((budget.granted(), budget.available()), (0, 1));
}

/// A retry that waits for a breaker is not in flight.
#[test]
fn a_retry_that_waits_for_a_breaker_does_not_fly() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let breaker = CircuitBreaker::new("slow")
        .consecutive(1)
        .open_for(secs(10.0));
    let clock = VirtualClock::new();
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .sleep(|pause| {
            assert_eq!(budget.available(), 1);
            clock.advance(pause);
        })
        .stop(stop::after_attempt(2))
        .breaker(wait_for(&breaker))
        .budget(&budget);
    let report = Scope::new().clock(&clock).run(|| {
        let mut open = 2;
        policy.report(|| {
            open -= 1;
            if open == 0 {
                assert_eq!(budget.available(), 0);
                return Ok(());
            }
            down()
        })
    });
    assert!(report.outcome().is_ok());
    assert_eq!((budget.granted(), budget.available()), (1, 1));
}

#[test]
fn a_chain_asks_every_budget_when_the_pause_is_over() {
    let (flying, total) = (RetryBudget::in_flight(1, 0.0), RetryBudget::total(9));
    let policy = every_second().budget(&flying);
    let mut other = policy.start();
    assert_eq!(
        other.next(&down()),
        Next::Sleep(SECOND),
        "the retry of another call"
    );
    let outer = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .budget(&flying);
    let inner = every_second().budget(&total).nested(nested::share());
    let report = Scope::new().virtual_time().run(|| {
        let mut inside = None;
        let _ = outer.run(|| {
            inside = Some(inner.report(down));
            io::Result::Ok(())
        });
        inside.unwrap()
    });
    assert_eq!(report.reason(), Some(StopReason::Budget));
    assert_eq!((report.attempts(), report.idle()), (1, SECOND));
    assert_eq!((total.granted(), total.available()), (0, 9), "given back");
}

#[test]
fn the_step_api_is_refused_when_it_asks() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let policy = every_second().budget(&budget);
    let mut other = policy.start();
    assert_eq!(
        other.next(&down()),
        Next::Sleep(SECOND),
        "the retry of another call"
    );
    let policy = every_second().budget(&budget);
    let mut call = policy.start();
    assert_eq!(call.admit(), Ok(()));
    assert_eq!(call.next(&down()), Next::Sleep(SECOND));
    assert_eq!(call.admit(), Err(Interrupt::Budget));
    assert_eq!(call.cut(Interrupt::Budget, &down()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::Budget));
}

#[test]
fn steps_that_do_not_ask_pay_before_the_pause() {
    let budget = RetryBudget::in_flight(1, 0.0);
    let policy = every_second().budget(&budget);
    let [mut one, mut two] = [policy.start(), policy.start()];
    assert_eq!(one.next(&down()), Next::Sleep(SECOND));
    assert_eq!(two.next(&down()), Next::Return);
    assert_eq!(two.reason(), Some(StopReason::Budget));
    // A later request is already paid.
    assert_eq!(one.admit(), Ok(()));
    let _ = one.attempt();
    assert_eq!((budget.granted(), budget.available()), (1, 0));
    assert_eq!(one.next(&Ok(())), Next::Return);
    assert_eq!(budget.available(), 1);
}

/// An attempt that the caller starts without asking is paid all the same.
#[test]
fn steps_that_are_not_admitted_spend_too() {
    let budget = RetryBudget::total(2);
    let policy = RetryPolicy::new().stop(stop::never()).wait(wait::none());
    let policy = policy.budget(&budget);
    let mut call = policy.start();
    let next = [(); 3].map(|()| call.next(&down()));
    let again = Next::Sleep(Duration::ZERO);
    assert_eq!(next, [again, again, Next::Return]);
    assert_eq!((budget.granted(), budget.refused()), (2, 1));
}
