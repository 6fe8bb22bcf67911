//! `reqwest` against a server that fails in every way.

use std::time::{Duration, SystemTime};

use httpdate::fmt_http_date;
use persevere::http::{HttpError, OrHttpError};
use persevere::testing::{Recorder, Scope};
use persevere::{Interrupt, StopReason, Transient, Verdict, retry};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use server::{HALF, Reply, Server, answer, refusing, status};
use support::Row;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// The whole response is part of an attempt: its body too can end too early.
#[retry(wait = none(), when = transient())]
async fn get(client: &Client, url: &str) -> Result<String, HttpError> {
    let response = client.get(url).send().await?.or_http_error()?;
    Ok(response.text().await?)
}

/// A client for each test: connections belong to its runtime.
fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// The result of a call to a server that does this at first, and the number of requests.
async fn after(replies: impl IntoIterator<Item = Reply>) -> (Result<String, HttpError>, usize) {
    let server = Server::start(replies);
    let got = get(&client(), &server.url("/")).await;
    (got, server.requests().len())
}

/// The error of a single attempt.
async fn error_after(reply: Reply) -> HttpError {
    let (got, requests) = Scope::off().run_async(after([reply])).await;
    assert_eq!(requests, 1);
    got.unwrap_err()
}

#[tokio::test]
async fn statuses_that_pass_are_retried() {
    for code in [408, 425, 429, 500, 502, 503, 504] {
        let (got, requests) = after([status(code), status(code)]).await;
        assert_eq!((got.unwrap().as_str(), requests), ("ok", 3), "{code}");
        let error = error_after(status(code)).await;
        assert_eq!(error.unsent_without_redirects(), code == 425, "{error}");
        assert!(
            !error.unsent(),
            "it may be that of a second server: {error}"
        );
    }
}

#[tokio::test]
async fn other_statuses_are_never_retried() {
    for code in [400, 401, 403, 404, 409, 410, 413, 421, 422, 501, 505, 511] {
        let (got, requests) = after([answer(code, &[("X", "y")], "no")]).await;
        assert_eq!(
            (got.unwrap_err().status().unwrap().as_u16(), requests),
            (code, 1)
        );
    }
}

#[tokio::test]
async fn retry_after_is_kept_in_every_form() {
    let in_an_hour = SystemTime::now() + HOUR;
    let date = fmt_http_date(in_an_hour);
    for (value, at_most) in [
        ("1.5", SECOND * 3 / 2),
        ("120", 120 * SECOND),
        (&date, HOUR),
    ] {
        let error = error_after(answer(503, &[("Retry-After", value)], "")).await;
        let Verdict::RetryAfter(pause) = error.verdict() else {
            panic!("{value}: {error:?}");
        };
        assert!(
            at_most / 2 <= pause && pause <= at_most,
            "{value}: {pause:?}"
        );
        assert!(
            matches!(error, HttpError::Status { retry_after: Some(kept), .. } if kept == pause)
        );
    }
}

#[tokio::test]
async fn a_malformed_retry_after_is_no_hint() {
    for value in [
        "soon",
        "-1",
        "0",
        "",
        "1, 2",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "\u{fe}",
    ] {
        let error = error_after(answer(503, &[("Retry-After", value)], "")).await;
        assert_eq!(error.verdict(), Verdict::Retry, "{value:?}");
    }
}

#[tokio::test]
async fn retry_after_helps_where_it_may() {
    let hint = [("Retry-After", "7")];
    let too_large = error_after(answer(413, &hint, "")).await;
    assert_eq!(too_large.verdict(), Verdict::RetryAfter(7 * SECOND));
    let not_found = error_after(answer(404, &hint, "")).await;
    assert_eq!(not_found.verdict(), Verdict::Final);
}

/// The clock jumps to the end of the pause.
#[tokio::test(start_paused = true)]
async fn a_call_comes_back_when_it_is_asked_to() {
    let server = Server::start([answer(429, &[("Retry-After", "30")], "")]);
    let (recorder, client, url) = (Recorder::new(), client(), server.url("/"));
    let call = get(&client, &url);
    let got = Scope::new().record(&recorder).run_async(call).await;
    assert_eq!(got.unwrap(), "ok");
    recorder
        .recorded()
        .attempts(2)
        .pauses([30 * SECOND..=31 * SECOND]);
}

#[tokio::test]
async fn no_response_at_all_is_retried() {
    for reply in [Reply::Reset(String::new()), Reply::Cut(String::new())] {
        let error = error_after(reply.clone()).await;
        assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
        let (got, requests) = after([reply]).await;
        assert_eq!((got.unwrap().as_str(), requests), ("ok", 2));
    }
}

#[tokio::test]
async fn half_a_response_is_retried() {
    for reply in [Reply::Cut(HALF.into()), Reply::Reset(HALF.into())] {
        let error = error_after(reply.clone()).await;
        assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
        let (got, requests) = after([reply]).await;
        assert_eq!((got.unwrap().as_str(), requests), ("ok", 2));
    }
}

/// The connection was good for one request; the next one on it is not known to be lost.
#[tokio::test]
async fn a_connection_that_is_kept_open_and_closed_proves_nothing() {
    let server = Server::start([status(200), Reply::Cut(String::new())]);
    let (client, url) = (client(), server.url("/"));
    assert_eq!(get(&client, &url).await.unwrap(), "");
    let second = Scope::off().run_async(get(&client, &url)).await;
    let error = second.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
}

