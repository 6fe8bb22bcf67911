//! Statuses, the error of a call over HTTP, and idempotency keys.
#![cfg(feature = "http")]

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use persevere_core::breaker::CallError;
use persevere_core::http::{HttpError, OrHttpError, idempotency_key};
use persevere_core::{Interrupt, Transient, Verdict};

const SECOND: Duration = Duration::from_secs(1);

fn error(status: u16, hint: Option<&str>) -> HttpError {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Some(hint) = hint {
        let hint = HeaderValue::from_str(hint).unwrap();
        response.headers_mut().insert(RETRY_AFTER, hint);
    }
    response.or_http_error().unwrap_err()
}

#[test]
fn every_status() {
    let all = (100..1000).map(|code| StatusCode::from_u16(code).unwrap());
    let codes = |picks: fn(&StatusCode) -> bool| -> Vec<u16> {
        all.clone()
            .filter(picks)
            .map(|code| code.as_u16())
            .collect()
    };
    let transient = codes(|code| code.verdict().is_retry());
    let unknown = [509].into_iter().chain(512..525).chain(527..600);
    let wanted: Vec<_> = [408, 425, 429, 500, 502, 503, 504]
        .into_iter()
        .chain(unknown)
        .collect();
    assert_eq!(transient, wanted);
    assert!(codes(Transient::unsent).is_empty());
    assert_eq!(codes(Transient::unsent_without_redirects), [425]);
}

#[test]
fn errors_are_statuses_from_400_to_599() {
    for (code, is_error) in [
        (200, false),
        (304, false),
        (399, false),
        (400, true),
        (599, true),
        (600, false),
    ] {
        let response = Response::builder().status(code).body(()).unwrap();
        assert_eq!(response.or_http_error().is_err(), is_error, "{code}");
    }
}

/// A date is one of the server's clock, whatever our clock shows.
#[test]
fn a_date_is_measured_against_the_date_of_the_response() {
    let asked = |date: Option<&str>, hint: &str| {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(hint).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        response.or_http_error().unwrap_err().verdict()
    };
    let sent = [
        "Sun, 06 Nov 1994 08:49:07 GMT",
        "Sunday, 06-Nov-94 08:49:07 GMT",
        "Sun Nov  6 08:49:07 1994",
    ];
    for sent in sent {
        for hint in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "30",
        ] {
            let wanted = Verdict::RetryAfter(30 * SECOND);
            assert_eq!(asked(Some(sent), hint), wanted, "{sent} {hint}");
        }
        for past in [
            "Sun, 06 Nov 1994 08:49:07 GMT",
            "Sun, 06 Nov 1994 08:48:00 GMT",
        ] {
            assert_eq!(asked(Some(sent), past), Verdict::Retry, "{sent} {past}");
        }
    }
    // Our clock is used if the response has no readable date. 1994 is past.
    for none in [None, Some("yesterday"), Some("120")] {
        let hint = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(asked(none, hint), Verdict::Retry, "{none:?}");
    }
}

#[test]
fn a_hint_counts_where_another_attempt_can_help() {
    for (status, hint, verdict) in [
        (503, Some("2"), Verdict::RetryAfter(2 * SECOND)),
        (503, Some("1.5"), Verdict::RetryAfter(SECOND * 3 / 2)),
        (503, Some("0"), Verdict::Retry),
        (503, Some("soon"), Verdict::Retry),
        (503, None, Verdict::Retry),
        (413, Some("2"), Verdict::RetryAfter(2 * SECOND)),
        (413, Some("0"), Verdict::Retry),
        (413, Some("soon"), Verdict::Final),
        (413, None, Verdict::Final),
        (404, Some("2"), Verdict::Final),
    ] {
        let error = error(status, hint);
        assert_eq!(error.verdict(), verdict, "{status} {hint:?}");
        assert!(!error.unsent());
    }
    assert!(!error(425, None).unsent() && error(425, None).unsent_without_redirects());
}

#[test]
fn the_text_of_a_status() {
    assert_eq!(error(404, None).to_string(), "404 Not Found");
    let busy = "429 Too Many Requests, to be retried after 30s";
    assert_eq!(error(429, Some("30")).to_string(), busy);
    assert!(error(404, None).source().is_none());
}

