//! Nested calls: the limits of a whole chain, and the call that each limit belongs to.
#![cfg(all(feature = "testing", feature = "tokio"))]

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::common::{HOUR, SECOND, millis, secs};
use persevere_core::nested::Nested;
use persevere_core::testing::Scope;
use persevere_core::{
    Attempt, GiveUp, Policy, RetryBudget, RetryPolicy, Stop, StopReason, hedge, nested, stop, wait,
};

const EACH: [Nested; 3] = [Nested::Independent, Nested::Share, Nested::Single];

/// A call in the middle of a chain, around the call that it is given.
type Middle<'a, T> = &'a dyn Fn(&mut dyn FnMut() -> io::Result<T>) -> io::Result<T>;

fn down() -> io::Result<()> {
    Err(ErrorKind::TimedOut.into())
}

/// Returns a policy without pauses.
fn at_once<S: Stop>(stop: S) -> RetryPolicy<S, wait::Backoff<wait::Fixed>> {
    RetryPolicy::new().stop(stop).wait(wait::none())
}

fn once() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>> {
    at_once(stop::after_attempt(1))
}

fn thrice() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>> {
    at_once(stop::after_attempt(3))
}

#[test]
fn a_call_in_the_middle_hides_no_budget() {
    let middle_budget = RetryBudget::total(100);
    for word in EACH {
        let (budget, inner) = (RetryBudget::total(1), thrice().nested(nested::share()));
        let outer = once().budget(&budget);
        let attempts = |middle: Middle<'_, ()>| {
            let mut attempts = 0;
            let _ = outer.run(|| {
                middle(&mut || {
                    inner.run(|| {
                        attempts += 1;
                        down()
                    })
                })
            });
            attempts
        };
        let plain = once().nested(word);
        assert_eq!(attempts(&|body| plain.run(body)), 2, "{word:?}");
        // The only retry is spent.
        let paying = once().nested(word).budget(&middle_budget);
        assert_eq!(attempts(&|body| paying.run(body)), 1, "{word:?}");
        let limited = once().nested(word).deadline(HOUR);
        assert_eq!(attempts(&|body| limited.run(body)), 1, "{word:?}");
        assert_eq!((budget.granted(), budget.refused()), (1, 3), "{word:?}");
    }
    let unsaid = once().budget(&middle_budget);
    let (budget, inner) = (RetryBudget::total(0), thrice().nested(nested::share()));
    let outer = once().budget(&budget);
    let report = outer.run(|| unsaid.run(|| Some(inner.report(down).reason())));
    assert_eq!(report, Some(Some(StopReason::Budget)));
    assert_eq!(middle_budget.granted(), 0);
}

#[test]
fn a_call_in_the_middle_hides_no_deadline() {
    let left = |middle: Middle<'_, Duration>| {
        let outer = RetryPolicy::new().deadline(secs(10.0));
        let inner = RetryPolicy::new().nested(nested::share());
        let mut body = || inner.run(|at: &Attempt| Ok(at.remaining().unwrap_or(HOUR)));
        let left = || outer.run(|| middle(&mut body)).unwrap();
        Scope::new().virtual_time().run(left)
    };
    for word in EACH {
        let plain = RetryPolicy::new().nested(word);
        assert_eq!(left(&|body| plain.run(body)), secs(10.0), "{word:?}");
        let nearer = RetryPolicy::new().nested(word).deadline(SECOND);
        assert_eq!(left(&|body| nearer.run(body)), SECOND, "{word:?}");
        let later = RetryPolicy::new().nested(word).deadline(HOUR);
        assert_eq!(left(&|body| later.run(body)), secs(10.0), "{word:?}");
    }
    let budget = RetryBudget::total(1);
    let paying = RetryPolicy::new().budget(&budget);
    assert_eq!(left(&|body| paying.run(body)), secs(10.0));
}

/// Each of three budgets pays for the retries at its depth and below.
#[test]
fn every_budget_of_a_chain_pays_once() {
    let [outermost, between] = [RetryBudget::total(100), RetryBudget::total(100)];
    let outer = once().budget(&outermost);
    let middle = once().budget(&between).nested(nested::share());
    let innermost = thrice().budget(&outermost).nested(nested::share());
    let report = outer.run(|| middle.run(|| innermost.run(down)));
    assert!(report.is_err());
    let counts = |budget: &RetryBudget| (budget.granted(), budget.available());
    assert_eq!(counts(&outermost), (2, 98));
    assert_eq!(counts(&between), (2, 98));
}

#[test]
fn a_budget_that_is_named_twice_counts_each_call_once() {
    // Half a retry per call.
    let budget = RetryBudget::ratio(0.5, secs(10.0)).reserve(0);
    let outer = once().budget(&budget);
    let inner = once().budget(&budget).nested(nested::share());
    let seen = Scope::new()
        .virtual_time()
        .run(|| outer.run(|| outer.run(|| inner.run(|| io::Result::Ok(budget.available())))));
    assert_eq!(seen.unwrap(), 1, "three calls");
}

#[test]
fn a_budget_that_is_named_twice_refunds_once() {
    let budget = RetryBudget::tokens(500);
    let outer = once().budget(&budget);
    let inner = at_once(stop::after_attempt(5))
        .budget(&budget)
        .nested(nested::share());
    let mut attempts = 0;
    let outcome = outer.run(|| {
        inner.run(|| {
            attempts += 1;
            if attempts < 3 { down() } else { Ok(()) }
        })
    });
    assert!(outcome.is_ok());
    // Ten were spent for two retries. Five for the last one and one for the outer call are back.
    assert_eq!(budget.available(), (500 - 10 + 5 + 1) / 5);
}

