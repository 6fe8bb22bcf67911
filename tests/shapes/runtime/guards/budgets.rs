//! Budgets that retries are paid from.

use super::*;

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
