//! `Retry-After`.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use super::date;

/// How long the value of a `Retry-After` header asks to wait, counted from `now`.
///
/// It is a number of seconds, or a date in one of the three formats of HTTP; a date in the past is a
/// pause of zero. Anything else is `None`, no hint: a sign, a fraction, a list, an unknown day or time
/// zone. A number of seconds that is too large for a [`Duration`] is the longest one; that a hint may be
/// too long to be followed is decided where pauses are, by a limit or by
/// [`hint_max`](crate::wait::Backoff::hint_max).
///
/// Of dates this holds:
/// - They are in UTC, and case matters. The day of the week has to be the right one.
/// - The two digits of an RFC 850 year mean the latest such year that is not more than 50 years after
///   `now`.
/// - A leap second, `23:59:60`, is the first second of the next day.
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
/// for date in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",      // IMF-fixdate, which all send today
///     "Sunday, 06-Nov-94 08:49:37 GMT",     // RFC 850
///     "Sun Nov  6 08:49:37 1994",           // asctime
/// ] {
///     assert_eq!(retry_after(date, now), Some(Duration::from_secs(30)));
/// }
/// assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now), Some(Duration::ZERO));
/// assert_eq!(retry_after("soon", now), None);
/// ```
///
/// A hint for an error of your own:
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
/// # assert_eq!(refused("2.5").verdict(), Verdict::Retry);
/// ```
pub fn retry_after(value: impl AsRef<[u8]>, now: SystemTime) -> Option<Duration> {
    let value = core::str::from_utf8(value.as_ref()).ok()?;
    // Spaces and tabs around a value belong to the header's line, not to the value.
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = system_time(date::parse(value, seconds(now))?);
    // What the clock cannot express is long past.
    Some(date.map_or(Duration::ZERO, |date| {
        date.duration_since(now).unwrap_or_default()
    }))
}

/// Seconds since 1970, negative before.
fn seconds(time: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => whole(after),
        Err(before) => -whole(before.duration()),
    }
}

fn system_time(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}
