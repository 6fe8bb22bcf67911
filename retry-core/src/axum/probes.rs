//! Handlers of the probes of an orchestrator.

use core::time::Duration;

use axum_core::response::{IntoResponse, Response};

use crate::breaker::circuit_breaker::CircuitBreaker;
use crate::call::interrupt::Interrupt;
use crate::time::clock::read_async;

/// Answers 200 while the process serves requests: a liveness probe, `.route("/healthz", get(alive))`.
///
/// It looks at no breaker. A process is not cured by a restart if it is the service behind it that fails.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(persevere::axum::alive().await, "ok");
/// # });
/// ```
pub async fn alive() -> &'static str {
    "ok"
}

/// Answers 503 while one of these breakers refuses calls, and 200 otherwise: a readiness probe, for those who want it.
///
/// **Mostly [`alive`] is the better answer.** A service behind that fails opens the breaker of every instance, so that
/// all of them become unready at once, and no request is answered any more, not even those that need nothing of that
/// service or have a fallback. Name only breakers of what no request can do without, and whose failure other
/// instances do not share, such as a database in the same zone.
///
/// A breaker whose open time is over is ready: an instance without requests would else never send the probe that
/// closes it. One that is forced open is not ready.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::axum::ready;
///
/// static LOCAL: CircuitBreaker = CircuitBreaker::new("local database");
///
/// // Of axum: `.route("/readyz", get(|| async { ready([&LOCAL]) }))`.
/// assert_eq!(ready([&LOCAL]).status(), 200);
/// LOCAL.force_open();
/// assert_eq!(ready([&LOCAL]).status(), 503);
/// ```
pub fn ready<'a>(breakers: impl IntoIterator<Item = &'a CircuitBreaker>) -> Response {
    let shut = |breaker: &CircuitBreaker| breaker.refuses_for(read_async);
    match breakers.into_iter().filter_map(shut).max() {
        None => "ok".into_response(),
        Some(left) => {
            // One that is forced open refuses without an end.
            let retry_after = Some(left).filter(|left| *left < Duration::MAX);
            Interrupt::CircuitOpen { retry_after }.into_response()
        }
    }
}