#[test]
fn what_is_inside_speaks() {
    for kind in [
        ErrorKind::ConnectionRefused,
        ErrorKind::ConnectionReset,
        ErrorKind::NotFound,
    ] {
        let (inside, error) = (
            io::Error::from(kind),
            HttpError::from(io::Error::from(kind)),
        );
        assert_eq!(error.verdict(), inside.verdict(), "{kind}");
        assert!(
            !error.unsent(),
            "of a client that may follow redirects: {kind}"
        );
        assert_eq!(error.unsent_without_redirects(), inside.unsent(), "{kind}");
        assert_eq!(error.to_string(), inside.to_string());
        assert_eq!(error.status(), None);
    }
    let retry_after = Some(SECOND);
    for interrupt in [
        Interrupt::AttemptTimeout,
        Interrupt::Deadline,
        Interrupt::CircuitOpen { retry_after },
        Interrupt::Cancelled,
    ] {
        let wrapped = HttpError::from(io::Error::from(interrupt));
        assert_eq!(wrapped.unsent(), interrupt.unsent(), "{interrupt}");
        let error = HttpError::from(interrupt);
        assert_eq!(error.verdict(), interrupt.verdict(), "{interrupt}");
        assert_eq!(error.unsent(), interrupt.unsent(), "{interrupt}");
        assert_eq!(error.to_string(), interrupt.to_string());
    }
}

/// An `io::Error` may be that of a client that follows redirects, behind any pointer or breaker.
#[test]
fn a_refused_connection_is_not_unsent_behind_a_pointer() {
    let refused = || io::Error::from(ErrorKind::ConnectionRefused);
    for error in [
        HttpError::transport(Arc::new(refused())),
        HttpError::transport(Box::new(refused())),
        HttpError::transport(CallError::Inner(refused())),
    ] {
        assert!(error.verdict().is_retry() && !error.unsent(), "{error:?}");
        assert!(error.unsent_without_redirects(), "{error:?}");
    }
}

/// As `anyhow` and loggers walk the chain: a text that is shown once is not shown again.
#[test]
fn causes_follow_the_text() {
    let below = io::Error::other("no certificate");
    let above = io::Error::other(Above(below));
    let error = HttpError::transport(above);
    assert_eq!(error.to_string(), "connecting: no certificate");
    assert_eq!(error.source().unwrap().to_string(), "no certificate");
}

#[derive(Debug)]
struct Above(io::Error);

impl std::fmt::Display for Above {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connecting")
    }
}

impl Error for Above {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn what_an_io_error_was_made_of_is_shown_once() {
    let error = HttpError::from(io::Error::other("worn out"));
    assert_eq!(error.to_string(), "worn out");
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let error = HttpError::from(io::Error::other(Above(refused)));
    assert_eq!(error.to_string(), "connecting: connection refused");
}

#[test]
fn keys_are_uuids_of_version_4() {
    for _ in 0..1000 {
        let key = idempotency_key();
        let text = key.to_string();
        let parts: Vec<_> = text.split('-').collect();
        let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{text}");
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        assert!(parts.concat().bytes().all(is_hex), "{text}");
        assert!(parts[2].starts_with('4'), "{text}");
        assert!(parts[3].starts_with(['8', '9', 'a', 'b']), "{text}");
        let value = HeaderValue::from(key);
        assert_eq!(value.to_str().unwrap(), format!("\"{text}\""));
        assert_eq!(format!("{key:?}"), format!("IdempotencyKey({text})"));
    }
}

#[test]
fn keys_differ_in_one_thread_and_between_threads() {
    let made = || (0..1000).map(|_| idempotency_key()).collect::<Vec<_>>();
    let threads: Vec<_> = (0..8).map(|_| thread::spawn(made)).collect();
    let keys = threads.into_iter().flat_map(|keys| keys.join().unwrap());
    let keys: HashSet<_> = keys.chain(made()).collect();
    assert_eq!(keys.len(), 9000);
}

/// All bits except the six of version and variant take both values.
#[test]
fn keys_use_all_their_bits() {
    let texts = (0..1000).map(|_| idempotency_key().to_string().replace('-', ""));
    let bits: Vec<_> = texts
        .map(|text| u128::from_str_radix(&text, 16).unwrap())
        .collect();
    let (ever, always) = bits.iter().fold((0, u128::MAX), |(ever, always), bits| {
        (ever | bits, always & bits)
    });
    assert_eq!((ever & !always).count_ones(), 122);
}
