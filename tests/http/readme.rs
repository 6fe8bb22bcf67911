//! The guide's call over HTTP, compiled and made.

use persevere::http::{HttpError, OrHttpError, idempotency_key};
use persevere::retry;

#[retry(
    stop = after_attempt(4),
    when = transient(),
    deadline = 30s,
    attempt_timeout = 5s,
    once(key = idempotency_key()),
)]
async fn charge(http: &reqwest::Client, url: &str, cents: u32) -> Result<String, HttpError> {
    let request = http.post(url).body(cents.to_string());
    let request = request.header("Idempotency-Key", key); // quoted, as the draft asks; bare: `key.to_string()`
    Ok(request.send().await?.or_http_error()?.text().await?)
}

#[tokio::test]
async fn a_charge_is_repeated_under_one_key() {
    use server::{Server, answer};
    let server = Server::start([
        answer(503, &[("Retry-After", "0")], ""),
        answer(201, &[], "paid"),
    ]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let paid = charge(&http, &server.url("/charges"), 990).await;
    assert_eq!(paid.unwrap(), "paid");
    let keys: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("idempotency-key").map(str::to_owned))
        .collect();
    assert!(
        keys[0]
            .as_ref()
            .is_some_and(|key| key.len() == 38 && key.starts_with('"'))
    );
    assert_eq!(keys, [keys[0].clone(), keys[0].clone()]);
}

#[test]
fn the_guide_shows_this_file() {
    let chapter = include_str!("../../docs/src/http.md");
    let (_, shown) = chapter
        .split_once("```rust\nuse persevere::http::{HttpError, OrHttpError, idempotency_key}")
        .unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert!(include_str!("readme.rs").contains(shown));
}
