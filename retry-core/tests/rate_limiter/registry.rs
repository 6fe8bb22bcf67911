//! A limiter for each key.

use persevere_core::rate_limiter::MINUTE;
use persevere_core::{RateLimiter, Registry};

fn search<K>(_: &K) -> RateLimiter {
    RateLimiter::new("search").rate(1, MINUTE)
}

#[test]
fn a_limiter_has_the_key_under_which_it_is_kept() {
    let tenants = Registry::new(2, search::<String>);
    assert_eq!(tenants.get("acme").key(), Some("acme"));
    tenants.get("acme").try_acquire().unwrap();
    let refused = tenants.get("acme").try_acquire().unwrap_err();
    assert!(refused.to_string().contains("`search[acme]`"));
    assert!(tenants.get("other").try_acquire().is_ok());
}

#[test]
fn limiters_whose_permits_are_taken_are_evicted_last() {
    let tenants = Registry::new(2, search::<u32>);
    tenants.get(&1).try_acquire().unwrap();
    tenants.get(&2);
    tenants.get(&3);
    let kept: Vec<u32> = tenants.snapshot().into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        kept,
        [1, 3],
        "a new one for the first would permit a call at once"
    );
}
