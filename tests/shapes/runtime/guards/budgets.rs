//! Budgets that retries are paid from.

use std::cell::Cell;

use super::*;
use persevere::{Next, RetryPolicy};

#[retry(stop = never(), wait = none(), budget = budget, wrap_err = true)]
fn drawing(budget: &RetryBudget, tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Err(Refused(tries.next()))
}

#[test]
fn a_budget_bounds_the_retries_of_all_calls() {
    let budget = RetryBudget::total(5);
    let error = drawing(&budget, &Tries::new()).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (6, StopReason::Budget));
    let error = drawing(&budget, &Tries::new()).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (1, StopReason::Budget));
}

#[retry(budget = &budget, wait = 1h)]
async fn paused(budget: &RetryBudget) -> Result<u32, Refused> {
    Err(Refused(1))
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_its_pause_gives_back_what_it_drew() {
    let budget = RetryBudget::total(5);
    assert!(tokio::time::timeout(SECOND, paused(&budget)).await.is_err());
    assert_eq!(budget.available(), 5);
    assert!(
        tokio::time::timeout(3601 * SECOND, paused(&budget))
            .await
            .is_err()
    );
    assert_eq!(budget.available(), 4);
}

#[retry(
    case(Err(Refused(1..=2)), budget = budget, stop = never(), wait = none()),
    on = Err(_), stop = never(), wait = none(),
)]
fn of_a_case(budget: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        n @ 1..=9 => Err(Refused(n)),
        n => Ok(n),
    }
}

#[test]
fn a_case_has_a_budget_of_its_own() {
    let budget = RetryBudget::total(2);
    assert_eq!(of_a_case(&budget, &Tries::new()), Ok(10));
    assert_eq!(budget.available(), 0);
    assert_eq!(of_a_case(&budget, &Tries::new()), Err(Refused(1)));
}

#[retry(stop = never(), wait = 1s, budget = budget, before_sleep = |_| pauses.set(pauses.get() + 1))]
async fn in_flight(budget: &RetryBudget, pauses: &Cell<u32>, tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_budget_of_what_is_in_flight_is_asked_after_the_pause() {
    let (budget, pauses, tries) = (RetryBudget::in_flight(1, 0.0), Cell::new(0), Tries::new());
    let policy = RetryPolicy::new().budget(&budget);
    let mut other = policy.start();
    assert!(matches!(other.next(&None::<u32>), Next::Sleep(_)));
    let start = tokio::time::Instant::now();
    let outcome = in_flight(&budget, &pauses, &tries).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(
        (tries.made(), pauses.get(), start.elapsed()),
        (1, 1, SECOND)
    );
    assert_eq!(budget.refused(), 1);
}

#[retry(
    stop = after_attempt(4),
    wait = none(),
    budget = budget,
    case(Err(Refused(1 | 2)), budget = budget),
    case(Err(Refused(3)), budget = other),
    case(Err(Refused(_)), budget = other),
)]
fn named_often(budget: &RetryBudget, other: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn a_budget_of_several_cases_and_the_call_pays_once() {
    let (budget, other) = (RetryBudget::total(9), RetryBudget::total(9));
    let tries = Tries::new();
    assert_eq!(named_often(&budget, &other, &tries), Err(Refused(4)));
    assert_eq!((budget.granted(), other.granted()), (3, 1));
    // Each counts the call once: half a retry for a call.
    let half = RetryBudget::ratio(0.5, 10 * SECOND).reserve(0);
    let (one, two) = (RetryBudget::total(9), &half);
    let _ = named_often(&one, two, &Tries::new());
    assert_eq!(half.available(), 0, "one call");
    let _ = named_often(&one, two, &Tries::new());
    assert_eq!((half.available() + half.granted(), half.refused()), (1, 1));
}

#[retry(stop = never(), wait = 1s, case(Err(_), budget = budget))]
fn case_in_flight(budget: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn a_case_is_refused_after_its_pause_too() {
    let (budget, tries) = (RetryBudget::in_flight(1, 0.0), Tries::new());
    let policy = RetryPolicy::new().budget(&budget);
    let mut other = policy.start();
    assert!(matches!(other.next(&None::<u32>), Next::Sleep(_)));
    let clock = persevere::testing::VirtualClock::new();
    let scope = persevere::testing::Scope::new().clock(&clock);
    let start = clock.now();
    assert_eq!(
        scope.run(|| case_in_flight(&budget, &tries)),
        Err(Refused(1))
    );
    assert_eq!((clock.now() - start, budget.refused()), (SECOND, 1));
}

/// An error that nothing can interrupt.
#[derive(Debug, PartialEq)]
struct Whole(u32);

fn plain<T>() -> impl persevere::Policy<Result<T, Whole>> {
    persevere::RetryPolicy::new().wait(persevere::wait::none())
}

#[retry(policy = plain(), case(Err(Whole(_)), budget = budget))]
fn of_a_policy(budget: &RetryBudget, tries: &Tries) -> Result<u32, Whole> {
    Err(Whole(tries.next()))
}

#[test]
fn a_case_beside_a_policy_pays_from_its_budget() {
    let (budget, tries) = (RetryBudget::total(1), Tries::new());
    assert_eq!(of_a_policy(&budget, &tries), Err(Whole(2)));
    assert_eq!((budget.granted(), budget.refused()), (1, 1));
    // One that is asked after the pause.
    let budget = RetryBudget::in_flight(1, 0.0);
    let policy = RetryPolicy::new().budget(&budget);
    let mut other = policy.start();
    assert!(matches!(other.next(&None::<u32>), Next::Sleep(_)));
    assert_eq!(of_a_policy(&budget, &Tries::new()), Err(Whole(1)));
}
