//! Handlers of probes.

use std::time::Duration;

use axum::Router;
use axum::routing::get as route;
use persevere::CircuitBreaker;
use persevere::axum::{alive, ready};
use persevere::breaker::State;

use crate::{get, text};

#[tokio::test(start_paused = true)]
async fn a_breaker_makes_an_instance_unready_only_while_it_refuses() {
    static DOWN: CircuitBreaker = CircuitBreaker::new("down")
        .consecutive(1)
        .open_for(Duration::from_secs(5));
    static WELL: CircuitBreaker = CircuitBreaker::new("well");

    let app = Router::new()
        .route("/healthz", route(alive))
        .route("/readyz", route(async || ready([&WELL, &DOWN])));
    assert_eq!(get(&app, "/readyz", &[]).await.status(), 200);

    let _ = DOWN.call_async(async { None::<u8> }).await;
    let response = get(&app, "/readyz", &[]).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(get(&app, "/healthz", &[]).await.status(), 200);

    // Without requests nobody sends the probe that would close it.
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(DOWN.state(), State::HalfOpen);
    let response = get(&app, "/readyz", &[]).await;
    assert_eq!(
        (response.status().as_u16(), &*text(response).await),
        (200, "ok")
    );
}