#[tokio::test]
async fn nobody_listens() {
    let error = get(&client(), &refusing()).await.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
    assert!(error.unsent_without_redirects(), "{error}");
    let text = error.to_string();
    assert!(text.contains("refused"), "says why: {text}");
}

/// Knows no name.
struct Nameless;

impl Resolve for Nameless {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_may_do_so_soon() {
    let client = Client::builder().no_proxy().dns_resolver(Nameless).build();
    let error = get(&client.unwrap(), "http://shop/").await.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
    assert!(error.unsent_without_redirects(), "{error}");
    assert!(error.to_string().contains("no such name"), "{error}");
}

#[tokio::test]
async fn an_attempt_that_stalls_is_cut_and_made_again() {
    #[retry(stop = after_attempt(attempts), wait = none(), when = transient(), attempt_timeout = 100ms)]
    async fn hasty(client: &Client, url: &str, attempts: u32) -> Result<String, HttpError> {
        let response = client.get(url).send().await?.or_http_error()?;
        Ok(response.text().await?)
    }

    let server = Server::start([Reply::Stall]);
    let got = hasty(&client(), &server.url("/"), 10).await;
    assert_eq!(got.unwrap(), "ok");
    assert!(server.requests().len() > 1);

    let server = Server::start([Reply::Stall, Reply::Stall]);
    let error = hasty(&client(), &server.url("/"), 2).await.unwrap_err();
    assert!(matches!(
        error,
        HttpError::Interrupted(Interrupt::AttemptTimeout)
    ));
}

#[tokio::test]
async fn a_timeout_of_the_client_is_retried() {
    let client = Client::builder().no_proxy().timeout(SECOND / 20);
    let (client, server) = (client.build().unwrap(), Server::start([Reply::Stall]));
    let url = server.url("/");
    let call = Scope::off().run_async(get(&client, &url)).await;
    let error = call.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_final() {
    let recorder = Recorder::new();
    let scope = || Scope::new().record(&recorder);
    let client = client();
    let unknown = scope().run_async(get(&client, "gopher://localhost/")).await;
    let nowhere = scope().run_async(get(&client, "not a URL")).await;
    for error in [unknown.unwrap_err(), nowhere.unwrap_err()] {
        assert_eq!(error.verdict(), Verdict::Final, "{error}");
        assert!(!error.unsent());
    }
    recorder.recorded().attempts(2).never_gave_up();
}

#[tokio::test]
async fn redirects_in_a_circle_are_final() {
    let to_itself = answer(302, &[("Location", "/")], "");
    let server = Server::start(vec![to_itself; 100]);
    let client = Client::builder().no_proxy().redirect(Policy::limited(2));
    let got = get(&client.build().unwrap(), &server.url("/")).await;
    let error = got.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Final);
    Row::new("reqwest", "redirects in a circle")
        .seen("too many redirects")
        .source("RFC 9110, 15.4")
        .check(&error);
    assert_eq!(server.requests().len(), 3, "one attempt");
}

#[tokio::test]
async fn a_body_that_cannot_be_decoded_is_final() {
    #[retry(wait = none(), when = transient())]
    async fn number(client: &Client, url: &str) -> Result<u32, HttpError> {
        let response = client.get(url).send().await?.or_http_error()?;
        Ok(response.json().await?)
    }

    let server = Server::start([answer(200, &[], "seven"), answer(200, &[], "7")]);
    let (client, url) = (client(), server.url("/"));
    let error = number(&client, &url).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Final);
    Row::new("reqwest", "the body is not what was asked for")
        .seen("expected value")
        .source("RFC 9110, 15.3.1")
        .check(&error);
    assert_eq!(number(&client, &url).await.unwrap(), 7);
    assert_eq!(server.requests().len(), 2);
}

/// As it is, without `HttpError`; the hint is lost.
#[tokio::test]
async fn the_error_of_reqwest_itself() {
    #[retry(wait = none(), when = transient())]
    async fn plain(client: &Client, url: &str) -> reqwest::Result<StatusCode> {
        let response = client.get(url).send().await?.error_for_status()?;
        Ok(response.status())
    }

    let server = Server::start([answer(503, &[("Retry-After", "30")], ""), status(404)]);
    let error = plain(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(server.requests().len(), 2);
    assert_eq!(HttpError::from(error).status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn no_secret_of_a_url_is_shown() {
    let server = Server::start([status(404)]);
    let secret = |url: String| url.replace("http://", "http://user:hush@") + "?token=hush#hush";
    let answered = get(&client(), &secret(server.url("/a"))).await;
    let refused = get(&client(), &secret(refusing())).await;
    for error in [answered.unwrap_err(), refused.unwrap_err()] {
        let text = format!("{error} {error:?}");
        assert!(
            text.contains("127.0.0.1") && !text.contains("hush"),
            "{text}"
        );
    }
}

#[test]
fn the_blocking_client() {
    #[retry(wait = none(), when = transient(), wrap_err = true)]
    fn get(url: &str) -> Result<String, persevere::RetryError<HttpError>> {
        let client = reqwest::blocking::Client::builder().no_proxy().build()?;
        let response = client.get(url).send()?.or_http_error()?;
        Ok(response.text()?)
    }

    let server = Server::start([status(503), Reply::Cut(HALF.into())]);
    assert_eq!(get(&server.url("/")).unwrap(), "ok");
    assert_eq!(server.requests().len(), 3);
    let error = get(&refusing()).unwrap_err();
    assert_eq!(error.reason(), StopReason::Attempts);
    let proved = Transient::unsent_without_redirects;
    assert!(error.last().is_some_and(proved));
}
