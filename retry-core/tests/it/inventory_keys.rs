//! The key of a part in the inventory, also of one that was used before it had its key.

use std::time::Duration;

use persevere_core::{Bulkhead, CircuitBreaker, RateLimiter, Registry, inventory};

#[test]
fn a_part_that_its_registry_has_used_while_it_made_it_is_listed_by_its_key() {
    let breakers: Registry<String, CircuitBreaker> = Registry::new(8, |_| {
        let breaker = CircuitBreaker::new("made open");
        breaker.force_open();
        breaker
    });
    let limiters: Registry<String, RateLimiter> = Registry::new(8, |_| {
        let limiter = RateLimiter::new("made held");
        limiter.hold(Duration::from_secs(60));
        limiter
    });
    let bulkheads: Registry<String, Bulkhead> = Registry::new(8, |_| {
        let bulkhead = Bulkhead::new("made busy", 2);
        drop(bulkhead.try_enter());
        bulkhead
    });
    let (breaker, _limiter, _bulkhead) =
        (breakers.get("eu"), limiters.get("eu"), bulkheads.get("eu"));
    let text = inventory().to_string();
    for part in [
        "breaker made open",
        "rate limiter made held",
        "bulkhead made busy",
    ] {
        assert!(text.contains(&format!("{part}[eu]: ")), "{text}");
    }
    assert!(
        text.contains("breaker made open[eu]: forced open"),
        "{text}"
    );
    breaker.reset();
    assert!(
        inventory()
            .to_string()
            .contains("breaker made open[eu]: closed")
    );
}
