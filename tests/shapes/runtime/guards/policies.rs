//! Policies with guards.

use super::*;
use persevere::{Policy, RetryPolicy, wait};

/// Its breaker is hidden.
fn shared<T>(breaker: &CircuitBreaker) -> impl Policy<io::Result<T>> {
    RetryPolicy::new().wait(wait::none()).breaker(breaker)
}

#[retry(policy = shared(breaker), deadline = 1min)]
async fn limited(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test]
async fn the_guards_of_a_policy_that_hides_its_type_can_be_added_to() {
    let breaker = CircuitBreaker::new("test").consecutive(2);
    let tries = Tries::new();
    assert!(limited(&breaker, &tries).await.is_err());
    assert_eq!(tries.made(), 2);
    assert_eq!(breaker.counts().failures, 2);
}
