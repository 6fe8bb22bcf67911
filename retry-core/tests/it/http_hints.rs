//! Hints about a retry in the headers of a response: their kinds, their precedence, and their statuses.
#![cfg(feature = "http")]

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use persevere_core::Transient;
use persevere_core::Verdict::{self, Final, Retry, RetryAfter};
use persevere_core::http::{OrHttpError, retry_after_in, verdict_in};
use proptest::prelude::*;

/// Wed, 15 Jul 2026 10:35:47 GMT.
const SENT: u64 = 1_784_111_747;
const DATE: (&str, &str) = ("date", "Wed, 15 Jul 2026 10:35:47 GMT");

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let parse = |(name, value): &(&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().chain([&DATE]).map(parse) {
        headers.append(name, value);
    }
    headers
}

/// Returns the verdict of every function that computes one, after checking that all agree.
fn verdict(status: u16, lines: &[(&str, &str)]) -> Verdict {
    let (status, headers) = (StatusCode::from_u16(status).unwrap(), headers(lines));
    let verdict = verdict_in(&headers, status);
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Err(error) = response.or_http_error() {
        assert_eq!(error.verdict(), verdict, "{error}");
        assert_eq!(error.health(), status.health());
        assert_eq!(error.unsent(), status.unsent());
    }
    verdict
}

fn after(millis: u64) -> Verdict {
    RetryAfter(Duration::from_millis(millis))
}

#[test]
fn each_header_in_its_unit() {
    let in_half_a_minute = (SENT + 30).to_string();
    for (name, value, wanted) in [
        ("retry-after", "2", after(2000)),
        ("retry-after", "2.5", after(2500)),
        (
            "retry-after",
            "Wed, 15 Jul 2026 10:36:17 GMT",
            after(30_000),
        ),
        ("retry-after-ms", "1500", after(1500)),
        (
            "Retry-After-Ms",
            "1500.5",
            RetryAfter(Duration::from_micros(1_500_500)),
        ),
        ("x-ms-retry-after-ms", "250", after(250)),
        ("x-amz-retry-after", "1500", after(1500)),
        ("ratelimit", "\"default\";r=0;t=7", after(7000)),
        ("ratelimit", "default;r=0;t=7", after(7000)),
        ("ratelimit", "limit=100, remaining=0, reset=7", after(7000)),
        ("x-ratelimit-reset-after", "64.57", after(64_570)),
        ("ratelimit-reset", "7", after(7000)),
        ("ratelimit-reset", &in_half_a_minute, after(30_000)),
        ("x-ratelimit-reset", "7", after(7000)),
        ("x-ratelimit-reset", &in_half_a_minute, after(30_000)),
        ("x-ratelimit-reset", "1784111777.25", after(30_250)),
        ("x-ratelimit-reset", "1784111777250", after(30_250)),
        ("x-rate-limit-reset", &in_half_a_minute, after(30_000)),
    ] {
        for status in [429, 503] {
            assert_eq!(
                verdict(status, &[(name, value)]),
                wanted,
                "{status} {name}: {value}"
            );
        }
        let spaced = format!(" {value}\t");
        assert_eq!(verdict(429, &[(name, &spaced)]), wanted, "{name}: {value}");
    }
}

#[test]
fn the_first_that_can_be_read_says_how_long() {
    let all = [
        ("retry-after-ms", "1000"),
        ("x-ms-retry-after-ms", "2000"),
        ("x-amz-retry-after", "3000"),
        ("retry-after", "4"),
        ("ratelimit", "\"default\";r=0;t=5"),
        ("x-ratelimit-reset-after", "6"),
        ("ratelimit-reset", "7"),
        ("x-ratelimit-reset", "8"),
        ("x-rate-limit-reset", "9"),
    ];
    for first in 0..all.len() {
        let wanted = after(1000 * (first as u64 + 1));
        let mut lines = all[first..].to_vec();
        assert_eq!(verdict(429, &lines), wanted, "{lines:?}");
        lines.reverse();
        assert_eq!(verdict(429, &lines), wanted, "{lines:?}");
        // An unreadable hint is skipped.
        let malformed = all[..first].iter().map(|(name, _)| (*name, "soon; maybe"));
        lines.extend(malformed);
        assert_eq!(verdict(429, &lines), wanted, "{lines:?}");
    }
}

