//! The headers of a response, read at any time; `RateLimit` beside another reader of structured fields.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use http::{HeaderMap, HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;
use persevere_core::Verdict;
use persevere_core::http::{quota_in, retry_after_in, verdict_in};
use sfv::{BareItem, List, ListEntry, Parser};

/// Ends in the lines, so that a seed is headers as they are sent, but for its first bytes.
#[derive(Arbitrary, Debug)]
struct Answer<'a> {
    status: u16,
    lines: &'a str,
}

fuzz_target!(|answer: Answer| {
    let Ok(status) = StatusCode::from_u16(100 + answer.status % 900) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for line in answer.lines.split('\n') {
        let (name, value) = line.split_once(':').unwrap_or(("ratelimit", line));
        let name = name.parse::<http::HeaderName>();
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    let verdict = verdict_in(&headers, status);
    if let Some((_, reset)) = quota_in(&headers) {
        assert!(!reset.is_zero(), "a quota that is renewed now is none");
    }
    let is_error = (400..600).contains(&status.as_u16());
    assert!(is_error || verdict == Verdict::Final, "{verdict:?}");
    assert_ne!(verdict, Verdict::RetryAfter(Duration::ZERO));
    assert_ne!(retry_after_in(&headers), Some(Duration::ZERO));
    check_rate_limit(&headers);
});

/// On a 429 that has no other header. What encodes bytes, and lists in the list, are left to the grammar's own tests.
fn check_rate_limit(headers: &HeaderMap) {
    let mut alone = HeaderMap::new();
    for line in headers.get_all("ratelimit") {
        alone.append("ratelimit", line.clone());
    }
    let lines: Vec<_> = alone.values().map(HeaderValue::as_bytes).collect();
    let field = lines.join(&b","[..]);
    if field
        .iter()
        .any(|byte| !byte.is_ascii() || b":%(\t".contains(byte))
    {
        return;
    }
    let Ok(list) = Parser::new(&field).parse::<List>() else {
        return;
    };
    let resets = list.iter().filter_map(|entry| {
        let ListEntry::Item(item) = entry else {
            unreachable!("a list in the list")
        };
        let of = |name| match item.params.get(name) {
            Some(BareItem::Integer(number)) => u64::try_from(i64::from(*number)).ok(),
            _ => None,
        };
        (of("r")? == 0).then(|| of("t")).flatten()
    });
    let wanted = resets.max().filter(|seconds| *seconds > 0);
    let hint = verdict_in(&alone, StatusCode::TOO_MANY_REQUESTS).hint();
    assert_eq!(hint, wanted.map(Duration::from_secs));
}
