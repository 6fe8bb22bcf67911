//! The README's table "What fails, and the line to write": its lines, compiled.

use std::time::Duration;

use async_nats::jetstream::{Context, context::PublishError, message::PublishMessage};
use lapin::{BasicProperties, Channel, Confirmation, options::BasicPublishOptions};
use persevere::http::{HttpError, OrHttpError, idempotency_key};
use persevere::tower::{RetryLayer, RetryMiddleware};
use persevere::{RetryPolicy, Transient, retry, when};
use reqwest::{Client, Method, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use tower::{BoxError, ServiceBuilder, ServiceExt};

use crate::book::read;
use crate::migrating::{dense, right_sides};

#[derive(Debug)]
#[derive(Transient)]
#[derive(thiserror::Error)]
#[rustfmt::skip]
enum Error {
    #[error("busy")]
    Busy,
    #[error("the database")]
    Db(#[from] #[transient] sqlx::Error),
}

impl Error {
    fn is_busy(&self) -> bool {
        matches!(self, Error::Busy)
    }
}

#[expect(
    clippy::needless_question_mark,
    reason = "shown as it is written before `.text()`"
)]
#[retry(when = transient(), deadline = 2s)]
async fn get(http: &Client, url: &str) -> Result<Response, HttpError> {
    Ok(http.get(url).send().await?.or_http_error()?)
}

#[expect(clippy::needless_question_mark, reason = "as above")]
#[retry(when = transient(), wait = none())]
fn get_blocking(
    agent: &ureq::Agent,
    url: &str,
) -> Result<ureq::http::Response<ureq::Body>, HttpError> {
    Ok(agent.get(url).call()?.or_http_error()?)
}

#[retry(when = idempotent(method.is_idempotent()).no_redirects(), clone(method))]
async fn send(http: &Client, method: Method, url: &str) -> Result<Response, HttpError> {
    http.request(method, url).send().await?.or_http_error()
}

#[retry(when = transient(), once(key = idempotency_key()))]
async fn post(http: &Client, url: &str) -> Result<Response, HttpError> {
    let request = http.post(url).header("Idempotency-Key", key);
    request.send().await?.or_http_error()
}

#[retry(when = transient(), once(id = idempotency_key()), clone(order))]
async fn publish(stream: &Context, order: String) -> Result<(), PublishError> {
    // The server reads it as `Nats-Msg-Id`.
    let message = PublishMessage::build()
        .payload(order.into())
        .message_id(id.to_string());
    stream.send_publish("orders", message).await?.await?;
    Ok(())
}

#[retry(when = transient() | ok(|it| it.is_nack()))]
async fn publish_confirmed(channel: &Channel) -> lapin::Result<Confirmation> {
    let (order, options) = (BasicProperties::default(), BasicPublishOptions::default());
    let publish = channel.basic_publish("".into(), "orders".into(), options, b"", order);
    publish.await?.await
}

fn of_middlewares(http: Client) -> ClientWithMiddleware {
    let policy = RetryPolicy::new().when(when::transient().responses());
    ClientBuilder::new(http)
        .with(RetryMiddleware::new(policy).no_redirects())
        .build()
}

#[retry(when = transient_cause::<(sqlx::Error, HttpError)>())]
async fn hidden() -> anyhow::Result<u32> {
    Ok(1)
}

#[retry(when = unsent(), wait = none())]
fn mail(errors: &mut Vec<std::io::Error>) -> std::io::Result<u32> {
    errors.pop().map_or(Ok(1), Err)
}

#[retry(on = Err(Error::Busy), wait = none())]
fn by_pattern(errors: &mut Vec<Error>) -> Result<u32, Error> {
    errors.pop().map_or(Ok(1), Err)
}

#[retry(when = err(|e| e.is_busy()), wait = none())]
fn by_closure(errors: &mut Vec<Error>) -> Result<u32, Error> {
    errors.pop().map_or(Ok(1), Err)
}

#[retry(when = transient(), wait = none())]
fn by_error(errors: &mut Vec<Error>) -> Result<u32, Error> {
    errors.pop().map_or(Ok(1), Err)
}

#[tokio::test]
async fn the_lines_run() {
    let busy_or_lost = || vec![Error::Db(sqlx::Error::RowNotFound), Error::Busy];
    assert!(matches!(by_pattern(&mut busy_or_lost()), Err(Error::Db(_))));
    assert!(matches!(by_closure(&mut busy_or_lost()), Err(Error::Db(_))));
    assert!(matches!(by_error(&mut busy_or_lost()), Err(Error::Busy)));
    let refused = std::io::ErrorKind::ConnectionRefused.into();
    assert_eq!(mail(&mut vec![refused]).unwrap(), 1);
    assert_eq!(hidden().await.unwrap(), 1);
    let (policy, _) = (
        RetryPolicy::new(),
        (
            get,
            send,
            post,
            (publish, publish_confirmed),
            of_middlewares,
        ),
    );
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(policy))
        .service_fn(async |item: u32| Ok::<u32, BoxError>(item));
    assert_eq!(stack.oneshot(7).await.unwrap(), 7);
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let error = get_blocking(&config.build().into(), "nowhere").map(drop);
    assert!(error.is_err());
    let database = rusqlite::Connection::open_in_memory().unwrap();
    database.busy_timeout(Duration::ZERO).unwrap();
}

#[test]
fn every_line_to_write_is_compiled() {
    let readme = read("README.md");
    let (_, section) = readme.split_once("## What fails").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let compiled = dense(include_str!("lines_to_write.rs"));
    for line in right_sides(section) {
        assert!(
            compiled.contains(&dense(&line)),
            "`{line}` is not in lines_to_write.rs"
        );
    }
}
