//! `reqwest-middleware` with a policy as a middleware, and with `reqwest-retry`, above servers that fail.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Extensions;
use persevere::http::{HttpError, OrHttpError, idempotency_key};
use persevere::tower::RetryMiddleware;
use persevere::{Health, RetryPolicy, Transient, stop, wait, when};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};
use reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};
use server::{Reply, Server, answer, refusing, status};
use support::{Row, interrupted};

use crate::{TRANSIENT, UNSENT, three};

/// Counts the attempts, and leaves the number with the caller.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicU32>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Left(u32);

#[async_trait::async_trait]
impl Middleware for Counter {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        assert!(
            extensions.get::<Left>().is_none(),
            "those of the attempt before"
        );
        extensions.insert(Left(self.0.fetch_add(1, Relaxed) + 1));
        next.run(request, extensions).await
    }
}

fn bare() -> Client {
    crate::install_tls();
    let client = Client::builder().no_proxy().redirect(Policy::none());
    client.retry(reqwest::retry::never()).build().unwrap()
}

/// A client under a policy of three attempts, the pauses that it would make, and a count below.
fn client() -> (ClientWithMiddleware, Arc<Mutex<Vec<Duration>>>, Counter) {
    let (pauses, counter) = (Arc::<Mutex<Vec<_>>>::default(), Counter::default());
    let record = Arc::clone(&pauses);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::none())
        .when(when::transient().responses())
        .sleep_async(move |pause| {
            record.lock().unwrap().push(pause);
            std::future::ready(())
        });
    let client = ClientBuilder::new(bare())
        .with(RetryMiddleware::new(policy).no_redirects())
        .with(counter.clone());
    (client.build(), pauses, counter)
}

#[tokio::test]
async fn statuses_and_lost_connections_are_retried_after_their_hint() {
    let late = answer(503, &[("Retry-After", "7")], "");
    let server = Server::start([late, Reply::Cut(String::new())]);
    let (client, pauses, _) = client();
    let response = client.get(server.url("/")).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "ok");
    assert_eq!(server.requests().len(), 3);
    assert!(pauses.lock().unwrap()[0] >= Duration::from_secs(7));
}

#[tokio::test]
async fn the_last_response_is_the_value() {
    let server = Server::start(vec![status(503); 9]);
    let response = client().0.get(server.url("/")).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), server.requests().len()),
        (503, 3)
    );
    let error: HttpError = response.or_http_error().unwrap_err();
    assert!(error.verdict().is_retry());
}

/// One that a server may have seen is repeated only with a key.
#[tokio::test]
async fn a_post_is_repeated_where_it_is_certain_or_recognized() {
    for (fault, key, requests) in [
        (status(503), false, 1),
        (Reply::Cut(String::new()), false, 1),
        (status(503), true, 3),
        (Reply::Cut(String::new()), true, 3),
    ] {
        let server = Server::start(vec![fault; 9]);
        let mut post = client().0.post(server.url("/")).body("pay");
        if key {
            post = post.header("Idempotency-Key", idempotency_key());
        }
        let _ = post.send().await;
        assert_eq!(server.requests().len(), requests);
    }
    let (client, _, counter) = client();
    let error = client
        .post(refusing())
        .body("pay")
        .send()
        .await
        .unwrap_err();
    assert_eq!(counter.0.load(Relaxed), 3);
    assert!(matches!(error, Error::Reqwest(error) if error.is_connect()));
}

/// Without the word that no redirects are followed, nothing is certain.
#[tokio::test]
async fn a_post_to_nobody_is_not_repeated_by_a_client_that_may_follow_redirects() {
    let counter = Counter::default();
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::transient());
    let client = ClientBuilder::new(bare()).with(RetryMiddleware::new(policy));
    let client = client.with(counter.clone()).build();
    client.post(refusing()).send().await.unwrap_err();
    assert_eq!(counter.0.load(Relaxed), 1);
}

#[tokio::test]
async fn a_body_that_cannot_be_copied_is_sent_once() {
    for (body, requests) in [
        (Body::from("text"), 3),
        (Body::wrap(String::from("text")), 1),
    ] {
        let server = Server::start(vec![status(503); 9]);
        let put = client().0.put(server.url("/")).body(body);
        assert_eq!(put.send().await.unwrap().status(), 503);
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn the_extensions_are_those_of_the_last_attempt() {
    let server = Server::start(vec![status(503); 2]);
    let mut extensions = Extensions::new();
    let request = Request::new(Method::GET, server.url("/").parse().unwrap());
    let sent = client().0;
    let sent = sent.execute_with_extensions(request, &mut extensions);
    assert_eq!(sent.await.unwrap().status(), 200);
    assert_eq!(extensions.get(), Some(&Left(3)));
}

#[tokio::test]
async fn errors_are_those_of_reqwest_and_nothing_is_unsent_below_other_middlewares() {
    let post = |client: &ClientWithMiddleware, url: String| client.post(url).body("pay").send();
    let plain = ClientBuilder::new(bare()).build();
    let error = post(&plain, refusing()).await.unwrap_err();
    Row::new("reqwest-middleware", "the connection is refused")
        .seen("ConnectionRefused")
        .source("connect(2), ECONNREFUSED")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);

    let lost = vec![Reply::Cut(String::new()); 9];
    let processed = async |unsent: bool| {
        let server = Server::start(lost.clone());
        let _ = three(unsent, || post(&plain, server.url("/"))).await;
        u32::try_from(server.requests().len()).unwrap()
    };
    let (once, again) = (processed(UNSENT).await, processed(TRANSIENT).await);
    let server = Server::start(lost.clone());
    let error = post(&plain, server.url("/")).await.unwrap_err();
    Row::new("reqwest-middleware", "closed without a response")
        .seen("IncompleteMessage")
        .source("RFC 9112, 8 and 9.3.1")
        .processed(once, again)
        .check(&error);

    let policy = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(2))
        .build_with_max_retries(1);
    let repeats = RetryTransientMiddleware::new_with_policy(policy);
    let repeating = ClientBuilder::new(bare()).with(repeats).build();
    let error = post(&repeating, refusing()).await.unwrap_err();
    Row::new(
        "reqwest-middleware",
        "reqwest-retry gives up: the connection is refused",
    )
    .seen("Request failed after 1 retries")
    .source("reqwest-retry 0.9, RetryError")
    .check(&error);
    assert!(!error.is_connect(), "reqwest-retry hides it");
    assert_eq!(error.health(), Health::Failed);
    let error = HttpError::from(error);
    assert!(error.verdict().is_retry() && !error.unsent_without_redirects());
}

/// An error that no integration knows.
#[test]
fn a_middleware_of_somebody_is_final() {
    let error = Error::middleware(std::fmt::Error);
    assert!(!error.verdict().is_retry() && error.health() == Health::Unknown);
}

#[tokio::test(start_paused = true)]
async fn interrupts_have_a_place() {
    interrupted::each_is_judged::<Error>();
    interrupted::each_guard::<Error>().await;
}
