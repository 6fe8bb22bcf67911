//! Errors of limiters, and what is asked of them.

use std::rc::Rc;
use std::sync::Arc;

use persevere_core::rate_limiter::{AsRateLimiter, HOUR, MINUTE, fail_fast};
use persevere_core::{Health, RateLimited, RateLimiter, Transient, Verdict};

fn refused(limiter: &RateLimiter) -> RateLimited {
    limiter.hold(MINUTE);
    limiter.try_acquire().unwrap_err()
}

#[test]
fn a_refusal_names_the_limiter_and_its_key() {
    let limiter = RateLimiter::new("github").keyed("eu");
    let refused = refused(&limiter);
    assert_eq!(
        (refused.name, refused.key.unwrap().as_str()),
        ("github", "eu")
    );
    let text = refused.to_string();
    assert!(
        text.starts_with("the rate limit `github[eu]` has no permit for another "),
        "{text}"
    );
}

#[test]
fn a_refused_call_was_not_sent_and_may_be_retried() {
    let refused = refused(&RateLimiter::new("github"));
    assert_eq!(refused.verdict(), Verdict::RetryAfter(refused.retry_after));
    assert!(refused.unsent());
    assert_eq!(refused.health(), Health::Unknown);
}

#[test]
fn references_are_limiters_too() {
    fn waits(limiter: impl AsRateLimiter) -> bool {
        assert_eq!(limiter.rate_limiter().name(), "github");
        limiter.waits()
    }
    static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR);
    assert!(waits(&GITHUB) && waits(RateLimiter::new("github")));
    assert!(waits(Arc::new(RateLimiter::new("github"))) && waits(Rc::new(&GITHUB)));
    assert!(!waits(fail_fast(&GITHUB)) && !waits(Box::new(fail_fast(&GITHUB))));
}
