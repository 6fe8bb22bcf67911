//! Hedged calls inside others.

use super::*;

#[retry(hedge = delay(1s), budget = own, nested = share())]
async fn inner(own: &RetryBudget) -> io::Result<u8> {
    tokio::time::sleep(5 * SECOND).await;
    Ok(1)
}

#[retry(budget = outer)]
async fn outer(outer: &RetryBudget, own: &RetryBudget) -> io::Result<u8> {
    inner(own).await
}

#[tokio::test(start_paused = true)]
async fn what_one_budget_paid_for_a_copy_that_the_other_refuses_goes_back() {
    let (spent, own) = (RetryBudget::total(0), RetryBudget::total(3));
    assert_eq!(outer(&spent, &own).await.unwrap(), 1);
    assert_eq!(own.available(), 3);
}
