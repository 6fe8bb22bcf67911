//! Requests that are not idempotent, and keys that make them so.

use persevere::http::{HttpError, IdempotencyKey, OrHttpError, idempotency_key};
use persevere::retry;
use persevere::testing::{Recorder, Scope};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use server::{Reply, Server, answer, refusing, status};

/// One function for all methods: a `POST` is repeated only where it cannot have had an effect.
#[retry(wait = none(), when = idempotent(method.is_idempotent()).no_redirects())]
async fn request(client: &Client, method: Method, url: &str) -> Result<String, HttpError> {
    let request = client.request(method.clone(), url);
    let response = request.send().await?.or_http_error()?;
    Ok(response.text().await?)
}

/// The key is made once a call, and lets a `POST` be repeated.
#[retry(wait = none(), once(key = idempotency_key()), when = transient())]
async fn charge(client: &Client, url: &str) -> Result<IdempotencyKey, HttpError> {
    let request = client.post(url).header("Idempotency-Key", key);
    request.send().await?.or_http_error()?;
    Ok(key)
}

/// Told at run time.
#[retry(wait = none(), when = idempotent(repeatable))]
async fn told(client: &Client, url: &str, repeatable: bool) -> Result<(), HttpError> {
    client.post(url).send().await?.or_http_error()?;
    Ok(())
}

fn client() -> Client {
    let client = Client::builder().no_proxy().redirect(Policy::none());
    client.build().unwrap()
}

#[tokio::test]
async fn methods_that_are_idempotent() {
    for (method, requests) in [
        (Method::GET, 2),
        (Method::HEAD, 2),
        (Method::OPTIONS, 2),
        (Method::PUT, 2),
        (Method::DELETE, 2),
        (Method::TRACE, 2),
        (Method::POST, 1),
        (Method::PATCH, 1),
        (Method::from_bytes(b"MERGE").unwrap(), 1),
    ] {
        for failure in [status(503), Reply::Cut(String::new())] {
            let server = Server::start([failure]);
            let got = request(&client(), method.clone(), &server.url("/")).await;
            assert_eq!(server.requests().len(), requests, "{method}");
            assert_eq!(got.is_ok(), requests == 2, "{method}");
        }
    }
}

#[tokio::test]
async fn a_post_that_had_no_effect_is_repeated() {
    let server = Server::start([status(425)]);
    let early = request(&client(), Method::POST, &server.url("/")).await;
    assert_eq!(early.unwrap(), "ok");
    assert_eq!(server.requests().len(), 2);

    let recorder = Recorder::new();
    let client = client();
    let url = refusing();
    let refused = request(&client, Method::POST, &url);
    let refused = Scope::new().record(&recorder).run_async(refused).await;
    assert!(refused.is_err());
    recorder.recorded().attempts(3);
}

#[tokio::test]
async fn a_post_that_may_be_repeated() {
    for (repeatable, requests) in [(true, 2), (false, 1)] {
        let server = Server::start([status(503)]);
        let got = told(&client(), &server.url("/"), repeatable).await;
        assert_eq!(
            (got.is_ok(), server.requests().len()),
            (repeatable, requests)
        );
    }
}

#[tokio::test]
async fn a_key_is_made_once_a_call() {
    let server = Server::start([
        status(503),
        Reply::Reset(String::new()),
        answer(201, &[], ""),
        Reply::Cut(String::new()),
    ]);
    let (client, url) = (client(), server.url("/charges"));
    let first = charge(&client, &url).await.unwrap();
    let second = charge(&client, &url).await.unwrap();
    assert_ne!(first, second);
    let requests = server.requests();
    let keys: Vec<_> = requests
        .iter()
        .map(|request| request.header("idempotency-key").unwrap())
        .collect();
    let (first, second) = (format!("\"{first}\""), format!("\"{second}\""));
    assert_eq!(keys, [&first, &first, &first, &second, &second]);
    assert!(
        requests
            .iter()
            .all(|request| request.line == "POST /charges")
    );
}

/// The server has acted, and says where to look; that nobody answers there proves nothing.
#[tokio::test]
async fn a_redirect_is_no_reason_to_post_again() {
    let away = answer(303, &[("Location", &refusing())], "");
    let server = Server::start([away]);
    let got = request(&client(), Method::POST, &server.url("/")).await;
    assert_eq!(got.unwrap(), "");
    assert_eq!(server.requests().len(), 1);
}
