//! Responses of gRPC as errors, below a layer that retries.
#![cfg(all(feature = "tower", feature = "tonic", feature = "tokio"))]

use std::time::Duration;

use http::{Request, Response};
use persevere_core::Verdict::{self, Final, Retry, RetryAfter, RetryIn};
use persevere_core::tower::{GrpcStatusLayer, RetryLayer};
use persevere_core::{Health, RetryPolicy, RetryStats, Transient, stop, wait, when};
use tonic::{Code, Status};
use tower::{BoxError, Layer, ServiceBuilder, ServiceExt, service_fn};

type Headers = &'static [(&'static str, &'static str)];

/// Makes a call with headers in its request, which gets this answer.
async fn call(
    asked: Headers,
    status: u16,
    headers: Headers,
) -> Result<Response<&'static str>, Status> {
    let answers = service_fn(move |_: Request<()>| async move {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Ok::<_, BoxError>(response.body("<html>")?)
    });
    let mut request = Request::builder();
    for (name, value) in asked {
        request = request.header(*name, *value);
    }
    let service = GrpcStatusLayer::new().layer(answers);
    service.oneshot(request.body(()).unwrap()).await
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");
const HTML: (&str, &str) = ("content-type", "text/html");

#[tokio::test]
async fn a_page_has_the_code_of_its_status_and_its_hint() {
    let after = RetryAfter(Duration::from_secs(2));
    for (status, code, verdict) in [
        (200, Code::Unknown, Final),
        (302, Code::Unknown, Final),
        (400, Code::Internal, Final),
        (401, Code::Unauthenticated, Final),
        (403, Code::PermissionDenied, after),
        (404, Code::Unimplemented, Final),
        (415, Code::Unknown, Final),
        (425, Code::Unknown, after),
        (429, Code::Unavailable, after),
        (500, Code::Unknown, after),
        (502, Code::Unavailable, after),
        (503, Code::Unavailable, after),
        (504, Code::Unavailable, after),
        (520, Code::Unknown, after),
    ] {
        let page = call(&[], status, &[HTML, ("retry-after", "2")]).await;
        let page = page.unwrap_err();
        assert_eq!((page.code(), page.verdict()), (code, verdict), "{status}");
        assert!(!page.unsent(), "{status}");
        // The length and the type are the headers of the page that are not passed on.
        assert_eq!(page.metadata().len(), 1);
        assert_eq!(page.metadata().get("retry-after").unwrap(), "2");
    }
}

#[tokio::test]
async fn a_page_needs_no_content_type_to_be_one() {
    for headers in [&[][..], &[GRPC]] {
        let page = call(&[], 503, headers).await.unwrap_err();
        assert_eq!((page.code(), page.verdict()), (Code::Unavailable, Retry));
        assert_eq!(page.health(), Health::Failed);
    }
}

#[tokio::test]
async fn whatever_is_asked_for_in_a_header_is_heard() {
    let pause =
        |headers: Headers| async move { call(&[], 429, headers).await.unwrap_err().verdict() };
    let millis = RetryAfter(Duration::from_millis(1500));
    assert_eq!(pause(&[HTML, ("retry-after-ms", "1500")]).await, millis);
    assert_eq!(pause(&[HTML, ("x-should-retry", "false")]).await, Final);
}

#[tokio::test]
async fn an_answer_of_grpc_goes_through() {
    let trailers_to_come: Headers = &[GRPC];
    for headers in [
        trailers_to_come,
        &[("content-type", "application/grpc+proto")],
        &[],
        &[GRPC, ("grpc-status", "0")],
    ] {
        assert!(call(&[], 200, headers).await.is_ok(), "{headers:?}");
    }
    // As gateways write them: a status of gRPC takes precedence over any status of HTTP.
    let written = call(
        &[],
        204,
        &[
            ("grpc-status", "14"),
            ("grpc-message", "busy"),
            ("retry-after", "3"),
        ],
    );
    let written = written.await.unwrap_err();
    assert_eq!(
        (written.code(), written.message()),
        (Code::Unavailable, "busy")
    );
    assert_eq!(written.verdict(), RetryAfter(Duration::from_secs(3)));
}

#[tokio::test]
async fn a_deadline_that_the_caller_has_not_set_is_the_servers_own() {
    const LATE: Headers = &[GRPC, ("grpc-status", "4"), ("grpc-message", "late")];
    let own = call(&[], 200, LATE).await.unwrap_err();
    assert_eq!(
        (own.code(), own.message()),
        (Code::DeadlineExceeded, "late")
    );
    assert_eq!((own.verdict(), own.unsent()), (Retry, false));
    assert_eq!(own.health(), Health::Failed);
    let callers = call(&[("grpc-timeout", "250m")], 200, LATE)
        .await
        .unwrap_err();
    assert_eq!(callers.verdict(), Final);
    const IN_GO: Headers = &[
        GRPC,
        ("grpc-status", "2"),
        ("grpc-message", "context deadline exceeded"),
    ];
    assert_eq!(call(&[], 200, IN_GO).await.unwrap_err().verdict(), Retry);
    let callers = call(&[("grpc-timeout", "250m")], 200, IN_GO).await;
    assert_eq!(callers.unwrap_err().verdict(), Final);
    const UNKNOWN: Headers = &[GRPC, ("grpc-status", "2"), ("grpc-message", "a bug")];
    assert_eq!(call(&[], 200, UNKNOWN).await.unwrap_err().verdict(), Final);
    const CANCELLED: Headers = &[GRPC, ("grpc-status", "1")];
    assert_eq!(
        call(&[], 200, CANCELLED).await.unwrap_err().verdict(),
        Final
    );
}

#[tokio::test]
async fn pushback_holds_beside_a_deadline_of_the_servers_own() {
    const FORBIDS: Headers = &[GRPC, ("grpc-status", "4"), ("grpc-retry-pushback-ms", "-1")];
    const ASKS: Headers = &[
        GRPC,
        ("grpc-status", "4"),
        ("grpc-retry-pushback-ms", "250"),
    ];
    let asked = RetryIn(Duration::from_millis(250));
    for (headers, verdict) in [(FORBIDS, Final), (ASKS, asked)] {
        let own = call(&[], 200, headers).await.unwrap_err();
        assert_eq!(own.verdict(), verdict, "{own:?}");
        assert_eq!(own.health(), Health::Failed);
        let callers = call(&[("grpc-timeout", "250m")], 200, headers).await;
        assert_eq!(callers.unwrap_err().verdict(), Final);
    }
}

#[tokio::test]
async fn an_error_of_the_channel_is_what_tonic_makes_of_it() {
    let breaks = service_fn(|_: Request<()>| async {
        Err::<Response<()>, BoxError>(tonic::TimeoutExpired(()).into())
    });
    let service = GrpcStatusLayer::new().layer(breaks);
    let late = service.oneshot(Request::new(())).await.unwrap_err();
    assert_eq!((late.code(), late.verdict()), (Code::Cancelled, Retry));
}

#[tokio::test]
async fn a_page_is_retried_below_a_client() {
    static STATS: RetryStats = RetryStats::new();

    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::none())
        .when(when::transient())
        .stats(&STATS);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(policy))
        .layer(GrpcStatusLayer::new())
        .service(service_fn(|_: Request<()>| async {
            Ok::<_, BoxError>(Response::builder().status(502).body("<html>")?)
        }));
    let page = service.oneshot(Request::new(())).await.unwrap_err();
    assert_eq!(
        (page.code(), page.verdict()),
        (Code::Unavailable, Verdict::Retry)
    );
    assert_eq!(STATS.attempts(), 3);
}
