//! The `Retry-After` header.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use ::http::HeaderMap;
use ::http::header::{DATE, RETRY_AFTER};

use super::date;
use crate::time::clock::calendar;

/// Returns the time to wait that the value of a `Retry-After` header requests, counted from `now`: the time
/// of the response, which is its `Date` if it has one.
///
/// [`retry_after_in`] reads both. The value is a number of seconds, or a date in one of the three formats of
/// HTTP. Servers also send fractions of seconds, such as `1.5`, which RFC 9110 does not provide for. Zero and
/// a date in the past are no hint, and neither is anything else: a sign, a list, an unknown day or time zone.
/// A number of seconds that is too large for a [`Duration`] is the longest one. A limit, or
/// [`hint_max`](crate::wait::Backoff::hint_max), decides whether a hint is too long to be followed.
///
/// These rules apply to dates:
/// - They are in UTC, and case matters. The day of the week must be the right one.
/// - The two digits of an RFC 850 year stand for the latest such year that is at most 50 years after `now`.
/// - A leap second, `23:59:60`, is the first second of the next day.
/// - Years before 1970 are not supported.
///
/// Sources: [RFC 9110, section 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) for the
/// header, [section 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7) for dates.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::retry_after;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let now = UNIX_EPOCH + Duration::from_secs(784_111_747);       // 6 November 1994, 08:49:07
/// assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("1.5", now), Some(Duration::from_millis(1500)));
/// for date in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",      // IMF-fixdate, which all send today
///     "Sunday, 06-Nov-94 08:49:37 GMT",     // RFC 850
///     "Sun Nov  6 08:49:37 1994",           // asctime
/// ] {
///     assert_eq!(retry_after(date, now), Some(Duration::from_secs(30)));
/// }
/// assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now), None);
/// assert_eq!(retry_after("soon", now), None);
/// ```
///
/// A hint for an error of your own, without a `Date`:
///
/// ```
/// # use persevere_core as persevere;
/// # use std::time::SystemTime;
/// use persevere::{Transient, Verdict, http};
///
/// struct Refused { status: u16, retry_after: Option<String> }
///
/// impl Transient for Refused {
///     fn verdict(&self) -> Verdict {
///         let value = self.retry_after.as_deref();
///         match value.and_then(|value| http::retry_after(value, SystemTime::now())) {
///             Some(pause) => Verdict::RetryAfter(pause),
///             None => Verdict::retry_if(matches!(self.status, 429 | 503)),
///         }
///     }
/// }
/// # let refused = |value: &str| Refused { status: 503, retry_after: Some(value.into()) };
/// # assert_eq!(refused("2").verdict(), Verdict::RetryAfter(core::time::Duration::from_secs(2)));
/// # assert_eq!(refused("soon").verdict(), Verdict::Retry);
/// ```
pub fn retry_after(value: impl AsRef<[u8]>, now: SystemTime) -> Option<Duration> {
    asked(text(value.as_ref())?, Some(now)).filter(|pause| !pause.is_zero())
}

/// Returns the time to wait that the `Retry-After` among the headers of a response requests.
///
/// A date is counted from the `Date` header: the server's clock, whatever the local one shows. Without a
/// readable `Date` it is counted from now. The longest of several values holds.
///
/// Only this header is read; [`verdict_in`](super::verdict_in) reads the others too.
///
/// ```
/// # use persevere_core as persevere;
/// use http::HeaderMap;
/// use persevere::http::retry_after_in;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("Date", "Sun, 06 Nov 1994 08:49:07 GMT".parse()?);
/// headers.insert("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT".parse()?);
/// assert_eq!(retry_after_in(&headers), Some(Duration::from_secs(30)));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn retry_after_in(headers: &HeaderMap) -> Option<Duration> {
    asked_in(headers).filter(|pause| !pause.is_zero())
}

/// Returns the pause of [`retry_after_in`], with zero for a request to come back at once.
pub(super) fn asked_in(headers: &HeaderMap) -> Option<Duration> {
    let now = sent(headers);
    values(headers, RETRY_AFTER.as_str())
        .filter_map(|value| asked(value, now))
        .max()
}

/// Parses a value, with zero for a date in the past.
///
/// Without a clock only a number of seconds has a meaning.
fn asked(value: &str, now: Option<SystemTime>) -> Option<Duration> {
    number(value).or_else(|| {
        let now = now?;
        let date = date::parse(value, now)?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

/// Returns the time at which a response was sent, by its `Date`, or else about now.
pub(super) fn sent(headers: &HeaderMap) -> Option<SystemTime> {
    let now = calendar();
    let date = headers.get(DATE).and_then(|value| text(value.as_bytes()));
    let date = date.and_then(|value| date::parse(value, now.unwrap_or(UNIX_EPOCH)));
    date.or(now)
}

/// Returns the values of a header that are text.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| text(value.as_bytes()))
}

/// Returns a value as text, without the spaces and tabs around it, which are not part of the value.
fn text(value: &[u8]) -> Option<&str> {
    let value = core::str::from_utf8(value).ok()?;
    Some(value.trim_matches([' ', '\t']))
}

/// Parses a number of seconds in decimal digits, perhaps with a fraction, rounded down to the nanosecond.
///
/// A number that is too large gives the longest time.
pub(crate) fn number(value: &str) -> Option<Duration> {
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let nanos = format!("{fraction:0<9.9}").parse().ok()?;
    let whole = whole.parse();
    Some(whole.map_or(Duration::MAX, |seconds| Duration::new(seconds, nanos)))
}
