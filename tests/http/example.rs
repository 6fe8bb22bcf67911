//! A client for a payment service, as for production, on `reqwest`; and a service in trouble.
//!
//! ```text
//! cargo run -p persevere-http-tests --example client
//! ```
//!
//! A program of yours needs these in its `Cargo.toml`:
//!
//! ```text
//! persevere = { version = "0.1", features = ["log", "reqwest"] }
//! reqwest = { version = "0.13", features = ["json"] }
//! ```

use std::io;
use std::time::Duration;

use persevere::http::{HttpError, OrHttpError, idempotency_key};
use persevere::{CircuitBreaker, Policy, RetryBudget, RetryPolicy, retry, stop, wait};
use reqwest::{Client, Response, redirect};
use serde::Deserialize;
use server::{Reply, Server, answer, refusing, status};

/// One for each service; share it by reference or in an `Arc`.
pub struct Payments {
    http: Client,
    base: String,
    limits: Limits,
    breaker: CircuitBreaker,
    budget: RetryBudget,
}

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

/// For a charge.
#[derive(Debug, Deserialize, PartialEq)]
pub struct Receipt {
    /// Its number.
    pub id: u32,
    /// The sum that was paid.
    pub cents: u32,
}

/// Fails unless the status is 2xx: a redirect that is not followed has done nothing.
fn done(response: Response) -> Result<Response, HttpError> {
    let response = response.or_http_error()?;
    match response.status().is_success() {
        true => Ok(response),
        false => Err(io::Error::other(format!("not done: {}", response.status())).into()),
    }
}

impl Payments {
    /// A client of the service at `base`, without a slash at its end.
    ///
    /// # Errors
    ///
    /// If there is no TLS.
    pub fn new(base: impl Into<String>, limits: Limits) -> Result<Self, HttpError> {
        let http = Client::builder()
            .redirect(redirect::Policy::none()) // a service has one address; see `no_redirects()`
            .retry(reqwest::retry::never()) // attempts are counted here
            .no_proxy()
            .build()?;
        Ok(Payments {
            http,
            base: base.into(),
            limits,
            breaker: CircuitBreaker::new("payments").consecutive(8),
            budget: RetryBudget::ratio(0.2, Duration::from_secs(10)),
        })
    }

    /// Reading can be repeated.
    #[retry(policy = self.policy(), when = transient(), before_sleep = log_warn())]
    pub async fn receipt(&self, id: u32) -> Result<Receipt, HttpError> {
        let request = self.http.get(format!("{}/receipts/{id}", self.base));
        Ok(request.send().await?.or_http_error()?.json().await?)
    }

    /// A `POST` can be repeated where the service knows it again by its key, the same in every attempt.
    #[retry(
        policy = self.policy(),
        when = transient(),
        once(key = idempotency_key()),
        before_sleep = log_warn(),
    )]
    pub async fn charge(&self, cents: u32) -> Result<Receipt, HttpError> {
        let request = self.http.post(format!("{}/charges", self.base));
        let request = request.header("Idempotency-Key", key).json(&cents);
        Ok(done(request.send().await?)?.json().await?)
    }

    /// Any other `POST` is repeated only if it has certainly not been seen.
    #[retry(policy = self.policy(), when = unsent().no_redirects(), before_sleep = log_warn())]
    pub async fn remind(&self, id: u32) -> Result<(), HttpError> {
        let request = self.http.post(format!("{}/reminders", self.base));
        done(request.json(&id).send().await?)?;
        Ok(())
    }

    /// The policy of all calls; each of them says what to retry.
    fn policy<T>(&self) -> impl Policy<Result<T, HttpError>> {
        let limits = self.limits;
        RetryPolicy::new()
            .stop(stop::after_attempt(limits.attempts))
            .wait(wait::exponential(limits.first_pause).full_jitter())
            .attempt_timeout(limits.attempt)
            .deadline(limits.call)
            .breaker(&self.breaker)
            .budget(&self.budget)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), HttpError> {
    log::set_logger(&Terminal).expect("the only logger");
    log::set_max_level(log::LevelFilter::Warn);
    let limits = Limits {
        attempts: 4,
        first_pause: Duration::from_millis(20),
        attempt: Duration::from_millis(200),
        call: Duration::from_secs(5),
    };
    let receipt = |status| answer(status, &[], r#"{"id": 7, "cents": 990}"#);

    println!("A charge: the service asks to wait, and then it acts, but its answer is lost");
    let server = Server::start([
        answer(503, &[("Retry-After", "1")], ""),
        Reply::Reset(String::new()),
        receipt(201),
    ]);
    let payments = Payments::new(server.url(""), limits)?;
    println!("  {:?}", payments.charge(990).await);
    for request in server.requests() {
        let key = request.header("idempotency-key").unwrap_or_default();
        println!("  the service saw {} {key}", request.line);
    }

    println!("\nA receipt: the service hangs, and is asked again; one that it does not have");
    let server = Server::start([Reply::Stall, receipt(200), status(404)]);
    let payments = Payments::new(server.url(""), limits)?;
    println!("  {:?}", payments.receipt(7).await);
    show(payments.receipt(8).await);

    println!("\nA reminder: the service fails, and it may have been sent");
    let server = Server::start([status(500)]);
    show(Payments::new(server.url(""), limits)?.remind(7).await);
    println!("  the service saw {} request", server.requests().len());

    println!("\nNobody listens: nothing is sent, so that even a reminder is tried again");
    let payments = Payments::new(refusing().trim_end_matches('/'), limits)?;
    show(payments.remind(7).await);
    show(payments.remind(7).await);
    println!(
        "  the circuit is {}: the next call is not even tried",
        payments.breaker.state()
    );
    show(payments.remind(7).await);
    Ok(())
}

fn show<T>(outcome: Result<T, HttpError>) {
    if let Err(error) = outcome {
        println!("  the caller got: {error}");
    }
}

/// In a service: `env_logger` or another of them.
struct Terminal;

impl log::Log for Terminal {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "persevere"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            println!("  {:<5} {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}
