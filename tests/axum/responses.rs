//! Refusals, and errors of retried calls, as responses.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get as route;
use persevere::axum::Problem;
use persevere::http::{HttpError, OrHttpError};
use persevere::{
    Bulkhead, CancelToken, CircuitBreaker, Interrupt, RateLimiter, RetryBudget, RetryError, retry,
};

use crate::{get, text};

const HOUR: Duration = Duration::from_secs(3600);

fn retry_after(response: &Response<Body>) -> Option<u64> {
    let value = response.headers().get("retry-after")?;
    value.to_str().unwrap().parse().ok()
}

/// The status of a response, and the member `reason` of its body.
async fn said(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").cloned();
    let body = text(response).await;
    assert_eq!(kind.unwrap(), "application/problem+json", "{body}");
    assert!(body.contains(&format!(r#""status":{status},"#)), "{body}");
    let (_, reason) = body.split_once(r#""reason":""#).unwrap();
    (status, reason.trim_end_matches(r#""}"#).to_owned())
}

#[tokio::test]
async fn an_interrupt_has_the_status_of_its_kind() {
    let retry_after = None;
    let table = [
        (Interrupt::AttemptTimeout, 504, "attempt_timeout"),
        (Interrupt::Deadline, 504, "deadline"),
        (Interrupt::CircuitOpen { retry_after }, 503, "circuit_open"),
        (Interrupt::RateLimited { retry_after }, 503, "rate_limited"),
        (Interrupt::BulkheadFull, 503, "bulkhead_full"),
        (Interrupt::Budget, 503, "budget"),
        (Interrupt::Cancelled, 503, "cancelled"),
        (Interrupt::StreamEnded, 502, "stream_ended"),
    ];
    for (interrupt, status, reason) in table {
        let response = interrupt.into_response();
        assert!(!response.headers().contains_key("retry-after"));
        assert_eq!(said(response).await, (status, reason.to_owned()));
    }
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back_and_no_name() {
    let breaker = CircuitBreaker::new("secret-host")
        .consecutive(1)
        .open_for(HOUR);
    let _ = breaker.call(|| None::<u8>);
    let response = breaker.try_enter().unwrap_err().into_response();
    let after = retry_after(&response).unwrap();
    assert!((3600..=4500).contains(&after), "{after}");
    assert!(!text(response).await.contains("secret"));

    let limiter = RateLimiter::new("secret-host").rate(1, HOUR);
    limiter.hold(HOUR);
    let response = limiter.try_acquire().unwrap_err().into_response();
    let after = retry_after(&response).unwrap();
    assert!(after >= 3600, "{after}");
    assert!(!text(response).await.contains("secret"));
}

#[tokio::test]
async fn not_all_are_asked_to_come_back_in_one_second() {
    let retry_after_in = Some(Duration::from_secs(40));
    let refused = || {
        let interrupt = Interrupt::CircuitOpen {
            retry_after: retry_after_in,
        };
        retry_after(&interrupt.into_response()).unwrap()
    };
    let mut seconds: Vec<_> = (0..500).map(|_| refused()).collect();
    seconds.sort_unstable();
    seconds.dedup();
    assert_eq!(seconds, (40..=50).collect::<Vec<_>>());
}

fn answer(status: u16, after: Option<&str>) -> HttpError {
    let mut response = Response::builder().status(status);
    if let Some(after) = after {
        response = response.header("retry-after", after);
    }
    response.body(()).unwrap().or_http_error().unwrap_err()
}

#[tokio::test]
async fn a_failure_behind_is_that_of_a_gateway() {
    let table = [
        (answer(500, None), 502, None),
        (answer(404, None), 502, None),
        (answer(503, None), 503, None),
        (answer(503, Some("8")), 503, Some(8..=10)),
        (answer(429, Some("8")), 503, Some(8..=10)),
        (answer(504, None), 504, None),
        (
            HttpError::from(std::io::Error::other("password")),
            502,
            None,
        ),
        (HttpError::from(Interrupt::AttemptTimeout), 504, None),
    ];
    for (error, status, after) in table {
        let response = error.into_response();
        let said = retry_after(&response);
        assert_eq!(said.is_some(), after.is_some());
        assert!(after.is_none_or(|after| after.contains(&said.unwrap())));
        assert_eq!(response.status(), status);
        assert!(!text(response).await.contains("password"));
    }
}

/// An error of an application, with a text of its own.
#[derive(Debug)]
enum AppError {
    Gone,
    Guard(Interrupt),
}

impl From<Interrupt> for AppError {
    fn from(interrupt: Interrupt) -> Self {
        AppError::Guard(interrupt)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> axum::response::Response {
        match self {
            AppError::Gone => (StatusCode::GONE, "no such item").into_response(),
            AppError::Guard(interrupt) => interrupt.into_response(),
        }
    }
}

#[tokio::test]
async fn the_last_error_answers_for_a_call_that_used_up_its_attempts() {
    #[retry(stop = after_attempt(2), wait = none(), wrap_err = true)]
    async fn item() -> Result<&'static str, RetryError<AppError>> {
        Err(AppError::Gone)
    }
    let app = Router::new().route("/", route(item));
    let response = get(&app, "/", &[]).await;
    assert_eq!(response.status(), 410);
    assert_eq!(text(response).await, "no such item");
}

#[tokio::test]
async fn a_guard_answers_for_a_call_that_it_ended() {
    static OPEN: CircuitBreaker = CircuitBreaker::new("open").consecutive(1).open_for(HOUR);
    static SPENT: RetryBudget = RetryBudget::total(0);
    static FULL: Bulkhead = Bulkhead::new("full", 1).queue(0);
    static HELD: RateLimiter = RateLimiter::new("held").rate(1, HOUR);
    static TOKEN: CancelToken = CancelToken::new();

    #[retry(breaker = &OPEN, wrap_err = true)]
    async fn broken() -> Result<(), RetryError<AppError>> {
        Err(AppError::Gone)
    }
    #[retry(budget = &SPENT, wrap_err = true)]
    async fn unpaid() -> Result<(), RetryError<AppError>> {
        Err(AppError::Gone)
    }
    #[retry(bulkhead = &FULL, stop = after_attempt(1), wrap_err = true)]
    async fn crowded() -> Result<(), RetryError<AppError>> {
        Ok(())
    }
    #[retry(rate_limiter = fail_fast(&HELD), stop = after_attempt(1), wrap_err = true)]
    async fn limited() -> Result<(), RetryError<AppError>> {
        Ok(())
    }
    #[retry(deadline = 1ms, wait = fixed(1s), wrap_err = true)]
    async fn late() -> Result<(), RetryError<AppError>> {
        Err(AppError::Gone)
    }
    #[retry(stop = cancelled(&TOKEN), wrap_err = true)]
    async fn cancelled() -> Result<(), RetryError<AppError>> {
        Err(AppError::Gone)
    }

    let _place = FULL.try_enter().unwrap();
    HELD.hold(HOUR);
    TOKEN.cancel();
    let app = Router::new()
        .route("/broken", route(broken))
        .route("/unpaid", route(unpaid))
        .route("/crowded", route(crowded))
        .route("/limited", route(limited))
        .route("/late", route(late))
        .route("/cancelled", route(cancelled));
    let table = [
        ("/broken", 503, "circuit_open"),
        ("/unpaid", 503, "budget"),
        ("/crowded", 503, "bulkhead_full"),
        ("/limited", 503, "rate_limited"),
        ("/late", 504, "deadline"),
        ("/cancelled", 503, "cancelled"),
    ];
    for (path, status, reason) in table {
        let response = get(&app, path, &[]).await;
        assert_eq!(said(response).await, (status, reason.to_owned()), "{path}");
    }
    // The second call is refused before its first attempt, by an interrupt that knows the time.
    let response = get(&app, "/broken", &[]).await;
    assert!(retry_after(&response).unwrap() >= 3600 - 60);
}

#[tokio::test]
async fn a_poll_that_is_not_done_is_not_ready() {
    #[retry(stop = after_attempt(2), wait = none(), when = ok(|done: &bool| !done), wrap_err = true)]
    async fn poll() -> Result<bool, RetryError<AppError>> {
        Ok(false)
    }
    let app = Router::new().route(
        "/",
        route(async || poll().await.map(|done| done.to_string())),
    );
    let response = get(&app, "/", &[]).await;
    assert_eq!(said(response).await, (503, "not_ready".to_owned()));
}

#[tokio::test]
async fn a_problem_is_found_inside_of_any_error() {
    let cut = std::io::Error::from(Interrupt::Deadline);
    let boxed: Box<dyn std::error::Error + Send + Sync> = cut.into();
    let problem = Problem::find(&*boxed).unwrap();
    assert_eq!(
        (problem.status().as_u16(), problem.reason()),
        (504, "deadline")
    );
    let full = Bulkhead::new("full", 1).queue(0);
    let _place = full.try_enter().unwrap();
    let refused = std::io::Error::other(full.try_enter().unwrap_err());
    assert_eq!(Problem::find(&refused).unwrap().reason(), "bulkhead_full");
}
