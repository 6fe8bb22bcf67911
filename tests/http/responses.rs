//! Functions that forget `or_http_error()`: their responses are asked themselves.

use std::error::Error;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Uri;
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client as Pool};
use hyper_util::rt::TokioExecutor;
use persevere::http::HttpError;
use persevere::testing::{Recorder, Scope};
use persevere::{CircuitBreaker, Policy, RetryPolicy, retry, wait, when};
use reqwest::{Client, Response, StatusCode};
use server::{Reply, Server, answer, status};

const SECOND: Duration = Duration::from_secs(1);

/// `let response = client.get(url).send().await?` and no more.
#[retry(wait = none(), when = transient())]
async fn forgotten(client: &Client, url: &str) -> reqwest::Result<Response> {
    client.get(url).send().await
}

#[retry(wait = none(), when = transient())]
async fn converted(client: &Client, url: &str) -> Result<Response, HttpError> {
    Ok(client.get(url).send().await?)
}

#[retry(wait = none(), when = transient())]
async fn status_alone(client: &Client, url: &str) -> Result<StatusCode, HttpError> {
    Ok(client.get(url).send().await?.status())
}

#[retry(wait = none(), when = transient_cause::<reqwest::Error>())]
async fn hidden(client: &Client, url: &str) -> Result<Response, Box<dyn Error + Send + Sync>> {
    Ok(client.get(url).send().await?)
}

#[retry(wait = none(), when = unsent_cause::<reqwest::Error>().no_redirects() | err(|_| false))]
async fn hidden_unsent(
    client: &Client,
    url: &str,
) -> Result<Response, Box<dyn Error + Send + Sync>> {
    Ok(client.post(url).send().await?)
}

#[retry(wait = none(), when = transient())]
async fn bare(client: &Client, url: &str) -> Response {
    client.get(url).send().await.expect("a response")
}

#[retry(wait = none(), when = transient())]
async fn by_hyper(
    pool: &Pool<HttpConnector, Empty<Bytes>>,
    url: Uri,
) -> Result<hyper::Response<Incoming>, legacy::Error> {
    pool.get(url.clone()).await
}

#[retry(wait = none(), when = transient())]
fn blocking(
    client: &reqwest::blocking::Client,
    url: &str,
) -> reqwest::Result<reqwest::blocking::Response> {
    client.get(url).send()
}

#[retry(wait = none(), when = idempotent(false).no_redirects())]
async fn post(client: &Client, url: &str) -> reqwest::Result<Response> {
    client.post(url).send().await
}

