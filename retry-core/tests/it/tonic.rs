//! Statuses of gRPC that are transient.
#![cfg(feature = "tonic")]

use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use persevere_core::Verdict::{Final, Retry, RetryAfter, RetryIn};
use persevere_core::http::OrHttpError;
use persevere_core::{Health, Interrupt, Transient, Verdict};
use tonic::metadata::MetadataValue;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

fn status(code: Code, pushbacks: &[&'static str]) -> Status {
    let mut status = Status::new(code, "");
    for pushback in pushbacks {
        let value = MetadataValue::from_static(pushback);
        status
            .metadata_mut()
            .append("grpc-retry-pushback-ms", value);
    }
    status
}

#[test]
fn by_code_and_pushback() {
    let after = |millis| RetryIn(Duration::from_millis(millis));
    for number in 0..=17 {
        let code = Code::from_i32(number);
        let [plain, asked] = match code {
            Code::Unavailable => [Retry, after(250)],
            Code::ResourceExhausted => [Final, after(250)],
            _ => [Final, Final],
        };
        for (pushbacks, verdict) in [
            (&[][..], plain),
            (&["250"][..], asked),
            (&["-1"][..], Final),
            (&["soon"][..], Final),
            (&[""][..], Final),
            (&["250", "250"][..], Final),
            (&["250", "-1"][..], Final),
        ] {
            let status = status(code, pushbacks);
            assert_eq!(status.verdict(), verdict, "{status:?}");
            assert!(!status.unsent(), "{status:?}");
        }
    }
    assert_eq!(status(Code::Unavailable, &["0"]).verdict(), after(0));
    let longest = after(i32::MAX.unsigned_abs().into());
    assert_eq!(
        status(Code::Unavailable, &["2147483647"]).verdict(),
        longest
    );
}

#[test]
fn by_the_connection_that_is_not_made() {
    for (kind, verdict) in [
        (ErrorKind::ConnectionRefused, Retry),
        (ErrorKind::TimedOut, Retry),
        (ErrorKind::InvalidData, Final),
    ] {
        let refused = ConnectError(io::Error::from(kind).into());
        let status = Status::from_error(refused.into());
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(status.verdict(), verdict, "{kind}");
        assert!(status.unsent(), "{kind}");
    }
}

/// A source that a program sets does not decide.
#[test]
fn by_the_code_where_the_source_is_no_transport() {
    for (source, code) in [
        (Box::<dyn Error + Send + Sync>::from("odd"), Code::Unknown),
        (io::Error::from(ErrorKind::TimedOut).into(), Code::Unknown),
    ] {
        let status = Status::from_error(source);
        assert_eq!((status.code(), status.verdict()), (code, Final));
        assert!(!status.unsent());
    }
    let mut status = status(Code::Unavailable, &["250"]);
    status.set_source(Arc::new(io::Error::from(ErrorKind::NotFound)));
    assert_eq!(status.verdict().hint(), Some(Duration::from_millis(250)));
}

#[test]
fn by_the_interrupt() {
    let open = Interrupt::CircuitOpen {
        retry_after: Some(Duration::from_secs(3)),
    };
    for (interrupt, code) in [
        (Interrupt::AttemptTimeout, Code::DeadlineExceeded),
        (Interrupt::Deadline, Code::DeadlineExceeded),
        (open, Code::Unavailable),
        (Interrupt::Cancelled, Code::Cancelled),
    ] {
        // As an error of a function, and as that of a layer below a client.
        let boxed: Box<dyn Error + Send + Sync> = interrupt.into();
        let (own, below) = (Status::from(interrupt), Status::from_error(boxed));
        assert_eq!((own.code(), own.message()), (code, &*interrupt.to_string()));
        for status in [own, below] {
            let source = status.source().and_then(|source| source.downcast_ref());
            assert_eq!(source, Some(&interrupt));
            assert_eq!(status.verdict(), interrupt.verdict());
            assert_eq!(status.unsent(), interrupt == open);
        }
    }
}

/// Encodes a `google.rpc.Status` with a `google.rpc.RetryInfo` of this number of seconds.
fn retry_info(seconds: u8) -> Vec<u8> {
    let url = b"type.googleapis.com/google.rpc.RetryInfo";
    let any = [b"\x0a\x28", &url[..], &[0x12, 4, 0x0a, 2, 0x08, seconds]].concat();
    [&[0x1a, u8::try_from(any.len()).unwrap()], &any[..]].concat()
}

/// The code does not matter. AIP-194 retries no other one, and OTLP these two.
#[test]
fn by_retry_info() {
    for number in 0..=17 {
        let code = Code::from_i32(number);
        let status = |seconds| Status::with_details(code, "", retry_info(seconds).into());
        let told = match code {
            Code::Unavailable | Code::ResourceExhausted => {
                [RetryAfter(Duration::from_secs(5)), Retry]
            }
            _ => [Final, Final],
        };
        assert_eq!([5, 0].map(|seconds| status(seconds).verdict()), told);
        assert!(!status(5).unsent());
    }
    let malformed = retry_info(5)[..20].to_vec();
    let exhausted = Status::with_details(Code::ResourceExhausted, "", malformed.into());
    assert_eq!(exhausted.verdict(), Final);
}

/// Pushback is literal: it takes precedence over everything beside it.
#[test]
fn pushback_is_before_retry_info() {
    for code in [Code::Unavailable, Code::ResourceExhausted] {
        for (pushback, verdict) in [
            ("250", RetryIn(Duration::from_millis(250))),
            ("0", RetryIn(Duration::ZERO)),
            ("-1", Final),
            ("soon", Final),
        ] {
            let metadata = status(code, &[pushback]).metadata().clone();
            let details = retry_info(5).into();
            let both = Status::with_details_and_metadata(code, "", details, metadata);
            assert_eq!(both.verdict(), verdict);
        }
    }
}

#[test]
fn unavailable_is_not_retried_before_its_retry_after() {
    for (code, verdict) in [
        (Code::Unavailable, RetryAfter(Duration::from_secs(3))),
        (Code::ResourceExhausted, Final),
        (Code::Internal, Final),
    ] {
        let mut status = Status::new(code, "");
        let metadata = status.metadata_mut();
        metadata.insert("retry-after", MetadataValue::from_static("3"));
        metadata.insert(
            "content-type",
            MetadataValue::from_static("application/grpc"),
        );
        assert_eq!(status.verdict(), verdict);
    }
}

#[test]
fn a_timeout_of_the_client_or_of_a_server_on_tonic_is_retried() {
    let by_client = Status::from_error(TimeoutExpired(()).into());
    assert_eq!(by_client.code(), Code::Cancelled);
    assert_eq!((by_client.verdict(), by_client.unsent()), (Retry, false));
    assert_eq!(by_client.health(), Health::Failed);
    // As sent: the code and the text.
    let by_server = Status::new(by_client.code(), by_client.message());
    assert_eq!((by_server.verdict(), by_server.unsent()), (Retry, false));
    assert_eq!(by_server.health(), Health::Failed);
    assert_eq!(Status::cancelled("no longer wanted").verdict(), Final);
    assert_eq!(
        Status::deadline_exceeded("Timeout expired").verdict(),
        Final
    );
}

/// A server on tonic whose time is up, and one whose answer is cut off after its headers.
#[test]
fn pushback_holds_beside_a_timeout_and_an_answer_that_ends_early() {
    for (code, text) in [
        (Code::Cancelled, "Timeout expired"),
        (Code::Internal, "Unexpected EOF decoding stream."),
        (
            Code::Unknown,
            "protocol error: missing grpc-status trailer, stream was terminated",
        ),
    ] {
        assert_eq!(Status::new(code, text).verdict(), Retry, "{text}");
        for (pushbacks, verdict) in [
            (&["-1"][..], Final),
            (&["soon"][..], Final),
            (&["250", "250"][..], Final),
            (&["250"][..], RetryIn(Duration::from_millis(250))),
            (&["0"][..], RetryIn(Duration::ZERO)),
        ] {
            let metadata = status(code, pushbacks).metadata().clone();
            let status = Status::with_metadata(code, text, metadata);
            assert_eq!(status.verdict(), verdict, "{status:?}");
        }
        let told = Status::with_details(code, text, retry_info(5).into());
        assert_eq!(told.verdict(), RetryAfter(Duration::from_secs(5)));
    }
}

fn page(code: Code, text: &str, headers: &[(&'static str, &'static str)]) -> (Verdict, Health) {
    let mut status = Status::new(code, text);
    for (name, value) in headers {
        let value = MetadataValue::from_static(value);
        status.metadata_mut().insert(*name, value);
    }
    assert!(!status.unsent());
    (status.verdict(), status.health())
}

const READ: &str = "protocol error: received message with invalid compression flag: 60 (valid flags are 0 and 1) while receiving response with status: ";
const EMPTY: &str = "grpc-status header missing, mapped from HTTP status code ";
const HTML: (&str, &str) = ("content-type", "text/html");
const GRPC: (&str, &str) = ("content-type", "application/grpc+proto");

/// Maps statuses (<https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md>).
fn mapped(status: &str) -> Code {
    match status {
        "400" => Code::Internal,
        "401" => Code::Unauthenticated,
        "403" => Code::PermissionDenied,
        "404" => Code::Unimplemented,
        "429" | "502" | "503" | "504" => Code::Unavailable,
        _ => Code::Unknown,
    }
}

#[test]
fn the_text_of_a_page_counts_with_the_code_that_tonic_gives_it_alone() {
    for status in ["404 Not Found", "503 Service Unavailable"] {
        let read = format!("x while receiving response with status: {status}");
        let empty = format!("{EMPTY}{}", &status[..3]);
        for (text, made) in [(read, Code::Internal), (empty, mapped(&status[..3]))] {
            for code in (1..=16).map(Code::from_i32).filter(|code| *code != made) {
                for headers in [&[][..], &[HTML]] {
                    let plain = page(code, "", headers);
                    assert_eq!(page(code, &text, headers), plain, "{code:?} {text}");
                }
            }
        }
    }
}

#[test]
fn a_page_is_judged_by_its_status_and_its_headers() {
    let after = RetryAfter(Duration::from_secs(2));
    let hint = ("retry-after", "2");
    for (status, plain, asked, health) in [
        ("200 OK", Final, Final, Health::Failed),
        ("302 Found", Final, Final, Health::Failed),
        ("400 Bad Request", Final, Final, Health::Well),
        ("401 Unauthorized", Final, Final, Health::Well),
        ("403 Forbidden", Final, after, Health::Well),
        ("404 Not Found", Final, Final, Health::Well),
        ("425 Too Early", Retry, after, Health::Well),
        ("429 Too Many Requests", Retry, after, Health::Well),
        ("500 Internal Server Error", Retry, after, Health::Failed),
        ("501 Not Implemented", Final, Final, Health::Failed),
        ("502 Bad Gateway", Retry, after, Health::Failed),
        ("503 Service Unavailable", Retry, after, Health::Failed),
        ("504 Gateway Timeout", Retry, after, Health::Failed),
        ("520 <unknown status code>", Retry, after, Health::Failed),
    ] {
        let read = format!("{READ}{status}");
        let empty = format!("{EMPTY}{}", &status[..3]);
        for (code, text) in [(Code::Internal, read), (mapped(&status[..3]), empty)] {
            assert_eq!(page(code, &text, &[HTML]), (plain, health), "{text}");
            assert_eq!(page(code, &text, &[HTML, hint]), (asked, health), "{text}");
            // A streaming answer has no headers left.
            assert_eq!(page(code, &text, &[]), (plain, health), "{text}");
            // A status of gRPC takes precedence.
            assert_eq!(
                page(code, &text, &[GRPC]),
                page(code, "", &[GRPC]),
                "{text}"
            );
        }
    }
}

#[test]
fn an_answer_that_ends_early_is_retried() {
    let inside = "Unexpected EOF decoding stream.";
    let after = "protocol error: missing grpc-status trailer, stream was terminated";
    for headers in [&[][..], &[GRPC]] {
        assert_eq!(page(Code::Internal, inside, headers).0, Retry);
        assert_eq!(page(Code::Unknown, after, headers).0, Retry);
        assert_eq!(page(Code::Aborted, inside, headers).0, Final);
    }
    // A page too short to show its status.
    assert_eq!(page(Code::Internal, inside, &[HTML]).0, Final);
    assert_eq!(page(Code::Unknown, after, &[HTML]).0, Final);
}

#[test]
fn an_error_of_http_is_asked() {
    let response = http::Response::builder().status(503);
    let response = response.header("Retry-After", "2").body(());
    let refused = response.unwrap().or_http_error().unwrap_err();
    let status = Status::from_error(refused.into());
    assert_eq!(status.verdict(), RetryAfter(Duration::from_secs(2)));
    let early = http::Response::builder().status(425).body(()).unwrap();
    let status = Status::from_error(early.or_http_error().unwrap_err().into());
    assert_eq!((status.verdict(), status.unsent()), (Retry, false));
}
