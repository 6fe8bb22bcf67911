//! One policy for functions of every return type.

use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use persevere_core::policy::{BoxPolicy, SharedGuards, SharedPolicy};
use persevere_core::when::{AnyFailure, OnTransient};
use persevere_core::{
    CircuitBreaker, Policy, RetryBudget, RetryPolicy, RetryState, StopReason, breaker, nested,
    stop, wait, when,
};

static NET: LazyLock<SharedPolicy> = LazyLock::new(|| {
    RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .wait(wait::none())
        .when(when::transient())
        .shared()
});

struct Client {
    policy: SharedPolicy,
}

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[test]
fn a_field_and_a_static_serve_several_return_types() {
    let client = Client {
        policy: NET.clone(),
    };
    assert_eq!(client.policy.report(refused::<u8>).attempts(), 5);
    assert_eq!(NET.report(refused::<String>).attempts(), 5);
    let kept = Policy::<io::Result<()>>::schedule(&&NET);
    assert_eq!(kept.rows().len(), 4);
}

#[test]
fn either_of_two_has_one_type() {
    let of = |patient| match patient {
        true => RetryPolicy::new()
            .stop(stop::after_attempt(7))
            .wait(wait::none())
            .shared(),
        false => RetryPolicy::new()
            .wait(wait::fixed(Duration::ZERO))
            .shared(),
    };
    assert_eq!(of(true).report(|| None::<u8>).attempts(), 7);
    assert_eq!(of(false).report(|| None::<u8>).attempts(), 3);
}

#[test]
fn it_is_small_and_crosses_threads() {
    fn crosses<T: Clone + Send + Sync + 'static>() -> usize {
        size_of::<T>()
    }
    assert!(crosses::<SharedPolicy>() <= 72);
}

type Guarded = SharedPolicy<OnTransient, SharedGuards>;

fn base() -> RetryPolicy<stop::AfterAttempt, Duration, OnTransient> {
    let policy = RetryPolicy::new().stop(stop::after_attempt(5));
    policy.wait(Duration::ZERO).when(when::transient())
}

#[test]
fn a_guarded_policy_serves_several_return_types_by_the_same_guards() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("shared").consecutive(7);
    let policy: Guarded = base().breaker(&BREAKER).nested(nested::share()).shared();
    let other = policy.clone();
    assert_eq!(policy.report(refused::<u8>).attempts(), 5);
    let report = other.report(refused::<String>);
    assert_eq!(
        (report.attempts(), report.reason()),
        (2, Some(StopReason::CircuitOpen))
    );
    let refused_at_once = policy.report(|| io::Result::Ok(()));
    assert_eq!(refused_at_once.attempts(), 0);
}

#[test]
fn a_shared_budget_is_one_for_all_clones() {
    let budget = Arc::new(RetryBudget::total(6));
    let policy: Guarded = base().budget(Arc::clone(&budget)).shared();
    assert_eq!(policy.report(refused::<u8>).attempts(), 5);
    let report = policy.clone().report(refused::<()>);
    assert_eq!(
        (report.attempts(), report.reason()),
        (3, Some(StopReason::Budget))
    );
    assert_eq!(budget.available(), 0);
}

#[test]
fn a_shared_deadline_ends_calls() {
    let hour = Duration::from_secs(3600);
    let second = Duration::from_secs(1);
    let policy: Guarded = base().wait(hour).deadline(second).shared();
    assert_eq!(
        policy.report(refused::<u8>).reason(),
        Some(StopReason::Deadline)
    );
    let policy: Guarded = base().deadline(Duration::ZERO).shared();
    assert_eq!(policy.report(refused::<u8>).attempts(), 0);
    // Without a limit it has the same type.
    let policy: Guarded = base().deadline(None::<Duration>).shared();
    assert_eq!(policy.report(refused::<u8>).attempts(), 5);
}

/// A call that waits for the breaker makes every attempt; the other ends while it is open.
#[test]
fn a_shared_breaker_may_be_one_to_wait_for() {
    let breaker = CircuitBreaker::new("waited").consecutive(1);
    let breaker = Arc::new(breaker.open_for(Duration::from_millis(1)));
    let waiting = base().breaker(breaker::wait_for(Arc::clone(&breaker)));
    let policy: Guarded = waiting.shared();
    assert_eq!(policy.report(refused::<u8>).attempts(), 5);
    breaker.force_open();
    let policy: Guarded = base().breaker(breaker).shared();
    let report = policy.report(refused::<u8>);
    assert_eq!(
        (report.attempts(), report.reason()),
        (0, Some(StopReason::CircuitOpen))
    );
}

#[test]
fn parts_for_one_outcome_are_added_to_a_clone() {
    let policy: Guarded = base().deadline(Duration::ZERO).shared();
    let seen = std::cell::Cell::new(0);
    let observed = policy
        .clone()
        .interrupt(|_| Err("late"))
        .when(when::any_failure())
        .on_failure(|state: &RetryState<'_, Result<u8, &str>>| {
            seen.set(seen.get() + state.attempt() + 1)
        });
    assert_eq!(observed.run(|| Ok(7)), Err("late"));
    assert_eq!(seen.get(), 1);
}

#[test]
fn a_boxed_policy_judges_one_outcome() {
    type Reply = Result<u8, u16>;
    struct Client {
        policy: BoxPolicy<Reply>,
    }
    let of = |only: Option<u16>| {
        let base = RetryPolicy::new().wait(wait::none()).name("client");
        let policy = match only {
            Some(status) => base
                .when(when::err(move |code: &u16| *code == status))
                .boxed(),
            None => base.stop(stop::after_attempt(9)).boxed(),
        };
        Client { policy }
    };
    let attempts = |only| {
        of(only)
            .policy
            .clone()
            .report(|| Reply::Err(503))
            .attempts()
    };
    assert_eq!(
        [attempts(None), attempts(Some(503)), attempts(Some(429))],
        [9, 3, 1]
    );

    fn crosses<T: Clone + Send + Sync + 'static>(_: &T) {}
    let guarded: BoxPolicy<io::Result<u8>, SharedGuards> = base().deadline(Duration::ZERO).boxed();
    crosses(&guarded);
    assert_eq!(guarded.report(refused).attempts(), 0);
    crosses(&SharedPolicy::<AnyFailure, SharedGuards>::clone(
        &RetryPolicy::new().deadline(Duration::ZERO).shared(),
    ));
}
