//! Calls over a real socket, to a server that really fails: it answers 503 with `Retry-After`,
//! resets the connection, and stalls.
//!
//! ```text
//! cargo run --example quickstart
//! ```

mod http;
mod server;
mod timeline;

use std::net::SocketAddr;

use persevere::{RetryError, retry};

use self::http::HttpError;

/// Async. `transient()` asks the error itself, and honours its `Retry-After`.
#[retry(
    stop = after_attempt(5) | before_delay(10s),
    wait = exponential(200ms).max(2s).full_jitter(),
    when = transient(),
    before_sleep = timeline::pause,
    on_success = timeline::success,
)]
async fn weather(server: SocketAddr, city: &str) -> Result<String, HttpError> {
    http::get(server, &format!("/weather/{city}")).await
}

/// The same attribute on a blocking function, with a pattern that says what to retry.
#[retry(
    stop = after_attempt(5),
    wait = 250ms,
    on = Err(HttpError::Io(_) | HttpError::Status { code: 500..=599, .. }),
    before_sleep = timeline::pause,
    on_success = timeline::success,
)]
fn tides(server: SocketAddr) -> Result<String, HttpError> {
    http::get_blocking(server, "/tides")
}

/// `wrap_err` returns how the call went along with its last error.
#[retry(
    wait = schedule([100ms, 300ms]),
    wrap_err = true,
    before_sleep = timeline::pause,
    on_failure = timeline::failure,
)]
async fn news(server: SocketAddr) -> Result<String, RetryError<HttpError>> {
    http::get(server, "/news").await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = server::start()?;

    timeline::title("An async call: a hint, a reset, a stall, a success");
    weather(server, "lisbon").await?;

    timeline::title("A blocking call: a reset, a stall, a success");
    tokio::task::spawn_blocking(move || tides(server)).await??;

    timeline::title("A call that gives up, with wrap_err = true");
    if let Err(error) = news(server).await {
        println!();
        timeline::fact("error", &error);
        timeline::fact("attempts()", error.attempts());
        timeline::fact("elapsed()", format_args!("{:.2?}", error.elapsed()));
        timeline::fact("reason()", format_args!("{:?}", error.reason()));
    }
    Ok(())
}
