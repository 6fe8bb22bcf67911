//! nginx before a server of gRPC: the pages that it answers with, and what the server behind it has seen.

use std::time::Duration;

use greeter::{Greeter, channel};
use persevere::tower::GrpcStatusLayer;
use persevere::{Health, Transient, Verdict, retry};
use support::{Grpcio, Nginx, Row, free_port};
use tonic::{Code, Request, Status};
use tower::Layer;

const MAPPING: &str = "gRPC, doc/http-grpc-status-mapping.md";

/// The status that a request asks for, as a page of its own or with an empty body.
fn pages() -> String {
    let page = |status: u16| {
        format!(
            "if ($http_x_page = {status}) {{ return {status}; }}
             if ($http_x_page = empty{status}) {{ return {status} ''; }}"
        )
    };
    let pages = [400, 401, 403, 404, 413, 429, 500, 502, 503, 504].map(page);
    format!(
        "gzip on;
         gzip_min_length 1;
         location /greeter.Greeter/ {{
             add_header Retry-After $http_x_after always;
             if ($http_x_page = short) {{ return 503 busy; }}
             if ($http_x_page = moved) {{ return 302 http://localhost/login; }}
             if ($http_x_page = login) {{ return 200 '<html>who are you?</html>'; }}
             if ($http_x_page = written) {{ return 204; }}
             {}
         }}",
        pages.join("\n")
    )
}

fn asks_for(page: &'static str, headers: &[(&'static str, &'static str)]) -> Request<String> {
    let mut request = Request::new("ada".to_owned());
    request
        .metadata_mut()
        .insert("x-page", page.parse().unwrap());
    for (name, value) in headers {
        request.metadata_mut().insert(*name, value.parse().unwrap());
    }
    request
}

/// The errors of a client by itself, and above the layer.
async fn failed(nginx: &Nginx, request: impl Fn() -> Request<String>) -> [Status; 2] {
    let channel = channel(nginx.url(""));
    let bare = Greeter::new(channel.clone()).hello(request()).await;
    let layered = Greeter::new(GrpcStatusLayer::new().layer(channel))
        .hello(request())
        .await;
    [bare.unwrap_err(), layered.unwrap_err()]
}

#[tokio::test]
async fn a_page_is_judged_by_its_status() {
    let Some(nginx) = Nginx::start("http2", &pages()) else {
        return;
    };
    let after = Verdict::RetryAfter(Duration::from_secs(2));
    for (page, code, verdict, asked) in [
        ("400", Code::Internal, Verdict::Final, Verdict::Final),
        ("401", Code::Unauthenticated, Verdict::Final, Verdict::Final),
        ("403", Code::PermissionDenied, Verdict::Final, after),
        ("404", Code::Unimplemented, Verdict::Final, Verdict::Final),
        ("413", Code::Unknown, Verdict::Final, after),
        ("429", Code::Unavailable, Verdict::Retry, after),
        ("500", Code::Unknown, Verdict::Retry, after),
        ("502", Code::Unavailable, Verdict::Retry, after),
        ("503", Code::Unavailable, Verdict::Retry, after),
        ("504", Code::Unavailable, Verdict::Retry, after),
        ("empty429", Code::Unavailable, Verdict::Retry, after),
        ("empty500", Code::Unknown, Verdict::Retry, after),
        ("empty503", Code::Unavailable, Verdict::Retry, after),
    ] {
        let [bare, layered] = failed(&nginx, || asks_for(page, &[])).await;
        assert_eq!(layered.code(), code, "{page}");
        let written = failed(&nginx, || asks_for(page, &[("x-after", "2")])).await;
        // Its body begins with other bytes.
        let zipped = [("x-after", "2"), ("accept-encoding", "gzip")];
        let zipped = failed(&nginx, || asks_for(page, &zipped)).await;
        for (status, verdict) in [(&bare, verdict), (&layered, verdict)]
            .into_iter()
            .chain(written.iter().chain(&zipped).map(|status| (status, asked)))
        {
            assert_eq!(status.verdict(), verdict, "{page}: {status:?}");
            assert!(!status.unsent(), "{page}");
            let health = if page.ends_with(['0', '2', '3', '4']) && page.contains('5') {
                Health::Failed
            } else {
                Health::Well
            };
            assert_eq!(status.health(), health, "{page}: {status:?}");
        }
        if ["429", "502", "503", "504"].contains(&page) {
            let fault = format!("nginx answers with its page of {page}");
            let row = Row::new("tonic", &fault).server(nginx.version());
            row.seen("invalid compression flag")
                .source(MAPPING)
                .check(&bare);
            let fault = format!("nginx answers with its page of {page} and Retry-After");
            let row = Row::new("tonic", &fault).server(nginx.version());
            row.seen("invalid compression flag")
                .source(MAPPING)
                .check(&written[0]);
            let fault = format!(
                "nginx answers with its page of {page} and Retry-After, by GrpcStatusLayer"
            );
            let row = Row::new("tonic", &fault).server(nginx.version());
            row.seen("not of gRPC").source(MAPPING).check(&written[1]);
        }
    }
}

#[tokio::test]
async fn a_page_before_a_stream_of_answers_is_judged_by_its_status() {
    let Some(nginx) = Nginx::start("http2", &pages()) else {
        return;
    };
    let mut greeter = Greeter::new(channel(nginx.url("")));
    let failed = greeter.answers(asks_for("503", &[])).await.unwrap_err();
    assert_eq!(failed.verdict(), Verdict::Retry, "{failed:?}");
    let failed = greeter.answers(asks_for("404", &[])).await.unwrap_err();
    assert_eq!(failed.verdict(), Verdict::Final, "{failed:?}");
    let mut greeter = Greeter::new(GrpcStatusLayer::new().layer(channel(nginx.url(""))));
    let failed = greeter
        .answers(asks_for("503", &[("x-after", "2")]))
        .await
        .unwrap_err();
    let after = Verdict::RetryAfter(Duration::from_secs(2));
    assert_eq!(failed.verdict(), after, "{failed:?}");
}

#[tokio::test]
async fn what_is_no_answer_at_all_is_final() {
    let Some(nginx) = Nginx::start("http2", &pages()) else {
        return;
    };
    for page in ["moved", "login"] {
        for status in failed(&nginx, || asks_for(page, &[])).await {
            assert_eq!(status.verdict(), Verdict::Final, "{page}: {status:?}");
            assert_eq!(status.health(), Health::Failed, "{page}: {status:?}");
        }
    }
    // Four bytes leave no trace of the status in tonic's own.
    let [bare, layered] = failed(&nginx, || asks_for("short", &[])).await;
    assert_eq!(bare.verdict(), Verdict::Final, "{bare:?}");
    assert_eq!(layered.verdict(), Verdict::Retry, "{layered:?}");
}

/// nginx, and behind it a server of gRPC that can be killed.
fn proxied() -> Option<(Nginx, Grpcio)> {
    let server = Grpcio::start(&[])?;
    let lines = format!(
        "client_max_body_size 1k;
         grpc_read_timeout 400ms;
         location /greeter.Greeter/ {{ grpc_pass grpc://127.0.0.1:{}; }}",
        server.port()
    );
    Some((Nginx::start("http2", &lines)?, server))
}

#[retry(stop = after_attempt(3), wait = none(), when = unsent())]
async fn once(url: &str, name: &str) -> Result<String, Status> {
    let mut greeter = Greeter::new(channel(url));
    greeter.hello(format!("wait {name}")).await
}

#[retry(stop = after_attempt(3), wait = none(), when = transient())]
async fn again(url: &str, name: &str) -> Result<String, Status> {
    let mut greeter = Greeter::new(channel(url));
    greeter.hello(format!("wait {name}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_it_that_is_late_has_begun() {
    let Some((nginx, server)) = proxied() else {
        return;
    };
    once(&nginx.url(""), "once").await.unwrap_err();
    let late = again(&nginx.url(""), "again").await.unwrap_err();
    let row = Row::new("tonic", "a server behind nginx is late").server(nginx.version());
    let row = row.seen("504 Gateway").source(MAPPING);
    let (one, three) = (server.begun("wait once", 1), server.begun("wait again", 3));
    row.processed(one, three).check(&late);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_it_that_goes_away() {
    let Some((nginx, mut server)) = proxied() else {
        return;
    };
    let row = |fault| Row::new("tonic", fault).server(nginx.version());
    let mut large = Greeter::new(channel(nginx.url("")));
    let large = large.hello("x".repeat(5000)).await.unwrap_err();
    row("a request over nginx's limit")
        .seen("413")
        .source(MAPPING)
        .check(&large);

    let url = nginx.url("");
    let mut greeter = Greeter::new(channel(url.clone()));
    let calling = tokio::spawn(async move { greeter.answers("wait".to_owned()).await });
    server.wait_for("answered");
    let mut greeter = Greeter::new(channel(url));
    let handling = tokio::spawn(async move { greeter.hello("wait".to_owned()).await });
    server.wait_for("wait");
    server.kill();
    let killed = handling.await.unwrap().unwrap_err();
    let killed_in = row("a server behind nginx is killed in its handler");
    killed_in
        .seen("502 Bad Gateway")
        .source(MAPPING)
        .check(&killed);
    let cut = calling.await.unwrap().unwrap_err();
    assert!(cut.verdict().is_retry() && !cut.unsent(), "{cut:?}");
    let cut_off = row("a server behind nginx is killed between its answers");
    cut_off
        .seen("body")
        .source("the handler had begun")
        .check(&cut);
}

#[tokio::test]
async fn nobody_behind_it_and_nobody_let_through() {
    let lines = format!(
        "location /greeter.Greeter/ {{ grpc_pass grpc://127.0.0.1:{}; }}",
        free_port()
    );
    let Some(nginx) = Nginx::start("http2", &lines) else {
        return;
    };
    let refused = failed(&nginx, || Request::new("ada".to_owned())).await;
    for status in refused {
        assert_eq!((status.verdict(), status.unsent()), (Verdict::Retry, false));
    }
    let lines = "location /greeter.Greeter/ { deny all; }";
    let Some(nginx) = Nginx::start("http2", lines) else {
        return;
    };
    for status in failed(&nginx, || Request::new("ada".to_owned())).await {
        assert_eq!(status.verdict(), Verdict::Final, "{status:?}");
    }
}