#[retry(wait = none(), when = transient(), breaker = breaker, interrupt = |i| Err(HttpError::from(i)))]
async fn guarded(
    breaker: &CircuitBreaker,
    client: &Client,
    url: &str,
) -> Result<Response, HttpError> {
    Ok(client.get(url).send().await?)
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn busy_twice() -> Server {
    Server::start([status(503), status(529)])
}

#[tokio::test]
async fn a_response_is_asked_where_the_error_hides_others() {
    let client = Client::builder().no_proxy().build().unwrap();
    let server = Server::start([status(503)]);
    let got = hidden(&client, &server.url("/")).await.unwrap();
    assert_eq!((got.status().as_u16(), server.requests().len()), (200, 2));
    let server = Server::start([status(503)]);
    let got = hidden_unsent(&client, &server.url("/")).await.unwrap();
    assert_eq!((got.status().as_u16(), server.requests().len()), (503, 1));
}

#[tokio::test]
async fn it_is_retried_by_its_status() {
    let (client, pool) = (client(), Pool::builder(TokioExecutor::new()).build_http());
    for which in 0..5 {
        let server = busy_twice();
        let url = server.url("/");
        let status = match which {
            0 => forgotten(&client, &url).await.unwrap().status(),
            1 => converted(&client, &url).await.unwrap().status(),
            2 => status_alone(&client, &url).await.unwrap(),
            3 => bare(&client, &url).await.status(),
            _ => {
                let response = by_hyper(&pool, url.parse().unwrap()).await.unwrap();
                let status = response.status();
                assert_eq!(
                    response.into_body().collect().await.unwrap().to_bytes(),
                    "ok"
                );
                status
            }
        };
        assert_eq!(
            (status, server.requests().len()),
            (StatusCode::OK, 3),
            "{which}"
        );
    }
}

#[test]
fn a_blocking_one_too() {
    let client = reqwest::blocking::Client::builder()
        .no_proxy()
        .build()
        .unwrap();
    let server = busy_twice();
    let response = blocking(&client, &server.url("/")).unwrap();
    assert_eq!(
        (response.status(), server.requests().len()),
        (StatusCode::OK, 3)
    );
}

#[tokio::test]
async fn what_is_final_is_returned_at_once() {
    for code in [200, 404, 409, 501, 526] {
        let server = Server::start([status(code)]);
        let response = forgotten(&client(), &server.url("/")).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), server.requests().len()),
            (code, 1)
        );
    }
    for code in [503, 500, 429] {
        let server = Server::start([status(code)]);
        let response = post(&client(), &server.url("/")).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), server.requests().len()),
            (code, 1)
        );
    }
    let server = Server::start([status(425)]);
    let response = post(&client(), &server.url("/")).await.unwrap();
    assert_eq!(
        (response.status(), server.requests().len()),
        (StatusCode::OK, 2)
    );
}

/// With its body, as if nothing had been retried.
#[tokio::test]
async fn the_last_one_is_the_value() {
    let server = Server::start((1..=3).map(|n| answer(503, &[], &format!("busy {n}"))));
    let response = forgotten(&client(), &server.url("/")).await.unwrap();
    assert_eq!(response.text().await.unwrap(), "busy 3");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn its_hint_is_a_floor() {
    let hinted = [
        answer(403, &[("Retry-After", "30")], ""),
        answer(429, &[("retry-after-ms", "1500")], ""),
    ];
    let (server, client, recorder) = (Server::start(hinted), client(), Recorder::new());
    let url = server.url("/");
    let got = Scope::new()
        .record(&recorder)
        .run_async(forgotten(&client, &url))
        .await;
    assert_eq!(got.unwrap().status(), 200);
    let (first, second) = (30 * SECOND, SECOND * 3 / 2);
    recorder
        .recorded()
        .attempts(3)
        .pauses([first..=first + SECOND, second..=second + SECOND]);
}

#[tokio::test]
async fn a_breaker_hears_of_it() {
    let breaker = CircuitBreaker::new("service").consecutive(9);
    let server = Server::start([status(503), status(500), status(404)]);
    let response = guarded(&breaker, &client(), &server.url("/"))
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(breaker.counts().failures, 2);
}

#[tokio::test]
async fn a_policy_asks_it_by_a_word() {
    let client = client();
    let policy = RetryPolicy::new().wait(wait::none());
    for (retries, wanted) in [(false, 1), (true, 3)] {
        let server = busy_twice();
        let url = server.url("/");
        let send = async || client.get(&url).send().await;
        let got = match retries {
            true => {
                policy
                    .when(when::transient().responses())
                    .run_async(send)
                    .await
            }
            false => policy.when(when::transient()).run_async(send).await,
        };
        assert!(got.is_ok());
        assert_eq!(server.requests().len(), wanted);
    }
    let server = Server::start([Reply::Cut(String::new()), status(500)]);
    let url = server.url("/");
    let blocking = tokio::task::spawn_blocking(move || {
        let client = reqwest::blocking::Client::builder()
            .no_proxy()
            .build()
            .unwrap();
        let policy = RetryPolicy::new().wait(wait::none());
        let policy = policy.when(when::transient().responses());
        policy.run(|| client.get(&url).send()).unwrap().status()
    });
    assert_eq!(blocking.await.unwrap(), 200);
    assert_eq!(server.requests().len(), 3);
}