#[test]
fn what_is_malformed_is_no_hint() {
    let numbers = [
        "", "-1", "+1", "1e3", "0x10", "1,5", "1.", ".5", "1 2", "5s", "NaN", "Infinity", "None",
        "soon",
    ];
    for name in [
        "retry-after",
        "retry-after-ms",
        "x-ms-retry-after-ms",
        "x-amz-retry-after",
        "x-ratelimit-reset-after",
        "ratelimit-reset",
        "x-ratelimit-reset",
        "x-rate-limit-reset",
        "x-should-retry",
    ] {
        for value in numbers {
            assert_eq!(verdict(503, &[(name, value)]), Retry, "{name}: {value}");
            assert_eq!(verdict(403, &[(name, value)]), Final, "{name}: {value}");
        }
    }
}

#[test]
fn absurd_values_are_the_longest_pause() {
    let absurd = "9".repeat(400);
    for name in ["retry-after", "x-ratelimit-reset-after"] {
        assert_eq!(
            verdict(503, &[(name, &absurd)]),
            RetryAfter(Duration::MAX),
            "{name}"
        );
    }
    let years = Duration::from_secs(1_000_000 * 31_556_952);
    for name in [
        "retry-after-ms",
        "x-ms-retry-after-ms",
        "ratelimit-reset",
        "x-ratelimit-reset",
    ] {
        let Some(pause) = verdict(503, &[(name, &absurd)]).hint() else {
            panic!("{name}")
        };
        assert!(pause > years, "{name}: {pause:?}");
    }
}

/// Statuses of a rate limit, of a conflict, a lock or a temporarily large request, and unregistered ones.
#[test]
fn a_hint_is_a_request_to_come_back() {
    for status in [403, 409, 413, 420, 423, 430, 499, 507, 525, 526] {
        assert_eq!(verdict(status, &[]), Final, "{status}");
        for name in ["retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after"] {
            assert_eq!(
                verdict(status, &[(name, "500")]),
                after(500),
                "{status} {name}"
            );
        }
        assert_eq!(
            verdict(status, &[("retry-after", "2")]),
            after(2000),
            "{status}"
        );
        let date = "Wed, 15 Jul 2026 10:36:17 GMT";
        assert_eq!(
            verdict(status, &[("retry-after", date)]),
            after(30_000),
            "{status}"
        );
        assert_eq!(
            verdict(status, &[("retry-after", "soon")]),
            Final,
            "{status}"
        );
    }
    for status in [
        408, 425, 429, 500, 502, 503, 504, 509, 520, 524, 529, 530, 561, 599,
    ] {
        assert_eq!(verdict(status, &[]), Retry, "{status}");
        assert_eq!(
            verdict(status, &[("retry-after", "2")]),
            after(2000),
            "{status}"
        );
    }
}

#[test]
fn a_hint_of_zero_retries_and_adds_no_floor() {
    for status in [403, 409, 413, 423, 429, 503, 529] {
        for line in [
            ("retry-after", "0"),
            ("retry-after", "0.0"),
            ("retry-after", "Wed, 15 Jul 2026 10:35:47 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after-ms", "0"),
            ("x-ms-retry-after-ms", "0"),
            ("x-amz-retry-after", "0"),
        ] {
            assert_eq!(verdict(status, &[line]), Retry, "{status} {line:?}");
        }
    }
    let reset = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1784111746"),
    ];
    assert_eq!(
        verdict(403, &reset),
        Retry,
        "a quota that is renewed already"
    );
}

#[test]
fn a_hint_does_not_help_a_request_that_is_refused_as_it_is() {
    for status in [
        400, 401, 402, 404, 405, 406, 407, 410, 411, 412, 414, 415, 416, 417, 421, 422, 428, 431,
        451,
    ] {
        assert_eq!(verdict(status, &[("retry-after", "2")]), Final, "{status}");
    }
    for status in [501, 505, 506, 508, 510, 511] {
        assert_eq!(verdict(status, &[("retry-after", "2")]), Final, "{status}");
    }
}

#[test]
fn no_hint_makes_an_error_of_another_response() {
    for status in [100, 200, 202, 204, 301, 304, 307, 399, 600, 700, 999] {
        for line in [
            ("retry-after", "2"),
            ("x-should-retry", "true"),
            ("ratelimit", "a;r=0;t=7"),
        ] {
            assert_eq!(verdict(status, &[line]), Final, "{status} {line:?}");
        }
    }
}

