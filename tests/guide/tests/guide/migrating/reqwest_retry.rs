//! From reqwest-middleware and reqwest-retry.

use persevere::http::{HttpError, OrHttpError};
use persevere::tower::RetryLayer;
use persevere::{RetryPolicy, retry, when};
use reqwest::{Client, Request, Response};
use tower::{Service, ServiceBuilder};

#[retry(
    stop = after_attempt(4), wait = exponential(1s).max(30min).full_jitter(),
    when = transient(),
    before_sleep = log_info(),
)]
async fn page(http: &Client, url: &str) -> Result<String, HttpError> {
    Ok(http.get(url).send().await?.or_http_error()?.text().await?)
}

#[retry(
    stop = before_delay(1h),
    wait = exponential(1s).factor(2.0).max(1min).equal_jitter(),
    when = transient() | ok(f),
)]
async fn status(http: &Client, url: &str) -> Result<u16, HttpError> {
    Ok(http.get(url).send().await?.status().as_u16())
}

#[retry(on = Ok(201))]
async fn created() -> Result<u16, HttpError> {
    Ok(200)
}

fn f(status: &u16) -> bool {
    *status == 201
}

fn stack(client: Client) -> impl Service<Request, Response = String, Error = HttpError> {
    let policy = RetryPolicy::new().when(when::transient());
    ServiceBuilder::new()
        .layer(RetryLayer::new(policy).replay(Request::try_clone))
        .and_then(async |response: Response| Ok::<_, HttpError>(response.or_http_error()?.text().await?))
        .service(client)
}

#[tokio::test]
async fn calls_run() {
    assert_eq!(created().await.unwrap(), 200);
    let _ = (page, status, stack);
}
