//! Proxies in front of servers that are down, slow, busy or gone: what they answer, and how often the server
//! behind them
//! has processed a `POST`.

use std::io::Write;
use std::net::TcpStream;

use persevere::http::{HttpError, OrHttpError};
use persevere::{Transient, Verdict, retry};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use server::{Reply, Server, answer, refusing, status};
use support::{Haproxy, Nginx, Row, free_port};

/// Without redirects and repeats of its own.
fn client() -> Client {
    let client = Client::builder().no_proxy().redirect(Policy::none());
    client.retry(reqwest::retry::never()).build().unwrap()
}

async fn once(method: Method, url: &str) -> Result<String, HttpError> {
    let request = client().request(method, url).body("1");
    Ok(request.send().await?.or_http_error()?.text().await?)
}

#[retry(stop = after_attempt(3), wait = none(), when = unsent().no_redirects())]
async fn unsent(url: &str) -> Result<String, HttpError> {
    once(Method::POST, url).await
}

#[retry(stop = after_attempt(3), wait = none(), when = transient())]
async fn transient(url: &str) -> Result<String, HttpError> {
    once(Method::POST, url).await
}

async fn refused(url: &str) -> HttpError {
    once(Method::POST, url).await.expect_err("refused")
}

/// A server that does this with every request that comes.
fn always(reply: &Reply) -> Server {
    Server::start(vec![reply.clone(); 32])
}

/// The number of times that the server has processed one call under `unsent()`, and one under `transient()`.
async fn processed(url: &str, server: &Server) -> (u32, u32) {
    let before = server.requests().len();
    let _ = unsent(url).await;
    let between = server.requests().len();
    let _ = transient(url).await;
    let after = server.requests().len();
    ((between - before) as u32, (after - between) as u32)
}

const RFC_9110: &str = "RFC 9110, 15.6.3 to 15.6.5: the server behind may have processed it";
const LIMITED: &str = "RFC 9110, 15.6.4; nginx's manual, limit_req_status and limit_conn_status";

