//! HTTP dates: RFC 9110, section 5.6.7.
//!
//! The crate `httpdate` reads them. It takes two digits of a year for one from 1970 to 2069, and knows no leap second.

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

/// Reads a date in any of the three formats, as of `now`; `None` for any other text, for a day that does not exist, and
/// for years before 1970.
pub(super) fn parse(text: &str, now: SystemTime) -> Option<SystemTime> {
    let leap_second = "23:59:60";
    if text.contains(leap_second) {
        let second_before = text.replace(leap_second, "23:59:59");
        return parse(&second_before, now)?.checked_add(Duration::from_secs(1));
    }
    match text.split_once(", ") {
        Some((weekday, date)) if WEEKDAYS.contains(&weekday) => rfc_850(weekday, date, now),
        // The crate would trim more than the spaces of a header's line.
        _ if text.trim() != text => None,
        _ => parse_http_date(text).ok(),
    }
}

/// Reads `Sunday, 06-Nov-94 08:49:37 GMT`: two digits are the latest such year that begins no more than 50 years after
/// `now`.
fn rfc_850(weekday: &str, date: &str, now: SystemTime) -> Option<SystemTime> {
    let (day, date) = date.split_once('-')?;
    let (month, year_and_time) = date.split_once('-')?;
    let latest = now.checked_add(FIFTY_YEARS)?;
    let latest = latest.clamp(UNIX_EPOCH, UNIX_EPOCH + LATEST);
    let century: u8 = fmt_http_date(latest).get(12..14)?.parse().ok()?;
    // The day of the week is known by the date, which has to be known first.
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