#[test]
fn x_should_retry_is_said_before_the_status() {
    for status in [400, 404, 409, 429, 500, 501, 503] {
        for no in ["false", "False", "FALSE"] {
            let lines = [("x-should-retry", no), ("retry-after", "2")];
            assert_eq!(verdict(status, &lines[..1]), Final, "{status}");
            assert_eq!(verdict(status, &lines), Final, "{status}");
        }
        for yes in ["true", "True"] {
            let lines = [("x-should-retry", yes), ("retry-after", "2")];
            assert_eq!(verdict(status, &lines[..1]), Retry, "{status}");
            assert_eq!(verdict(status, &lines), after(2000), "{status}");
        }
    }
    let both = [("x-should-retry", "true"), ("x-should-retry", "false")];
    assert_eq!(verdict(503, &both), Final);
}

#[test]
fn of_several_values_the_longest_holds() {
    for name in ["retry-after", "x-ratelimit-reset", "ratelimit-reset"] {
        let lines = [(name, "2"), (name, "30"), (name, "soon"), (name, "7")];
        assert_eq!(verdict(429, &lines), after(30_000), "{name}");
    }
    let lines = [("retry-after-ms", "2"), ("retry-after-ms", "30")];
    assert_eq!(verdict(429, &lines), after(30));
    let headers = headers(&[("retry-after", "2"), ("retry-after", "30")]);
    assert_eq!(retry_after_in(&headers), Some(Duration::from_secs(30)));
}

#[test]
fn retry_after_in_reads_that_header_alone() {
    let others = [
        ("retry-after-ms", "10"),
        ("ratelimit", "a;r=0;t=7"),
        ("x-ratelimit-reset", "7"),
    ];
    assert_eq!(retry_after_in(&headers(&others)), None);
    assert_eq!(retry_after_in(&headers(&[("retry-after", "0")])), None);
}

