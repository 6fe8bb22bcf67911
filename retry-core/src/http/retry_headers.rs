//! A server's hints to retry or not, in the headers of a response.

use core::time::Duration;

use ::http::{HeaderMap, StatusCode};

use super::rate_limit;
use super::retry_after::{asked_in, number, values};
use super::status::{StatusClass, classify};
use crate::call::outcome::Verdict;

/// Returns the verdict on a response, by its status and the hints of its headers.
///
/// It is the verdict of a response under `transient()` and of [`HttpError`](super::HttpError), and is of use
/// for an error of your own.
///
/// Any status other than 4xx and 5xx is final. Otherwise the first of these that applies decides whether to
/// retry:
///
/// 1. `x-should-retry: true` or `false`, of Stainless's SDKs and their servers (OpenAI, Anthropic:
///    [openai-python, `_should_retry`](https://github.com/openai/openai-python/blob/main/src/openai/_base_client.py)).
///    If two values differ, `false` holds.
/// 2. A requested pause, even of zero, on a [status](crate::Transient#impl-Transient-for-StatusCode) that can
///    pass, and on 403, 409, 413, 423, 507, 525, 526 and any 4xx without a meaning of its own: the server
///    requests another attempt. On the other statuses it changes nothing. They refuse the request itself,
///    which would be the same one again.
/// 3. The status.
///
/// The pause is a floor, [`RetryAfter`](Verdict::RetryAfter). A pause of zero gives a plain
/// [`Retry`](Verdict::Retry). The first of these headers that can be read determines the pause:
///
/// | header | unit | its source |
/// |---|---|---|
/// | `retry-after-ms` | milliseconds | OpenAI, Azure: [openai-python, `_parse_retry_after_header`](https://github.com/openai/openai-python/blob/main/src/openai/_base_client.py) |
/// | `x-ms-retry-after-ms` | milliseconds | Azure: [azure-core, `throttlingRetryStrategy`](https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/core/core-rest-pipeline/src/retryStrategies/throttlingRetryStrategy.ts), which also reads milliseconds first |
/// | `x-amz-retry-after` | milliseconds | AWS: [smithy-rs, `ErrorMetadata`](https://github.com/smithy-lang/smithy-rs/blob/main/aws/rust-runtime/aws-runtime/src/retries/classifiers.rs) |
/// | `Retry-After` | seconds, or a [date](super::retry_after) | [RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) |
/// | `RateLimit`: the longest `t` of those whose `r` is 0 | seconds | [draft-ietf-httpapi-ratelimit-headers](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/), whose section on clients puts `Retry-After` first; `remaining` and `reset` of its version 07 are read too |
/// | `x-ratelimit-reset-after` | seconds | [Discord](https://discord.com/developers/docs/topics/rate-limits#header-format) |
/// | `RateLimit-Reset` | seconds, or a time | the draft [up to 06](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06), gateways; a time from [GitLab](https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/) |
/// | `x-ratelimit-reset`, `x-rate-limit-reset` | seconds, or a time | a time from [GitHub](https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api), Discord, X, Okta; seconds from others |
///
/// - The last four hold the renewal of a quota, and come with successes too. They count if the quota is used
///   up: if the matching `…-Remaining` is 0, or, without one, on 429 and 503. Then they make a 403 and an
///   unknown 4xx transient, as GitHub requests, but no 409, 413, 423 and the like.
/// - A reset is a time in seconds since 1970 from 10⁹ on, in milliseconds from 10¹² on, in microseconds from
///   10¹⁵ on, and in nanoseconds from 10¹⁸ on. Smaller numbers are seconds from now: nobody requests a wait
///   of 31 years.
/// - Numbers are decimal digits, with or without a fraction. A malformed value is no hint, and the next
///   header is read. A number that is too large is the longest pause: see
///   [`hint_max`](crate::wait::Backoff::hint_max).
/// - Times and dates are counted from the response's `Date` or, without one, from now.
/// - The longest pause of several values of one header holds.
///
/// ```
/// # use persevere_core as persevere;
/// use http::{HeaderMap, StatusCode};
/// use persevere::{Verdict, http::verdict_in};
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(verdict_in(&headers, StatusCode::FORBIDDEN), Verdict::Final);
///
/// headers.insert("Date", "Wed, 15 Jul 2026 10:35:47 GMT".parse()?);
/// headers.insert("x-ratelimit-remaining", "0".parse()?);
/// headers.insert("x-ratelimit-reset", "1784111777".parse()?); // 10:36:17
/// let after = Verdict::RetryAfter(Duration::from_secs(30));
/// assert_eq!(verdict_in(&headers, StatusCode::FORBIDDEN), after);
///
/// headers.insert("retry-after-ms", "1500".parse()?);
/// let after = Verdict::RetryAfter(Duration::from_millis(1500));
/// assert_eq!(verdict_in(&headers, StatusCode::TOO_MANY_REQUESTS), after);
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn verdict_in(headers: &HeaderMap, status: StatusCode) -> Verdict {
    RetryHeaders::of(headers, status).verdict(status)
}

/// The hints in the headers of a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryHeaders {
    /// The pause before another attempt. Zero requests another attempt at once.
    pub(super) retry_after: Option<Duration>,
    /// Whether the server requests another attempt or none, whatever the status is.
    pub(super) should_retry: Option<bool>,
}

impl RetryHeaders {
    pub(super) fn of(headers: &HeaderMap, status: StatusCode) -> Self {
        RetryHeaders {
            retry_after: pause(headers, status),
            should_retry: should_retry(headers),
        }
    }

    pub(super) fn verdict(self, status: StatusCode) -> Verdict {
        let is_asked_for = match (self.should_retry, classify(status)) {
            _ if !is_error(status) => return Verdict::Final,
            (Some(wanted), _) => wanted,
            (None, StatusClass::Transient) => true,
            (None, StatusClass::IfRateLimited | StatusClass::IfAsked) => self.retry_after.is_some(),
            (None, StatusClass::Final) => false,
        };
        match self.retry_after {
            Some(pause) if is_asked_for && !pause.is_zero() => Verdict::RetryAfter(pause),
            _ => Verdict::retry_if(is_asked_for),
        }
    }
}

/// Returns whether a response is an error: 4xx and 5xx.
pub(crate) fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Headers in milliseconds, which are more precise than those in seconds that may accompany them.
const MILLIS: [&str; 3] = ["retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after"];

fn pause(headers: &HeaderMap, status: StatusCode) -> Option<Duration> {
    let millis = |name: &&str| values(headers, name).filter_map(number).max();
    let millis = MILLIS.iter().find_map(millis);
    let asked = millis.map(|pause| pause / 1000);
    let asked = asked.or_else(|| asked_in(headers));
    asked.or_else(|| rate_limit::time_to_reset(headers, status))
}

fn should_retry(headers: &HeaderMap) -> Option<bool> {
    let words = values(headers, "x-should-retry").filter_map(|word| match word {
        _ if word.eq_ignore_ascii_case("true") => Some(true),
        _ if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    });
    words.reduce(|one, other| one && other)
}