#[tokio::test]
async fn nginx_limits_rates_and_connections_by_503() {
    let origin = Server::start([]);
    let stalled = always(&Reply::Stall);
    let (at, stalled_at) = (origin.address(), stalled.address());
    let nginx = Nginx::start_beside(
        "limit_req_zone $uri zone=rate:1m rate=1r/m;
         limit_conn_zone $server_port zone=connections:1m;",
        "",
        &format!(
            "location = /rate {{ limit_req zone=rate; proxy_pass http://{at}; }}
             location = /rate429 {{ limit_req zone=rate; limit_req_status 429; proxy_pass http://{at}; }}
             location = /connections {{ limit_conn connections 1; proxy_pass http://{stalled_at}; }}"
        ),
    );
    let Some(nginx) = nginx else { return };
    for (path, fault, seen) in [
        ("/rate", "limit_req of a proxy", "503 Service Unavailable"),
        (
            "/rate429",
            "limit_req of a proxy with limit_req_status 429",
            "429 Too Many Requests",
        ),
    ] {
        let url = nginx.url(path);
        assert_eq!(once(Method::GET, &url).await.unwrap(), "ok");
        let error = refused(&url).await;
        assert_eq!(
            error.verdict(),
            Verdict::Retry,
            "nginx sends no hint: {error}"
        );
        let row = Row::new("reqwest", fault)
            .server(nginx.version())
            .seen(seen)
            .source(LIMITED);
        let (under_unsent, under_transient) = processed(&url, &origin).await;
        row.processed(under_unsent, under_transient).check(&error);
    }
    let mut held = TcpStream::connect(nginx.url("").trim_start_matches("http://")).unwrap();
    held.write_all(b"GET /connections HTTP/1.1\r\nHost: nginx\r\n\r\n")
        .unwrap();
    while stalled.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let url = nginx.url("/connections");
    let (under_unsent, under_transient) = processed(&url, &stalled).await;
    Row::new("reqwest", "limit_conn of a proxy")
        .server(nginx.version())
        .seen("503 Service Unavailable")
        .source(LIMITED)
        .processed(under_unsent, under_transient)
        .check(&refused(&url).await);
}

#[tokio::test]
async fn nginx_before_servers_that_fail() {
    let down = refusing();
    let down = down.trim_end_matches('/');
    let closing = always(&Reply::Cut(String::new()));
    let other = always(&Reply::Cut(String::new()));
    let resetting = always(&Reply::Reset(String::new()));
    let stalled = always(&Reply::Stall);
    let (at, other_at) = (closing.address(), other.address());
    let nginx = Nginx::start_beside(
        &format!("upstream two {{ server {at} max_fails=0; server {other_at} max_fails=0; }}"),
        "",
        &format!(
            "proxy_read_timeout 200ms;
             client_max_body_size 1k;
             location = /down {{ proxy_pass {down}; }}
             location = /closes {{ proxy_pass http://{at}; }}
             location = /two {{ proxy_pass http://two; }}
             location = /resets {{ proxy_pass http://{}; }}
             location = /stalls {{ proxy_pass http://{}; }}",
            resetting.address(),
            stalled.address(),
        ),
    );
    let Some(nginx) = nginx else { return };
    for (path, fault, seen, behind) in [
        (
            "/down",
            "a proxy whose servers refuse",
            "502 Bad Gateway",
            None,
        ),
        (
            "/closes",
            "a proxy whose server closes the connection",
            "502 Bad Gateway",
            Some(&closing),
        ),
        (
            "/resets",
            "a proxy whose server resets the connection",
            "502 Bad Gateway",
            Some(&resetting),
        ),
        (
            "/stalls",
            "a proxy whose server does not answer in time",
            "504 Gateway Timeout",
            Some(&stalled),
        ),
    ] {
        let url = nginx.url(path);
        let error = refused(&url).await;
        let mut row = Row::new("reqwest", fault)
            .server(nginx.version())
            .seen(seen)
            .source(RFC_9110);
        if let Some(behind) = behind {
            let (under_unsent, under_transient) = processed(&url, behind).await;
            row = row.processed(under_unsent, under_transient);
        }
        row.check(&error);
    }
    // nginx itself repeats what is idempotent, once for each server.
    for (method, wanted) in [(Method::GET, 2), (Method::POST, 1)] {
        let before = closing.requests().len() + other.requests().len();
        let error = once(method.clone(), &nginx.url("/two")).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 502);
        let after = closing.requests().len() + other.requests().len();
        assert_eq!(after - before, wanted, "{method}");
    }
    let large = client()
        .post(nginx.url("/closes"))
        .body(vec![0; 2000])
        .send()
        .await;
    Row::new("reqwest", "a body over client_max_body_size of a proxy")
        .server(nginx.version())
        .seen("413 Payload Too Large")
        .source("RFC 9110, 15.5.14: not temporary without a Retry-After")
        .check(&large.unwrap().or_http_error().unwrap_err());
}

#[tokio::test]
async fn nginx_that_cuts_a_body() {
    let half = Reply::Cut(String::from(server::HALF));
    let cutting = always(&half);
    let lines = format!(
        "location = /half {{ proxy_pass http://{}; }}",
        cutting.address()
    );
    let Some(nginx) = Nginx::start("", &lines) else {
        return;
    };
    let url = nginx.url("/half");
    let (under_unsent, under_transient) = processed(&url, &cutting).await;
    Row::new("reqwest", "a proxy whose server is cut off in the body")
        .server(nginx.version())
        .seen("error decoding response body")
        .source("RFC 9112, 8: an incomplete message")
        .processed(under_unsent, under_transient)
        .check(&refused(&url).await);
}

#[tokio::test]
async fn haproxy_before_servers_that_fail() {
    let closing = always(&Reply::Cut(String::new()));
    let resetting = always(&Reply::Reset(String::new()));
    let stalled = always(&Reply::Stall);
    let down = format!("127.0.0.1:{}", free_port());
    for (backend, fault, seen, behind) in [
        (
            String::new(),
            "a proxy without a server",
            "503 Service Unavailable",
            None,
        ),
        (
            format!("server one {down}"),
            "a proxy that cannot connect to its server",
            "503 Service Unavailable",
            None,
        ),
        (
            format!("server one {}", stalled.address()),
            "a proxy whose server is too late",
            "504 Gateway Timeout",
            Some(&stalled),
        ),
        (
            format!("server one {}", closing.address()),
            "a proxy whose server hangs up",
            "502 Bad Gateway",
            Some(&closing),
        ),
        (
            format!("server one {}", resetting.address()),
            "a proxy whose server resets",
            "502 Bad Gateway",
            Some(&resetting),
        ),
        (
            format!(
                "retry-on all-retryable-errors\nretries 2\nserver one {}",
                closing.address()
            ),
            "a proxy that repeats whatever its server does not answer",
            "502 Bad Gateway",
            Some(&closing),
        ),
        (
            format!(
                "retry-on response-timeout\nretries 1\nserver one {}",
                stalled.address()
            ),
            "a proxy that repeats what its server answers late",
            "504 Gateway Timeout",
            Some(&stalled),
        ),
    ] {
        let Some(haproxy) = Haproxy::start(&backend) else {
            return;
        };
        let url = haproxy.url("/");
        let error = refused(&url).await;
        assert_eq!(
            error.verdict(),
            Verdict::Retry,
            "HAProxy sends no hint: {error}"
        );
        let mut row = Row::new("reqwest", fault)
            .server(haproxy.version())
            .seen(seen)
            .source(RFC_9110);
        if let Some(behind) = behind {
            let (under_unsent, under_transient) = processed(&url, behind).await;
            row = row.processed(under_unsent, under_transient);
        }
        row.check(&error);
    }
}

/// Servers of services, as they ask to come back or not to.
#[tokio::test]
async fn what_services_ask_for() {
    let date = ("Date", "Wed, 15 Jul 2026 10:35:47 GMT");
    let reset = ("x-ratelimit-reset", "1784111807");
    type Headers<'a> = &'a [(&'a str, &'a str)];
    let hints: [(&str, u16, Headers, &str); 22] = [
        (
            "a secondary limit of GitHub",
            403,
            &[("Retry-After", "60")],
            "GitHub REST, troubleshooting",
        ),
        (
            "a primary limit of GitHub",
            403,
            &[("x-ratelimit-remaining", "0"), reset, date],
            "GitHub REST, troubleshooting",
        ),
        (
            "no permission at GitHub",
            403,
            &[("x-ratelimit-remaining", "17"), reset, date],
            "GitHub REST, troubleshooting",
        ),
        (
            "a limit of Discord",
            429,
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset-after", "64.57"),
            ],
            "Discord, rate limits",
        ),
        (
            "a limit by RateLimit",
            429,
            &[("RateLimit", "\"default\";r=0;t=7")],
            "draft-ietf-httpapi-ratelimit-headers",
        ),
        (
            "RateLimit beside Retry-After",
            429,
            &[("RateLimit", "\"default\";r=0;t=7"), ("Retry-After", "2")],
            "draft-ietf-httpapi-ratelimit-headers, client behavior",
        ),
        (
            "RateLimit of which something remains",
            503,
            &[("RateLimit", "\"default\";r=50;t=30")],
            "draft-ietf-httpapi-ratelimit-headers",
        ),
        (
            "a limit by RateLimit-Reset",
            429,
            &[("RateLimit-Remaining", "0"), ("RateLimit-Reset", "7")],
            "draft-ietf-httpapi-ratelimit-headers-06",
        ),
        (
            "a limit by X-Rate-Limit-Reset",
            429,
            &[
                ("X-Rate-Limit-Remaining", "0"),
                ("X-Rate-Limit-Reset", "1784111807"),
                date,
            ],
            "Okta and X, rate limits",
        ),
        (
            "a limit in milliseconds",
            429,
            &[("retry-after-ms", "1500"), ("Retry-After", "2")],
            "openai-python",
        ),
        (
            "a limit of Azure",
            429,
            &[("x-ms-retry-after-ms", "250")],
            "azure-core",
        ),
        (
            "a throttled request of AWS",
            503,
            &[("x-amz-retry-after", "1500")],
            "aws-sdk-rust",
        ),
        (
            "a server that asks not to retry",
            503,
            &[("x-should-retry", "false")],
            "openai-python, _should_retry",
        ),
        (
            "a server that asks to retry",
            409,
            &[("x-should-retry", "true")],
            "openai-python, _should_retry",
        ),
        (
            "a lock with a hint",
            423,
            &[("Retry-After", "3")],
            "RFC 9110, 10.2.3; RFC 4918, 11.3",
        ),
        (
            "a conflict with a hint of zero",
            409,
            &[("Retry-After", "0")],
            "RFC 9110, 10.2.3 and 15.5.10",
        ),
        (
            "an overload of Anthropic",
            529,
            &[("Retry-After", "5")],
            "RFC 9110, 15: as 500",
        ),
        (
            "an origin that Cloudflare cannot reach",
            523,
            &[],
            "RFC 9110, 15: as 500",
        ),
        (
            "an origin of Cloudflare without DNS",
            530,
            &[],
            "RFC 9110, 15: as 500",
        ),
        (
            "a certificate of an origin that Cloudflare refuses",
            526,
            &[],
            "Cloudflare, 5xx errors",
        ),
        (
            "a bandwidth limit of a host",
            509,
            &[],
            "RFC 9110, 15: as 500",
        ),
        (
            "no such page, with a hint",
            404,
            &[("Retry-After", "2")],
            "RFC 9110, 15.5.5: it is not there",
        ),
    ];
    for (fault, code, headers, source) in hints {
        let server = Server::start([answer(code, headers, "")]);
        let error = refused(&server.url("/")).await;
        Row::new("reqwest", fault)
            .seen(&code.to_string())
            .source(source)
            .check(&error);
    }
    let server = Server::start([status(507)]);
    assert_eq!(refused(&server.url("/")).await.verdict(), Verdict::Final);
}