#[test]
fn a_quota_counts_where_it_is_used_up() {
    for (remaining, reset) in [
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("x-ratelimit-remaining", "x-ratelimit-reset-after"),
        ("x-rate-limit-remaining", "x-rate-limit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
    ] {
        for (left, wanted) in [("0", after(60_000)), ("1", Retry), ("4999", Retry)] {
            let lines = [(remaining, left), (reset, "60")];
            assert_eq!(verdict(429, &lines), wanted, "{lines:?}");
            assert_eq!(verdict(500, &lines), wanted, "{lines:?}");
        }
        // GitHub limits its rates with 403, and others with codes of their own.
        for status in [403, 420, 430] {
            let used_up = [(remaining, "0"), (reset, "60")];
            assert_eq!(
                verdict(status, &used_up),
                after(60_000),
                "{status} {used_up:?}"
            );
            let left = [(remaining, "17"), (reset, "60")];
            assert_eq!(verdict(status, &left), Final, "{status} {left:?}");
            assert_eq!(verdict(status, &[(reset, "60")]), Final, "{status} {reset}");
        }
        // A status with a cause of its own does not pass when the quota is renewed.
        for status in [401, 404, 409, 413, 423, 501, 507, 526] {
            let used_up = [(remaining, "0"), (reset, "60")];
            assert_eq!(verdict(status, &used_up), Final, "{status} {used_up:?}");
        }
        // Nothing states that the quota is used up.
        assert_eq!(verdict(429, &[(reset, "60")]), after(60_000), "{reset}");
        assert_eq!(verdict(503, &[(reset, "60")]), after(60_000), "{reset}");
        assert_eq!(verdict(500, &[(reset, "60")]), Retry, "{reset}");
    }
}

#[test]
fn github_at_its_limits() {
    let primary = [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-used", "5000"),
        ("x-ratelimit-reset", "1784114747"),
        ("x-ratelimit-resource", "core"),
    ];
    assert_eq!(verdict(403, &primary), after(3_000_000));
    assert_eq!(verdict(429, &primary), after(3_000_000));
    let secondary = [
        ("retry-after", "60"),
        ("x-ratelimit-remaining", "4321"),
        ("x-ratelimit-reset", "1784114747"),
    ];
    assert_eq!(verdict(403, &secondary), after(60_000));
    assert_eq!(verdict(429, &secondary[1..]), Retry);
    assert_eq!(verdict(403, &secondary[1..]), Final, "no permission");
}

#[test]
fn rate_limit_is_a_structured_field() {
    for (field, wanted) in [
        ("\"default\";r=0;t=7", after(7000)),
        ("default;r=0;t=7", after(7000)),
        ("\"default\";t=7;r=0", after(7000)),
        ("\"default\"; r=0;  t=7", after(7000)),
        (
            "\"default\";r=0;t=7;pk=:cHsdsRa894==:;acme-burst=?1;f=1.5;s=\"a;r=5,\\\"\"",
            after(7000),
        ),
        ("\"a\\\\\\\"b;r=9\";r=0;t=7", after(7000)),
        (
            "*tok:/en;r=0;t=7;at=@1659578233;name=%\"f%c3%bc\"",
            after(7000),
        ),
        (":YQ==:;r=0;t=7", after(7000)),
        ("5;r=0;t=7", after(7000)),
        ("\"a\";r=5;r=0;t=1;t=7", after(7000)), // the last of a key holds
        ("\"burst\";r=0;t=7,\"daily\";r=100;t=40000", after(7000)),
        (
            "\"burst\";r=0;t=7\t ,\t \"daily\";r=0;t=40000",
            after(40_000_000),
        ),
        ("\"default\";r=0;t=0", Retry),
        ("\"default\";r=0", Retry),
        ("\"default\";t=7", Retry),
        ("\"default\";r=50;t=30", Retry),
        ("\"default\";r=0.5;t=7", Retry),
        ("\"default\";r=-1;t=7", Retry),
        ("\"default\";r=0;t=-7", Retry),
        ("\"default\";r=0;t=7.0", Retry),
        ("\"default\";r=0;t=\"7\"", Retry),
        (
            "\"default\";r=0;t=999999999999999",
            after(999_999_999_999_999_000),
        ),
        ("limit=100, remaining=0, reset=7", after(7000)),
        ("limit=100,remaining=0,reset=7;x=1", after(7000)),
        ("limit=100, remaining=3, reset=7", Retry),
        ("remaining=0", Retry),
        // Each form has its own names.
        ("\"default\";remaining=0;reset=7", Retry),
        ("r=0, t=7", Retry),
        // Malformed, and therefore ignored as a whole.
        ("", Retry),
        ("\"default", Retry),
        ("\"default\"r=0;t=7", Retry),
        ("\"default\";r=0;t=7,", Retry),
        (",\"default\";r=0;t=7", Retry),
        ("\"default\";r=0;t=7,,\"b\";r=0;t=8", Retry),
        ("\"default\";r=0;t=7 \"b\"", Retry),
        ("\"default\";R=0;T=7", Retry),
        ("\"default\" ;r=0;t=7", Retry),
        ("\"default\";r =0;t=7", Retry),
        ("\"default\";r= 0;t=7", Retry),
        ("\"default\";r=;t=7", Retry),
        ("\"default\";r=0;t=7;", Retry),
        ("\"default\";r=0;t=1234567890123456", Retry),
        ("\"default\";r=0;t=7;f=1.", Retry),
        ("\"default\";r=0;t=7;f=1.2345", Retry),
        ("\"default\";r=0;t=7;b=?2", Retry),
        ("\"default\";r=0;t=7;d=@1.5", Retry),
        ("\"default\";r=0;t=7;n=%\"%C3\"", Retry),
        ("\"def\\ault\";r=0;t=7", Retry),
        ("(\"a\" \"b\");r=0;t=7", Retry),
        ("r=0;t=7", Retry),
        ("-;r=0;t=7", Retry),
    ] {
        assert_eq!(verdict(429, &[("ratelimit", field)]), wanted, "{field}");
    }
}

#[test]
fn lines_of_rate_limit_are_one_list() {
    let lines = [
        ("ratelimit", "\"a\";r=0;t=7"),
        ("RateLimit", "\"b\";r=0;t=9, \"c\";r=1;t=99"),
    ];
    assert_eq!(verdict(429, &lines), after(9000));
    let broken = [("ratelimit", "\"a\";r=0;t=7"), ("ratelimit", "\"b")];
    assert_eq!(verdict(429, &broken), Retry);
}

#[test]
fn a_reset_without_a_date_is_counted_from_now() {
    let mut headers = headers(&[("x-ratelimit-remaining", "0")]);
    headers.remove("date");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let reset = now.unwrap().as_secs() + 3600;
    headers.insert("x-ratelimit-reset", HeaderValue::from(reset));
    let pause = verdict_in(&headers, StatusCode::FORBIDDEN).hint().unwrap();
    assert!((3000..=3600).contains(&pause.as_secs()), "{pause:?}");
}

#[test]
fn a_reset_in_microseconds_or_nanoseconds_is_a_time() {
    for (reset, wanted) in [
        ("1784111777000", after(30_000)),
        ("1784111777000000", after(30_000)),
        ("1784111777000000000", after(30_000)),
        ("1784111746000000", Retry),
        ("1784111746000000000", Retry),
    ] {
        for name in ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"] {
            assert_eq!(verdict(429, &[(name, reset)]), wanted, "{name}: {reset}");
        }
    }
}

