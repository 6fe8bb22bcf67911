//! An nginx that rotates its connections of HTTP/2, as it does by default, under requests in parallel.

use std::collections::{BTreeMap, BTreeSet};

use persevere::http::{HttpError, OrHttpError};
use persevere::{Transient, Verdict, retry};
use reqwest::Client;
use reqwest::redirect::Policy;
use support::{Nginx, Row};
use tokio::task::JoinSet;

/// Without repeats of its own.
fn client() -> Client {
    let client = Client::builder().no_proxy().http2_prior_knowledge();
    let client = client.redirect(Policy::none());
    client.retry(reqwest::retry::never()).build().unwrap()
}

async fn post(client: &Client, url: &str) -> Result<(), HttpError> {
    let response = client.post(url).body("1").send().await?.or_http_error()?;
    response.bytes().await?;
    Ok(())
}

#[retry(stop = after_attempt(100), wait = none(), when = unsent().no_redirects())]
async fn unsent(client: &Client, url: &str) -> Result<(), HttpError> {
    post(client, url).await
}

#[retry(stop = after_attempt(100), wait = none(), when = transient())]
async fn transient(client: &Client, url: &str) -> Result<(), HttpError> {
    post(client, url).await
}

/// The errors of calls to `/0`, `/1` and so on, by their paths, with so many of them at a time.
async fn in_parallel<C, F>(
    server: &Nginx,
    calls: usize,
    at_a_time: usize,
    call: C,
) -> BTreeMap<String, HttpError>
where
    C: Fn(Client, String) -> F,
    F: Future<Output = Result<(), HttpError>> + Send + 'static,
{
    let client = client();
    let mut running = JoinSet::new();
    let mut errors = BTreeMap::new();
    for number in 0..calls {
        if running.len() == at_a_time {
            errors.extend(running.join_next().await.and_then(Result::unwrap));
        }
        let path = format!("/{number}");
        let call = call(client.clone(), server.url(&path));
        running.spawn(async move { call.await.err().map(|error| (path, error)) });
    }
    while let Some(done) = running.join_next().await {
        errors.extend(done.unwrap());
    }
    errors
}

/// The paths that were processed, and how many of them more than once.
fn processed(server: &Nginx) -> (BTreeSet<String>, usize) {
    let all = server.processed();
    let set: BTreeSet<_> = all.iter().cloned().collect();
    let twice = all.len() - set.len();
    (set, twice)
}

#[tokio::test]
async fn what_is_unsent_was_not_processed() {
    let Some(server) = Nginx::start("http2", "keepalive_requests 3;") else {
        return;
    };
    let errors = in_parallel(&server, 20, 20, async |client: Client, url: String| {
        post(&client, &url).await
    });
    let errors = errors.await;
    let (seen, twice) = processed(&server);
    assert_eq!((seen.len() + errors.len(), twice), (20, 0));
    assert!(!errors.is_empty());
    for (path, error) in &errors {
        assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
        assert!(
            error.unsent_without_redirects() && !error.unsent(),
            "{error:?}"
        );
        assert!(!seen.contains(path), "{path} {error:?}");
    }
    Row::new(
        "reqwest",
        "HTTP/2: `keepalive_requests` reached, with 20 POSTs at a time",
    )
    .server(server.version())
    .seen("NO_ERROR")
    .source("RFC 9113, 8.7")
    .processed(1, 1)
    .check(errors.values().next().unwrap());
}

#[tokio::test]
async fn every_post_is_processed_once() {
    let Some(server) = Nginx::start("http2", "keepalive_requests 3;") else {
        return;
    };
    let errors = in_parallel(&server, 60, 20, async |client: Client, url: String| {
        unsent(&client, &url).await
    });
    assert!(errors.await.is_empty());
    let (seen, twice) = processed(&server);
    assert_eq!((seen.len(), twice), (60, 0));
}

/// 128 streams and 1000 requests a connection: some requests wait for a stream as nginx says `GOAWAY`.
#[tokio::test]
async fn with_the_defaults_of_nginx_everything_that_fails_passes() {
    let Some(server) = Nginx::start("http2", "") else {
        return;
    };
    let errors = in_parallel(&server, 6000, 200, async |client: Client, url: String| {
        post(&client, &url).await
    });
    let errors = errors.await;
    let (seen, twice) = processed(&server);
    assert_eq!(twice, 0);
    for (path, error) in &errors {
        assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
        assert!(
            !error.unsent_without_redirects() || !seen.contains(path),
            "{error:?}"
        );
    }
    println!(
        "{} of 6000 failed: {:?}",
        errors.len(),
        errors.values().next()
    );

    let Some(server) = Nginx::start("http2", "") else {
        return;
    };
    let errors = in_parallel(&server, 6000, 200, async |client: Client, url: String| {
        transient(&client, &url).await
    });
    assert!(errors.await.is_empty());
    assert_eq!(processed(&server).0.len(), 6000);
}