/// The payment of one budget for a retry that another refuses is returned at once.
#[test]
fn a_refusal_by_one_of_two_costs_the_other_nothing() {
    let (rich, poor) = (RetryBudget::total(9), RetryBudget::total(0));
    let outer = once().budget(&poor);
    let inner = thrice().budget(&rich).nested(nested::share());
    let mut call = None;
    let _: io::Result<()> = outer.run(|| {
        let mut steps = inner.start();
        let _ = steps.next(&down());
        assert_eq!(steps.reason(), Some(StopReason::Budget));
        call = Some(rich.available());
        Ok(())
    });
    assert_eq!((call, rich.granted()), (Some(9), 0));
}

#[tokio::test(start_paused = true)]
async fn a_copy_pays_once_to_a_budget_that_is_named_twice() {
    let (budget, other) = (RetryBudget::total(9), RetryBudget::total(9));
    let outer = once().budget(&budget);
    let middle = once().budget(&other).nested(nested::share());
    let hedged = once()
        .budget(&budget)
        .hedge(hedge::delay(millis(10)).copies(3))
        .nested(nested::share());
    let call = outer.run_async(|| {
        middle.run_async(|| {
            hedged.run_async(|| async {
                tokio::time::sleep(SECOND).await;
                io::Result::Ok(())
            })
        })
    });
    call.await.unwrap();
    assert_eq!((budget.granted(), other.granted()), (2, 2));
}

/// Makes calls that retry by themselves, in a task of their own.
async fn background(word: Nested) -> u32 {
    tokio::task::yield_now().await;
    let policy = thrice().nested(word);
    policy.report_async(|| async { down() }).await.attempts()
}

/// Returns a runtime whose tasks run on the thread that blocks on it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().unwrap()
}

#[test]
fn a_task_is_not_inside_the_blocking_call_that_drives_it() {
    let (runtime, budget) = (runtime(), RetryBudget::total(0));
    let outer = RetryPolicy::new().deadline(HOUR).budget(&budget);
    for word in EACH {
        let task = runtime.spawn(background(word));
        let drive = || {
            let turns = async {
                for _ in 0..9 {
                    tokio::task::yield_now().await;
                }
            };
            runtime.block_on(turns);
            task.is_finished()
        };
        assert!(outer.run(|| Some(drive())).unwrap());
        assert_eq!(runtime.block_on(task).unwrap(), 3, "{word:?}");
    }
    assert_eq!(budget.refused(), 0);
}

#[test]
fn what_the_blocking_call_blocks_on_is_inside() {
    let (runtime, budget) = (runtime(), RetryBudget::total(1));
    let outer = once().budget(&budget);
    let share = || runtime.block_on(background(Nested::Share));
    let single = || runtime.block_on(background(Nested::Single));
    assert_eq!(outer.run(|| Some([share(), single()])), Some([2, 1]));
    let worker = runtime.spawn_blocking(move || {
        let handle = tokio::runtime::Handle::current();
        once()
            .deadline(HOUR)
            .run(|| io::Result::Ok(handle.block_on(background(Nested::Single))))
    });
    let inside = runtime.block_on(worker).unwrap();
    assert_eq!(
        inside.unwrap(),
        1,
        "in a task of the pool for blocking work"
    );
}

#[test]
fn a_local_task_is_not_inside_the_async_call_that_drives_it() {
    runtime().block_on(async {
        let local = tokio::task::LocalSet::new();
        let task = local.spawn_local(background(Nested::Single));
        let outer = RetryPolicy::new().deadline(HOUR);
        let driven = outer.run_async(|| {
            local.run_until(async {
                let own = background(Nested::Single).await;
                for _ in 0..9 {
                    tokio::task::yield_now().await;
                }
                io::Result::Ok(own)
            })
        });
        assert_eq!(driven.await.unwrap(), 1, "its own future");
        assert_eq!(task.await.unwrap(), 3, "another task");
    });
}

/// A task that was polled inside leaves the view as it was.
#[test]
fn a_call_of_another_task_hides_nothing_from_those_inside() {
    let runtime = runtime();
    let outer = once().deadline(HOUR);
    let other = runtime.spawn(async {
        let publishing = once().deadline(SECOND);
        let body = || async {
            tokio::task::yield_now().await;
            io::Result::Ok(background(Nested::Single).await)
        };
        publishing.run_async(body).await
    });
    let inside = outer.run(|| {
        runtime.block_on(async {
            let mut attempts = 0;
            for _ in 0..9 {
                attempts += background(Nested::Single).await;
            }
            io::Result::Ok(attempts)
        })
    });
    assert_eq!(inside.unwrap(), 9);
    assert_eq!(runtime.block_on(other).unwrap().unwrap(), 1);
}

#[test]
fn what_is_reserved_for_the_fallback_of_an_outer_call_is_no_time_of_an_inner_one() {
    let inner = RetryPolicy::new().nested(nested::share());
    let outer = RetryPolicy::new()
        .deadline(10 * SECOND)
        .fallback_within(2 * SECOND, |it: GiveUp<io::Result<Option<Duration>>>| {
            it.into_outcome()
        });
    let left = outer.run(|| inner.run(|at: &Attempt| io::Result::Ok(at.remaining())));
    assert!(left.unwrap().unwrap() <= 8 * SECOND);
}
