//! Clients that follow redirects: the first server has processed the request when the second one fails.

use std::error::Error;
use std::io;

use persevere::http::{HttpError, OrHttpError};
use persevere::{Predicate, Transient, Verdict, retry, when};
use reqwest::Client;
use reqwest::redirect::Policy;
use server::{Reply, Server, answer, refusing, status};
use support::Row;

const RULE: &str = "RFC 9110, 15.4";

#[retry(wait = none(), when = unsent())]
async fn unsent(client: &Client, url: &str) -> Result<(), HttpError> {
    client.post(url).send().await?.or_http_error()?;
    Ok(())
}

#[retry(wait = none(), when = idempotent(false))]
async fn not_idempotent(client: &Client, url: &str) -> Result<(), HttpError> {
    client.post(url).send().await?.or_http_error()?;
    Ok(())
}

#[retry(wait = none(), when = transient())]
async fn transient(client: &Client, url: &str) -> Result<(), HttpError> {
    client.post(url).send().await?.or_http_error()?;
    Ok(())
}

#[retry(wait = none(), when = idempotent(false).no_redirects())]
async fn without_redirects(client: &Client, url: &str) -> Result<(), HttpError> {
    client.post(url).send().await?.or_http_error()?;
    Ok(())
}

/// As by default, but for proxies of the environment.
fn following() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// A server that has processed each request, and says where to look.
fn away(status: u16, to: &str) -> Server {
    Server::start(vec![answer(status, &[("Location", to)], ""); 9])
}

#[tokio::test]
async fn a_post_is_processed_once_whatever_the_second_server_does() {
    let nowhere = "http://persevere.invalid/";
    for (code, to) in [
        (303, refusing()),
        (307, refusing()),
        (308, refusing()),
        (302, refusing()),
        (303, nowhere.to_owned()),
        (307, nowhere.to_owned()),
    ] {
        let (client, server) = (following(), away(code, &to));
        let url = server.url("/");
        unsent(&client, &url).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{code} {to}");
        not_idempotent(&client, &url).await.unwrap_err();
        assert_eq!(server.requests().len(), 2, "{code} {to}");
        let error = transient(&client, &url).await.unwrap_err();
        assert_eq!(server.requests().len(), 5, "{code} {to}");
        assert!(error.verdict().is_retry() && !error.unsent(), "{error:?}");
        if to != nowhere {
            Row::new(
                "reqwest",
                &format!("{code} of a POST, to a server that refuses"),
            )
            .seen("ConnectionRefused")
            .source(RULE)
            .processed(1, 3)
            .check(&error);
        }
    }
}

/// The second server closes, resets, or says that it has processed nothing itself.
#[tokio::test]
async fn nor_is_it_unsent_by_what_the_second_server_says() {
    for reply in [
        status(425),
        Reply::Cut(String::new()),
        Reply::Reset(String::new()),
    ] {
        let second = Server::start(vec![reply; 9]);
        let (client, first) = (following(), away(307, &second.url("/")));
        let error = unsent(&client, &first.url("/")).await.unwrap_err();
        assert_eq!(first.requests().len(), 1, "{error:?}");
        assert!(error.verdict().is_retry() && !error.unsent(), "{error:?}");
    }
}

#[tokio::test]
async fn a_client_that_follows_none_says_so() {
    let client = Client::builder().no_proxy().redirect(Policy::none());
    let client = client.build().unwrap();
    let error = without_redirects(&client, &refusing()).await.unwrap_err();
    assert!(!error.unsent() && error.unsent_without_redirects());
    // The redirect itself is the response.
    let server = away(303, &refusing());
    without_redirects(&client, &server.url("/")).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

/// Below the client's error those of the last connection say that nothing was sent.
#[tokio::test]
async fn a_cause_below_a_client_that_follows_proves_nothing() {
    type Hidden = Box<dyn Error + Send + Sync>;
    type Legacy = hyper_util::client::legacy::Error;

    #[retry(wait = none(), when = unsent_cause::<Legacy>())]
    async fn unsent(client: &Client, url: &str) -> Result<(), Hidden> {
        client.post(url).send().await?.error_for_status()?;
        Ok(())
    }

    #[retry(wait = none(), when = idempotent_cause::<io::Error>(false))]
    async fn not_idempotent(client: &Client, url: &str) -> reqwest::Result<()> {
        client.post(url).send().await?.error_for_status()?;
        Ok(())
    }

    let (client, server) = (following(), away(303, &refusing()));
    unsent(&client, &server.url("/")).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    not_idempotent(&client, &server.url("/")).await.unwrap_err();
    assert_eq!(server.requests().len(), 2);

    let error = client.post(refusing()).send().await.unwrap_err();
    let hidden = Err::<(), Hidden>(error.into());
    let legacy = when::unsent_cause::<Legacy>().in_dyn_error();
    assert_eq!(legacy.verdict(&hidden), Verdict::Final);
    assert_eq!(legacy.no_redirects().verdict(&hidden), Verdict::Retry);
    let io = when::idempotent_cause::<io::Error>(false).in_dyn_error();
    assert_eq!(io.verdict(&hidden), Verdict::Final);
    assert_eq!(io.no_redirects().verdict(&hidden), Verdict::Retry);
}

#[test]
fn the_blocking_client_follows_too() {
    #[retry(wait = none(), when = idempotent(false))]
    fn post(url: &str) -> reqwest::Result<()> {
        let client = reqwest::blocking::Client::builder().no_proxy().build()?;
        client.post(url).send()?.error_for_status()?;
        Ok(())
    }

    let server = away(303, &refusing());
    let error = post(&server.url("/")).unwrap_err();
    assert_eq!(server.requests().len(), 1);
    assert!(!error.unsent() && error.unsent_without_redirects());
    let error = HttpError::from(error);
    assert!(!error.unsent() && error.unsent_without_redirects());
}

/// A client that gives an `io::Error` and has followed a redirect for it.
#[test]
fn an_io_error_in_an_http_error_may_be_that_of_a_second_server() {
    fn post(url: &str) -> Result<(), HttpError> {
        match ureq::post(url).send_empty() {
            Ok(_) => Ok(()),
            Err(ureq::Error::Io(error)) => Err(error.into()),
            Err(other) => Err(HttpError::from(io::Error::other(other))),
        }
    }

    #[retry(wait = none(), when = unsent())]
    fn unsent(url: &str) -> Result<(), HttpError> {
        post(url)
    }

    #[retry(wait = none(), when = transient())]
    fn transient(url: &str) -> Result<(), HttpError> {
        post(url)
    }

    let server = away(303, &refusing());
    unsent(&server.url("/")).unwrap_err();
    assert_eq!(server.requests().len(), 1);
    let error = transient(&server.url("/")).unwrap_err();
    assert_eq!(server.requests().len(), 4);
    Row::new(
        "ureq",
        "303 of a POST, to a server that refuses; an `io::Error` in an `HttpError`",
    )
    .seen("ConnectionRefused")
    .source(RULE)
    .processed(1, 3)
    .check(&error);
}
