//! Dates of HTTP: RFC 9110, section 5.6.7.

use alloc::vec::Vec;

const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

const MONTHS: [(&str, i64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

const DAY: i64 = 86_400;

/// Of the Gregorian calendar's mean length.
const FIFTY_YEARS: i64 = 50 * 31_556_952;

/// The seconds from 1970 to a date in any of the three formats, read when it is `now`; `None` for any
/// other text, and for a day that does not exist.
pub(super) fn parse(text: &str, now: i64) -> Option<i64> {
    // No format has more than six words.
    let words: Vec<&str> = text.splitn(7, ' ').collect();
    let (weekday, date, time) = match words[..] {
        // IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`
        [weekday, day, month, year, time, "GMT"] => {
            let date = Date::new(number(year, 4)?, month, number(day, 2)?)?;
            (short(weekday.strip_suffix(',')?)?, date, clock(time)?)
        }
        // RFC 850: `Sunday, 06-Nov-94 08:49:37 GMT`
        [weekday, date, time, "GMT"] => {
            let [day, month, year] = three(date, '-')?;
            let date = Date::new(number(year, 2)?, month, number(day, 2)?)?;
            let time = clock(time)?;
            let latest = now.saturating_add(FIFTY_YEARS).saturating_sub(time);
            (long(weekday.strip_suffix(',')?)?, date.until(latest)?, time)
        }
        // asctime: `Sun Nov 16 08:49:37 1994`
        [weekday, month, day, time, year] => {
            let date = Date::new(number(year, 4)?, month, number(day, 2)?)?;
            (short(weekday)?, date, clock(time)?)
        }
        // asctime: `Sun Nov  6 08:49:37 1994`
        [weekday, month, "", day, time, year] => {
            let date = Date::new(number(year, 4)?, month, number(day, 1)?)?;
            (short(weekday)?, date, clock(time)?)
        }
        _ => return None,
    };
    (date.exists() && date.weekday() == weekday).then(|| date.start() + time)
}

#[derive(Clone, Copy)]
struct Date {
    year: i64,
    /// From zero.
    month: usize,
    day: i64,
}

impl Date {
    fn new(year: i64, month: &str, day: i64) -> Option<Self> {
        let month = MONTHS.iter().position(|(name, _)| *name == month)?;
        Some(Date { year, month, day })
    }

    /// In the last century in which it starts at `latest` or before.
    fn until(self, latest: i64) -> Option<Self> {
        let centuries = (0..100).rev();
        centuries
            .map(|century| Date {
                year: 100 * century + self.year,
                ..self
            })
            .find(|date| date.start() <= latest)
    }

    fn exists(self) -> bool {
        let (_, days) = MONTHS[self.month];
        let days = days + i64::from(self.month == 1 && is_leap(self.year));
        (1..=days).contains(&self.day)
    }

    /// Days from Thursday, 1 January 1970.
    fn days(self) -> i64 {
        let earlier = &MONTHS[..self.month];
        let days = 365 * (self.year - 1970) + leap_days(self.year - 1) - leap_days(1969);
        let leap_day = i64::from(self.month > 1 && is_leap(self.year));
        days + earlier.iter().map(|(_, days)| days).sum::<i64>() + leap_day + self.day - 1
    }

    /// Its midnight, in seconds from 1970.
    fn start(self) -> i64 {
        self.days() * DAY
    }

    /// Days from Sunday.
    fn weekday(self) -> usize {
        (self.days() + 4).rem_euclid(7) as usize
    }
}

/// Leap days from the beginning of the calendar to the end of a year.
fn leap_days(year: i64) -> i64 {
    year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
}

fn is_leap(year: i64) -> bool {
    leap_days(year) != leap_days(year - 1)
}

/// The seconds from midnight to `08:49:37`.
fn clock(text: &str) -> Option<i64> {
    let [hours, minutes, seconds] = three(text, ':')?;
    let (hours, minutes, seconds) = (number(hours, 2)?, number(minutes, 2)?, number(seconds, 2)?);
    let leap_second = (hours, minutes, seconds) == (23, 59, 60);
    let exists = hours < 24 && minutes < 60 && seconds < 60;
    (exists || leap_second).then_some(hours * 3600 + minutes * 60 + seconds)
}

fn long(name: &str) -> Option<usize> {
    WEEKDAYS.iter().position(|weekday| *weekday == name)
}

fn short(name: &str) -> Option<usize> {
    WEEKDAYS.iter().position(|weekday| &weekday[..3] == name)
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let parts: Vec<&str> = text.splitn(4, separator).collect();
    parts.try_into().ok()
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
