//! HTTP dates ([RFC 9110, section 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)).
//!
//! The crate `httpdate` parses them. It reads a two-digit year as one from 1970 to 2069, and rejects leap
//! seconds.

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use httpdate::{fmt_http_date, parse_http_date};

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Fifty years of the Gregorian calendar's mean length.
const FIFTY_YEARS: Duration = Duration::from_secs(50 * 31_556_952);

/// The last second of the year 9999, after which no date can be written.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

/// Parses a date in any of the three formats, as of `now`.
///
/// Returns `None` for any other text, for a day that does not exist, and for years before 1970.
pub(super) fn parse(text: &str, now: SystemTime) -> Option<SystemTime> {
    let leap_second = "23:59:60";
    if text.contains(leap_second) {
        let second_before = text.replace(leap_second, "23:59:59");
        return parse(&second_before, now)?.checked_add(Duration::from_secs(1));
    }
    match text.split_once(", ") {
        Some((weekday, date)) if WEEKDAYS.contains(&weekday) => rfc_850(weekday, date, now),
        // `httpdate` would also trim whitespace other than the spaces around a header's value.
        _ if text.trim() != text => None,
        _ => parse_http_date(text).ok(),
    }
}

/// Parses `Sunday, 06-Nov-94 08:49:37 GMT`.
///
/// The two digits stand for the latest such year that is at most 50 years after `now`.
fn rfc_850(weekday: &str, date: &str, now: SystemTime) -> Option<SystemTime> {
    let (day, date) = date.split_once('-')?;
    let (month, year_and_time) = date.split_once('-')?;
    // Of these widths, so that each part is where `httpdate` looks for it.
    if (day.len(), month.len(), year_and_time.len()) != (2, 3, "94 08:49:37 GMT".len()) {
        return None;
    }
    let latest = now.checked_add(FIFTY_YEARS)?;
    let latest = latest.clamp(UNIX_EPOCH, UNIX_EPOCH + LATEST);
    let century: u8 = fmt_http_date(latest).get(12..14)?.parse().ok()?;
    // `httpdate` requires the weekday, which depends on the date to be parsed.
    let date_in = |century: u8| {
        WEEKDAYS.iter().find_map(|name| {
            let date = format!("{}, {day} {month} {century}{year_and_time}", &name[..3]);
            Some((parse_http_date(&date).ok()?, *name))
        })
    };
    let (date, its_weekday) = date_in(century)
        .filter(|(date, _)| *date <= latest)
        .or_else(|| date_in(century - 1))?;
    (its_weekday == weekday).then_some(date)
}
