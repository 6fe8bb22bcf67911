//! Health recorded by breakers: the state of the service, whatever is retried.

use super::*;
use persevere::{
    Health, Policy, Predicate, RetryConfig, RetryPolicy, Verdict, circuit_breaker, stop, when,
};

#[derive(Clone, Copy, Debug, PartialEq, persevere::Transient)]
enum Said {
    #[transient]
    Busy,
    #[transient(health = well)]
    Conflict,
    #[transient(final, health = failed)]
    Untrusted,
    #[transient(health = unknown)]
    NoSocket,
    Rejected,
}

impl From<persevere::Interrupt> for Said {
    fn from(_: persevere::Interrupt) -> Self {
        Said::Rejected
    }
}

const ALL: [Said; 5] = [
    Said::Busy,
    Said::Conflict,
    Said::Untrusted,
    Said::NoSocket,
    Said::Rejected,
];

/// The health that each error shows by itself.
const SHOWN: [Health; 5] = [
    Health::Failed,
    Health::Well,
    Health::Failed,
    Health::Unknown,
    Health::Well,
];

/// The health that a breaker records for each error.
fn heard(call: impl Fn(&CircuitBreaker, Said) -> Result<(), Said>) -> [Health; 5] {
    ALL.map(|said| {
        let breaker = CircuitBreaker::new("test");
        assert_eq!(call(&breaker, said), Err(said));
        let counts = breaker.counts();
        match (counts.failures > 0, counts.ignored > 0) {
            (true, false) => Health::Failed,
            (false, true) => Health::Unknown,
            (false, false) => Health::Well,
            both => panic!("{said:?}: {both:?}"),
        }
    })
}

