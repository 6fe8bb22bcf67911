//! A stack of `tower` layers around `reqwest::Client`, as for production; and a service in trouble.
//!
//! ```text
//! cargo run -p persevere-http-tests --example stack
//! ```
//!
//! A program of yours needs these in its `Cargo.toml`:
//!
//! ```text
//! persevere = { version = "0.1", features = ["reqwest", "tower"] }
//! reqwest = "0.13"
//! tower = { version = "0.5", features = ["limit", "util"] }
//! ```

use std::io;
use std::time::Duration;

use persevere::http::{HttpError, OrHttpError, idempotency_key};
use persevere::tower::RetryLayer;
use persevere::{CircuitBreaker, RetryBudget, RetryPolicy, stop, wait, when};
use reqwest::header::HeaderName;
use reqwest::redirect;
use reqwest::{Body, Client, Method, Request, Response};
use server::{Reply, Server, answer, refusing, status};
use tower::{Service, ServiceBuilder, ServiceExt};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Limits that operators tune.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The number of attempts that a call may make.
    pub attempts: u32,
    /// The first pause at most; the next ones are longer.
    pub first_pause: Duration,
    /// The longest that an attempt may take, its body included.
    pub attempt: Duration,
    /// The longest that a call may take, pauses included.
    pub call: Duration,
}

/// A client of one service: requests of `reqwest`, and the texts of their answers.
///
/// # Errors
///
/// If there is no TLS.
pub fn client(
    limits: Limits,
    breaker: &'static CircuitBreaker,
    budget: &'static RetryBudget,
) -> Result<
    impl Service<Request, Response = String, Error = HttpError, Future: Send> + Clone,
    HttpError,
> {
    let http = Client::builder()
        .redirect(redirect::Policy::none()) // a service has one address; see `no_redirects()`
        .retry(reqwest::retry::never()) // attempts are counted here
        .no_proxy()
        .build()?;
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(limits.attempts))
        .wait(wait::exponential(limits.first_pause).full_jitter())
        .when(when::transient()) // statuses too, not before their `Retry-After`
        .attempt_timeout(limits.attempt)
        .deadline(limits.call)
        .breaker(breaker)
        .budget(budget);
    let retries = RetryLayer::new(policy)
        .replay(Request::try_clone) // a body that is a stream cannot be sent twice
        .idempotent(may_be_repeated)
        .no_redirects();
    Ok(ServiceBuilder::new()
        .map_request(with_key) // once a call
        .layer(retries)
        .concurrency_limit(32) // of attempts: a pause takes no place
        .and_then(text)
        .service(http))
}

/// A charge has a key, by which the service knows it again.
fn with_key(mut request: Request) -> Request {
    if request.method() == Method::POST && request.url().path() == "/charges" {
        let key = idempotency_key().into();
        request.headers_mut().insert(IDEMPOTENCY_KEY, key);
    }
    request
}

/// Other requests that are not idempotent are repeated only if they have certainly not been seen.
fn may_be_repeated(request: &Request) -> bool {
    request.method().is_idempotent() || request.headers().contains_key(IDEMPOTENCY_KEY)
}

/// Read within the attempt, as a body can end too early. A redirect that is not followed has done nothing.
async fn text(response: Response) -> Result<String, HttpError> {
    let response = response.or_http_error()?;
    match response.status().is_success() {
        true => Ok(response.text().await?),
        false => Err(io::Error::other(format!("not done: {}", response.status())).into()),
    }
}

/// A request without its headers.
pub fn request(method: Method, url: &str) -> Request {
    Request::new(method, url.parse().expect("a URL"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), HttpError> {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("payments").consecutive(8);
    static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
    let limits = Limits {
        attempts: 4,
        first_pause: Duration::from_millis(20),
        attempt: Duration::from_millis(200),
        call: Duration::from_secs(5),
    };
    let payments = client(limits, &BREAKER, &BUDGET)?;
    let call = async |request| match payments.clone().oneshot(request).await {
        Ok(text) => println!("  {text}"),
        Err(error) => println!("  {error}"),
    };

    println!("A charge: the service asks to wait, and then it acts, but its answer is lost");
    let server = Server::start([
        answer(503, &[("Retry-After", "1")], ""),
        Reply::Reset(String::new()),
        answer(201, &[], "paid"),
    ]);
    call(request(Method::POST, &server.url("/charges"))).await;
    for request in server.requests() {
        let key = request.header("idempotency-key").unwrap_or_default();
        println!("  the service saw {} {key}", request.line);
    }

    println!("\nA receipt: the service hangs, and is asked again");
    let server = Server::start([Reply::Stall]);
    call(request(Method::GET, &server.url("/receipts/7"))).await;

    println!("\nA reminder: the service fails, and it may have been sent");
    let server = Server::start([status(500)]);
    call(request(Method::POST, &server.url("/reminders"))).await;
    println!("  the service saw {} request", server.requests().len());

    println!("\nAn upload whose body can be read once is not sent");
    let server = Server::start([]);
    let mut upload = request(Method::PUT, &server.url("/reports/7"));
    *upload.body_mut() = Some(Body::wrap(String::from("a report")));
    call(upload).await;
    println!("  the service saw {} requests", server.requests().len());

    println!("\nNobody listens: nothing is sent, so that even a reminder is tried again");
    for _ in 0..3 {
        call(request(Method::POST, &refusing())).await;
    }
    Ok(())
}