#[test]
fn the_text_says_what_is_asked_for() {
    let text = |status: u16, lines: &[(&str, &str)]| {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        *response.headers_mut() = headers(lines);
        response.or_http_error().unwrap_err().to_string()
    };
    let (pause, yes, no) = (
        ("retry-after", "2"),
        ("x-should-retry", "true"),
        ("x-should-retry", "false"),
    );
    assert_eq!(text(503, &[]), "503 Service Unavailable");
    assert_eq!(
        text(503, &[pause]),
        "503 Service Unavailable, to be retried after 2s"
    );
    assert_eq!(
        text(503, &[("retry-after", "0")]),
        "503 Service Unavailable, to be retried"
    );
    assert_eq!(
        text(503, &[no, pause]),
        "503 Service Unavailable, not to be retried"
    );
    assert_eq!(text(404, &[pause]), "404 Not Found");
    assert_eq!(text(404, &[yes]), "404 Not Found, to be retried");
}

const NAMES: [&str; 13] = [
    "retry-after",
    "retry-after-ms",
    "x-ms-retry-after-ms",
    "x-amz-retry-after",
    "x-should-retry",
    "ratelimit",
    "x-ratelimit-reset-after",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-rate-limit-reset",
    "date",
];

proptest! {
    #[test]
    fn any_headers_are_read(
        status in 100_u16..1000,
        lines in proptest::collection::vec((0..NAMES.len(), "[ -~\t\u{80}-\u{ff}]{0,40}"), 0..6),
    ) {
        let lines: Vec<_> = lines.iter().map(|(name, value)| (NAMES[*name], value.as_str())).collect();
        let verdict = verdict(status, &lines);
        prop_assert!((400..600).contains(&status) || verdict == Final);
        prop_assert_ne!(verdict, RetryAfter(Duration::ZERO));
    }

    #[test]
    fn milliseconds_are_seconds_by_a_thousand(millis in 1_u64..1 << 50) {
        let value = millis.to_string();
        for name in ["retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after"] {
            prop_assert_eq!(verdict(503, &[(name, &value)]), after(millis));
        }
        let seconds = format!("{}.{:03}", millis / 1000, millis % 1000);
        prop_assert_eq!(verdict(503, &[("retry-after", &seconds)]), after(millis));
    }

    #[test]
    fn a_reset_is_one_moment_however_it_is_said(seconds in 1_u64..1 << 30) {
        let seconds = seconds.min(999_999_999);
        let time = SENT + seconds;
        let said = [seconds, time, time * 1000, time * 1_000_000, time * 1_000_000_000];
        let said = said.map(|number| number.to_string());
        for value in &said {
            prop_assert_eq!(verdict(429, &[("x-ratelimit-reset", value)]), after(1000 * seconds));
        }
    }

    #[test]
    fn limits_are_read_whatever_stands_beside_them(
        before in "[a-z*][a-z0-9*_.-]{0,5}(=(-?[0-9]{1,15}|[0-9]{1,12}\\.[0-9]{1,3}|\\?[01]|\"[ !#-Z^-~]{0,8}\"|:[A-Za-z0-9+/=]{0,8}:|[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]{0,8}))?",
        name in "\"[ !#-Z^-~]{0,8}\"|[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]{0,8}|-?[0-9]{1,15}",
        seconds in 1_u64..1_000_000,
    ) {
        let field = format!("{name};{before};r=0; t={seconds}, \"other\";r=1;t=99999999");
        prop_assert_eq!(verdict(429, &[("ratelimit", &field)]), after(1000 * seconds), "{}", field);
    }
}
