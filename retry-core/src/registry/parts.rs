//! Parts that calls share, among the values of a registry.

use std::any::Any;
use std::boxed::Box;
use std::string::String;
use std::sync::Arc;

use crate::breaker::CircuitBreaker;
use crate::bulkhead::Bulkhead;
use crate::rate_limiter::RateLimiter;

/// Tells a part under which key it is kept.
pub(super) fn tell_apart(key: &dyn Any, value: &mut dyn Any) {
    let Some(key) = text(key) else { return };
    if let Some(breaker) = value.downcast_mut::<CircuitBreaker>() {
        breaker.kept_by(key);
    } else if let Some(bulkhead) = value.downcast_mut::<Bulkhead>() {
        bulkhead.kept_by(key);
    } else if let Some(limiter) = value.downcast_mut::<RateLimiter>() {
        limiter.kept_by(key);
    }
}

/// Returns the text that a key is, if it is one.
fn text(key: &dyn Any) -> Option<&str> {
    let owned = key.downcast_ref::<String>().map(String::as_str);
    let borrowed = || key.downcast_ref::<&'static str>().copied();
    let boxed = || key.downcast_ref::<Box<str>>().map(|key| &**key);
    let shared = || key.downcast_ref::<Arc<str>>().map(|key| &**key);
    owned.or_else(borrowed).or_else(boxed).or_else(shared)
}

/// Returns whether a value knows what a new one would not: a breaker that is open, a limiter whose permits are
/// taken, a bulkhead whose limit has sunk.
pub(super) fn is_engaged(value: &dyn Any) -> bool {
    let breaker = value.downcast_ref::<CircuitBreaker>();
    let bulkhead = value.downcast_ref::<Bulkhead>();
    let limiter = value.downcast_ref::<RateLimiter>();
    breaker.is_some_and(CircuitBreaker::is_engaged)
        || bulkhead.is_some_and(Bulkhead::is_engaged)
        || limiter.is_some_and(RateLimiter::is_engaged)
}
