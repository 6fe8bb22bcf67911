//! Exhausted quotas and their renewal: `RateLimit` and similar headers.

use core::time::Duration;
use std::time::UNIX_EPOCH;

use ::http::{HeaderMap, StatusCode};

use super::retry_after::{number, sent, values};
use super::status::{StatusClass, classify};
use super::structured_fields;

/// Returns the time until the quota is renewed, if the response is an error because of the quota.
pub(super) fn time_to_reset(headers: &HeaderMap, status: StatusCode) -> Option<Duration> {
    if !matches!(
        classify(status),
        StatusClass::Transient | StatusClass::IfRateLimited
    ) {
        return None;
    }
    let by_reset = || {
        RESETS
            .iter()
            .find_map(|reset| reset.renewal(headers, status))
    };
    limits(headers).or_else(by_reset)
}

/// Returns the quota that the headers of a response announce, success or not: the calls that remain, and the time
/// until it is renewed.
///
/// These are the `r` and `t` of `RateLimit`, or else the pairs of headers that [`verdict_in`](super::verdict_in) reads.
/// Of several quotas it is the one that allows the fewest calls a second. A malformed header is none.
///
/// A call under a [`RateLimiter`](crate::RateLimiter) that uses `or_http_error()` takes it over by itself; other
/// clients hand it on: `GITHUB.observe(remaining, reset)`.
///
/// ```
/// # use persevere_core as persevere;
/// use http::HeaderMap;
/// use persevere::http::quota_in;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("ratelimit", "\"hour\";r=4000;t=1800, \"second\";r=3;t=1".parse()?);
/// assert_eq!(quota_in(&headers), Some((4000, Duration::from_secs(1800))));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn quota_in(headers: &HeaderMap) -> Option<(u64, Duration)> {
    let in_field = announced(headers);
    let in_pairs = || RESETS.iter().find_map(|reset| reset.quota(headers));
    let quotas = in_field.or_else(|| in_pairs().map(|quota| vec![quota]))?;
    let quotas = quotas.into_iter().filter(|(_, reset)| !reset.is_zero());
    quotas.min_by(|a, b| slowness(*a).total_cmp(&slowness(*b)).then(b.1.cmp(&a.1)))
}

/// Returns the calls a second of a quota.
fn slowness((remaining, reset): (u64, Duration)) -> f64 {
    remaining as f64 / reset.as_secs_f64()
}

/// Returns the longest reset of the exhausted limits in `RateLimit`.
fn limits(headers: &HeaderMap) -> Option<Duration> {
    let limits = announced(headers)?.into_iter();
    let used_up = limits.filter(|(remaining, _)| *remaining == 0);
    used_up.map(|(_, reset)| reset).max()
}

/// Returns the quotas in `RateLimit`: what remains, and the time until the reset.
fn announced(headers: &HeaderMap) -> Option<Vec<(u64, Duration)>> {
    let mut lines = values(headers, "ratelimit");
    let mut field = String::from(lines.next()?);
    // All lines of a list form one list (RFC 9651, 4.2).
    lines.for_each(|line| field.extend([",", line]));
    let limits = structured_fields::items(&field).map(|items| (items, ["r", "t"]));
    let (limits, names) = limits.or_else(|| {
        // Many servers send version 07 of the draft.
        let limit = structured_fields::dictionary(&field)?;
        Some((vec![limit], ["remaining", "reset"]))
    })?;
    let quotas = limits.iter().filter_map(|limit| {
        let [remaining, reset] = names.map(|name| structured_fields::number(limit, name));
        Some((remaining?, Duration::from_secs(reset?)))
    });
    Some(quotas.collect())
}

/// A header with the renewal of a quota, and the header with the remaining quota.
struct Reset {
    remaining: &'static str,
    reset: &'static str,
    /// Whether the reset may be a point in time instead of a number of seconds.
    may_be_time: bool,
}

const RESETS: [Reset; 4] = [
    Reset {
        remaining: "x-ratelimit-remaining",
        reset: "x-ratelimit-reset-after",
        may_be_time: false,
    },
    Reset {
        remaining: "ratelimit-remaining",
        reset: "ratelimit-reset",
        may_be_time: true,
    },
    Reset {
        remaining: "x-ratelimit-remaining",
        reset: "x-ratelimit-reset",
        may_be_time: true,
    },
    Reset {
        remaining: "x-rate-limit-remaining",
        reset: "x-rate-limit-reset",
        may_be_time: true,
    },
];

impl Reset {
    fn renewal(&self, headers: &HeaderMap, status: StatusCode) -> Option<Duration> {
        let remaining = values(headers, self.remaining).filter_map(number).min();
        let is_used_up = match remaining {
            Some(remaining) => remaining.is_zero(),
            None => matches!(status.as_u16(), 429 | 503),
        };
        is_used_up.then(|| self.longest(headers)).flatten()
    }

    fn quota(&self, headers: &HeaderMap) -> Option<(u64, Duration)> {
        let remaining = values(headers, self.remaining).filter_map(number).min()?;
        Some((remaining.as_secs(), self.longest(headers)?))
    }

    fn longest(&self, headers: &HeaderMap) -> Option<Duration> {
        let resets = values(headers, self.reset).filter_map(number);
        let resets = resets.filter_map(|reset| {
            if self.may_be_time {
                from_now(reset, headers)
            } else {
                Some(reset)
            }
        });
        resets.max()
    }
}

/// Returns the time left until a reset, a number of seconds.
///
/// A large number is a time since 1970. Larger ones are in milliseconds, microseconds and nanoseconds. A
/// number too large for any of them is the longest time.
fn from_now(reset: Duration, headers: &HeaderMap) -> Option<Duration> {
    const IS_TIME: u64 = 1_000_000_000;
    const IS_MILLIS: u64 = 1000 * IS_TIME;
    const IS_MICROS: u64 = 1000 * IS_MILLIS;
    const IS_NANOS: u64 = 1000 * IS_MICROS;
    let time = match reset.as_secs() {
        0..IS_TIME => return Some(reset),
        IS_TIME..IS_MILLIS => reset,
        IS_MILLIS..IS_MICROS => reset / 1000,
        IS_MICROS..IS_NANOS => reset / 1_000_000,
        IS_NANOS..u64::MAX => reset / 1_000_000_000,
        u64::MAX => reset,
    };
    let now = sent(headers)?.duration_since(UNIX_EPOCH);
    Some(time.saturating_sub(now.unwrap_or_default()))
}