#[retry(wait = none(), when = transient(), breaker = breaker)]
fn by_transient(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[retry(wait = none(), when = unsent(), breaker = breaker)]
fn by_unsent(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[retry(wait = none(), when = idempotent(repeatable) | err(|e| *e == Said::Rejected), breaker = breaker)]
fn mixed(breaker: &CircuitBreaker, said: Said, repeatable: bool) -> Result<(), Said> {
    Err(said)
}

#[retry(
    wait = none(),
    on = Err(Said::Rejected | Said::Untrusted),
    unless = Err(Said::Busy),
    case(Err(Said::Conflict), stop = after_attempt(4)),
    when = transient(),
    breaker = breaker,
)]
fn beside_patterns(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[test]
fn a_predicate_that_asks_the_error_tells_the_breaker_what_it_says() {
    assert_eq!(heard(by_transient), SHOWN);
    assert_eq!(heard(by_unsent), SHOWN);
    assert_eq!(heard(|b, said| mixed(b, said, true)), SHOWN);
    assert_eq!(heard(|b, said| mixed(b, said, false)), SHOWN);
}

#[test]
fn patterns_beside_it_change_what_is_retried_alone() {
    assert_eq!(heard(beside_patterns), SHOWN);
}

#[retry(wait = none(), on = Err(Said::Conflict), breaker = breaker)]
fn by_patterns(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[retry(wait = none(), when = err(|e| *e == Said::Conflict), breaker = breaker)]
fn by_closure(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[test]
fn patterns_and_closures_alone_say_what_they_retry() {
    use Health::{Failed, Well};
    let expected = [Well, Failed, Well, Well, Well];
    assert_eq!(heard(by_patterns), expected);
    assert_eq!(heard(by_closure), expected);
}

fn shared<T>() -> impl persevere::Policy<Result<T, Said>> {
    RetryPolicy::new()
        .wait(persevere::wait::none())
        .when(when::transient())
}

#[retry(policy = shared(), breaker = breaker)]
fn by_policy(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[retry(
    policy = RetryPolicy::new().breaker(breaker).wait(persevere::wait::none()),
    when = transient(),
)]
fn with_the_policys_breaker(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[test]
fn a_policy_asks_the_error_as_the_attribute_does() {
    assert_eq!(heard(by_policy), SHOWN);
    assert_eq!(heard(with_the_policys_breaker), SHOWN);
}

#[test]
fn a_configuration_with_a_breaker_hears_what_the_attribute_asks() {
    #[retry(policy = config, when = unsent())]
    fn call(config: &RetryConfig, said: Said) -> Result<(), Said> {
        Err(said)
    }
    for (said, shown) in ALL.into_iter().zip(SHOWN) {
        let config = RetryConfig::new().breaker("consecutive(9)".parse().unwrap());
        assert_eq!(call(&config, said), Err(said));
        let failed = config.circuit_breaker().unwrap().counts().failures;
        assert_eq!(failed > 0, shown == Health::Failed, "{said:?}");
    }
}

#[circuit_breaker(breaker.by_error())]
fn alone(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[retry(stop = after_attempt(1), breaker = breaker.ignoring(never()).by_error())]
fn viewed(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[test]
fn a_view_by_error_asks_it_where_no_predicate_does() {
    assert_eq!(heard(alone), SHOWN);
    assert_eq!(heard(viewed), SHOWN);
}

/// Retries nothing, and takes every error for the caller's own fault.
struct Ours;

impl<T> Predicate<Result<T, Said>> for Ours {
    fn verdict(&self, _: &Result<T, Said>) -> Verdict {
        Verdict::Final
    }

    fn health(&self, _: &Result<T, Said>, _: Verdict) -> Health {
        Health::Unknown
    }
}

#[retry(when = Ours, breaker = breaker)]
fn by_ours(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    Err(said)
}

#[test]
fn a_predicate_of_the_users_own_says_its_own() {
    assert_eq!(heard(by_ours), [Health::Unknown; 5]);
}

#[retry(wait = none(), attempt = at, breaker = breaker)]
fn given_up(breaker: &CircuitBreaker, said: Said) -> Result<(), Said> {
    at.give_up();
    Err(said)
}

#[test]
fn a_body_that_gives_up_says_nothing_of_the_service() {
    assert_eq!(heard(given_up), [Health::Failed; 5]);
}

#[retry(
    attempt_timeout = 1s,
    stop = after_attempt(1),
    when = transient(),
    hedge = delay(100ms).copies(2),
    breaker = breaker,
)]
async fn hedged(breaker: &CircuitBreaker) -> Result<(), Said> {
    std::future::pending().await
}

/// The error that an interrupt becomes here says that the service is well.
#[tokio::test(start_paused = true)]
async fn a_hedged_attempt_whose_copies_were_all_cut_has_failed() {
    let breaker = CircuitBreaker::new("test");
    assert_eq!(hedged(&breaker).await, Err(Said::Rejected));
    assert_eq!(breaker.counts().failures, 1);
    let breaker = CircuitBreaker::new("other");
    let policy = RetryPolicy::new()
        .attempt_timeout(Duration::from_secs(1))
        .stop(stop::after_attempt(1))
        .when(when::transient())
        .hedge(persevere::hedge::delay(Duration::from_millis(100)).copies(2))
        .breaker(&breaker);
    let outcome = policy.run_async(std::future::pending::<Result<(), Said>>);
    assert_eq!(outcome.await, Err(Said::Rejected));
    assert_eq!(breaker.counts().failures, 1);
}

#[retry(when = always(), unless = Err(Said::Rejected), wait = none(), stop = after_attempt(3))]
fn unless_exception_type(attempts: &mut u32, outcome: Result<(), Said>) -> Result<(), Said> {
    *attempts += 1;
    outcome
}

/// tenacity's `retry_unless_exception_type`.
#[test]
fn always_unless_an_error_retries_successes_too() {
    for (outcome, expected) in [(Ok(()), 3), (Err(Said::Busy), 3), (Err(Said::Rejected), 1)] {
        let mut attempts = 0;
        assert_eq!(unless_exception_type(&mut attempts, outcome), outcome);
        assert_eq!(attempts, expected);
    }
}
