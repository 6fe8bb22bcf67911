//! Hints of servers about a retry: `Retry-After`, and gRPC's pushback.
#![cfg(feature = "http")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::{fmt_http_date, parse_http_date};
use persevere_core::Verdict;
use persevere_core::http::{pushback, retry_after};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(31_556_952);

/// The first second of the year 10000, which no format can express.
const END: u64 = 253_402_300_800;

fn unix(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Returns the time of the RFC's example: Sun, 06 Nov 1994 08:49:37 GMT.
fn example() -> SystemTime {
    unix(784_111_777)
}

/// The three formats of `6 November 1994, 08:49:37` and of a day with two digits.
const DATES: [(&str, u64); 6] = [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
    ("Sun Nov  6 08:49:37 1994", 784_111_777),
    ("Thu, 29 Feb 1996 23:59:59 GMT", 825_638_399),
    ("Thursday, 29-Feb-96 23:59:59 GMT", 825_638_399),
    ("Thu Feb 29 23:59:59 1996", 825_638_399),
];

#[test]
fn seconds() {
    for (value, seconds) in [
        ("1", 1),
        ("120", 120),
        ("007", 7),
        ("18446744073709551615", u64::MAX),
        (" \t120\t ", 120),
    ] {
        let wanted = Some(Duration::from_secs(seconds));
        assert_eq!(retry_after(value, example()), wanted, "{value:?}");
    }
}

#[test]
fn fractions_of_seconds() {
    for (value, nanos) in [
        ("1.5", 1_500_000_000),
        ("0.25", 250_000_000),
        ("007.10", 7_100_000_000),
        ("0.000000001", 1),
        ("1.9999999999999999999999", 1_999_999_999),
    ] {
        let wanted = Some(Duration::from_nanos(nanos));
        assert_eq!(retry_after(value, example()), wanted, "{value}");
    }
    let longest = retry_after("18446744073709551616.5", example());
    assert_eq!(longest, Some(Duration::MAX));
}

#[test]
fn too_many_seconds_are_the_longest_pause() {
    for value in ["18446744073709551616", &"9".repeat(5_000)] {
        assert_eq!(retry_after(value, example()), Some(Duration::MAX));
    }
}

#[test]
fn dates_in_each_format() {
    for (date, seconds) in DATES {
        let before = unix(seconds) - 90 * SECOND;
        assert_eq!(retry_after(date, before), Some(90 * SECOND), "{date}");
        let spaced = format!("\t{date} ");
        assert_eq!(retry_after(spaced, before), Some(90 * SECOND), "{date}");
        let within = unix(seconds) - SECOND / 4;
        assert_eq!(retry_after(date, within), Some(SECOND / 4), "{date}");
    }
}

#[test]
fn zero_and_a_date_in_the_past_are_no_hint() {
    for zero in ["0", "000", "0.0", "0.0000000009"] {
        assert_eq!(retry_after(zero, example()), None, "{zero}");
    }
    for (date, seconds) in DATES {
        for now in [unix(seconds), unix(seconds) + SECOND / 4, unix(END)] {
            assert_eq!(retry_after(date, now), None, "{date}");
        }
    }
    for long_past in [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sat Jan  1 00:00:00 0000",
    ] {
        let pause = retry_after(long_past, example());
        assert_eq!(pause, None, "{long_past}");
    }
}

#[test]
fn a_clock_before_1970_counts_too() {
    let before = UNIX_EPOCH - 10 * SECOND;
    let pause = retry_after("Thu, 01 Jan 1970 00:00:05 GMT", before);
    assert_eq!(pause, Some(15 * SECOND));
    let pause = retry_after("Wed, 31 Dec 1969 23:59:53 GMT", before);
    assert_eq!(pause, None, "no such date");
}

#[test]
fn a_leap_second_is_the_first_of_the_next_day() {
    let now = unix(1_483_228_790); // 31 December 2016, 23:59:50
    for date in [
        "Sat, 31 Dec 2016 23:59:60 GMT",
        "Saturday, 31-Dec-16 23:59:60 GMT",
        "Sat Dec 31 23:59:60 2016",
        "Sun, 01 Jan 2017 00:00:00 GMT",
    ] {
        assert_eq!(retry_after(date, now), Some(10 * SECOND), "{date}");
    }
    for no_time in ["22:59:60", "23:58:60", "23:59:61", "24:00:00", "00:60:00"] {
        let date = format!("Sat, 31 Dec 2016 {no_time} GMT");
        assert_eq!(retry_after(&date, now), None, "{date}");
    }
}

/// No date. With its type: another crate may compare its own durations with std's.
const NEVER: [Duration; 0] = [];

/// Parses a date of RFC 850 under every weekday, one of which is right for the intended day.
fn rfc850(day: &str, now: SystemTime) -> Vec<Duration> {
    let weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
    weekdays
        .split(' ')
        .filter_map(|weekday| retry_after(format!("{weekday}, {day} 00:00:00 GMT"), now))
        .collect()
}

#[test]
fn two_digits_of_a_year_mean_the_latest_within_fifty_years() {
    let now = parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT").unwrap();
    let until = |date: &str| parse_http_date(date).unwrap().duration_since(now).unwrap();
    assert_eq!(rfc850("02-Jan-26", now), [DAY]);
    assert_eq!(rfc850("01-Jan-26", now), NEVER, "now");
    assert_eq!(
        rfc850("01-Jan-75", now),
        [until("Tue, 01 Jan 2075 00:00:00 GMT")],
    );
    assert_eq!(rfc850("01-Jan-77", now), NEVER, "past");
    assert_eq!(rfc850("31-Dec-99", now), NEVER, "past");

    let now = parse_http_date("Mon, 01 Jan 2080 00:00:00 GMT").unwrap();
    let until = |date: &str| parse_http_date(date).unwrap().duration_since(now).unwrap();
    assert_eq!(
        rfc850("01-Mar-00", now),
        [until("Mon, 01 Mar 2100 00:00:00 GMT")],
    );
    // 2100 is not a leap year, although 2000 was.
    assert_eq!(rfc850("29-Feb-00", now), NEVER);
    let end = parse_http_date("Fri, 31 Dec 9999 00:00:00 GMT").unwrap();
    assert_eq!(rfc850("31-Dec-99", end - DAY), [DAY], "the last of all");
}

#[test]
fn two_digits_of_a_year_are_counted_to_the_second() {
    let date = "Wednesday, 01-Jan-76 00:00:00 GMT"; // in 2076; 1976 began on a Thursday
    let fifty_years_before = parse_http_date("Wed, 01 Jan 2076 00:00:00 GMT").unwrap() - 50 * YEAR;
    assert_eq!(retry_after(date, fifty_years_before), Some(50 * YEAR));
    assert_eq!(retry_after(date, fifty_years_before - SECOND), None);
}

#[test]
fn anything_else_is_no_hint() {
    for value in [
        "",
        " ",
        "-1",
        "+1",
        "1.",
        ".5",
        "1.5.0",
        "1,5",
        "1.-5",
        "-1.5",
        "1.5e3",
        "1e3",
        "0x10",
        "1_000",
        "120s",
        "1 20",
        "120,",
        "120, 240",
        "120; q=1",
        "120\n",
        "\u{b}120",
        "\u{b}Sun, 06 Nov 1994 08:49:37 GMT",
        "\u{a0}120",
        "١٢٠",
        "१२०",
        "１２０",
        "²",
        "soon",
        "PT2M",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "sun, 06 nov 1994 08:49:37 GMT",
        "SUN, 06 NOV 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 006 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sun, 06 November 1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun,  06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, 120",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37.5 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT",
        "Sun, 06 Nov 1994 +8:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Thu, 00 Nov 1994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1995 08:49:37 GMT",
        "Sunday, 06-Nov-94\t08:49:37 GMT",
        "Sunday, 06-Nov-94X08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06-Nov-94-00 08:49:37 GMT",
        // The part that is out of its place, beside the century that is put in, would make a date.
        "Sunday, 12-Nov 8490-:49:37 GMT",
        "Sunday, 06 Nov -94 08:49:37 GMT-",
        "Sunday, 0-6 Nov-94 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Monday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov   6 08:49:37 1994",
        "Sun Nov  06 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun, Nov  6 08:49:37 1994",
    ] {
        assert_eq!(retry_after(value, example()), None, "{value:?}");
    }
    assert_eq!(retry_after(b"\xff120", example()), None);
    assert_eq!(retry_after(" ".repeat(100_000), example()), None);
}

#[test]
fn pushback_is_a_number_of_milliseconds() {
    for (value, millis) in [
        ("0", 0),
        ("1", 1),
        ("1500", 1500),
        ("2147483647", 2147483647),
    ] {
        let wanted = Verdict::RetryIn(Duration::from_millis(millis));
        assert_eq!(pushback(value), wanted, "{value:?}");
    }
}

#[test]
fn pushback_of_anything_else_is_final() {
    for value in [
        "",
        " ",
        "-1",
        "-0",
        "+1",
        "00",
        "007",
        "1.5",
        "1e3",
        " 1",
        "1 ",
        "1,2",
        "1s",
        "١",
        "2147483648",
        "-2147483648",
        "99999999999999999999",
        "never",
    ] {
        assert_eq!(pushback(value), Verdict::Final, "{value:?}");
    }
    assert_eq!(pushback(b"\xff1"), Verdict::Final);
}

proptest! {
    #[test]
    fn formatted_dates_are_read(date in 0..END, now in 0..END) {
        let text = fmt_http_date(unix(date));
        let pause = date.checked_sub(now).filter(|left| *left > 0);
        let pause = pause.map(Duration::from_secs);
        prop_assert_eq!(retry_after(&text, unix(now)), pause, "{}", text);

        let [weekday, day, month, year, time, _] = text.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        let (weekday, day) = (weekday.trim_matches(','), day.trim_start_matches('0'));
        let asctime = format!("{weekday} {month} {day:>2} {time} {year}");
        prop_assert_eq!(retry_after(&asctime, unix(now)), pause, "{}", asctime);
    }

    #[test]
    fn two_digits_are_within_fifty_years(date in 0..END, now in 0..END) {
        let text = fmt_http_date(unix(date));
        let day = format!("{}-{}-{}", &text[5..7], &text[8..11], &text[14..16]);
        let pauses = rfc850(&day, unix(now));
        prop_assert!(pauses.len() <= 1, "{}: {:?}", day, pauses);
        prop_assert!(pauses.iter().all(|pause| *pause <= 50 * YEAR), "{}: {:?}", day, pauses);
        if date.abs_diff(now) < 49 * YEAR.as_secs() {
            let midnight = date - date % DAY.as_secs();
            let pause = midnight.checked_sub(now).filter(|left| *left > 0);
            let pause: Vec<_> = pause.map(Duration::from_secs).into_iter().collect();
            prop_assert_eq!(pauses, pause, "{}", day);
        }
    }

    #[test]
    fn what_is_read_is_what_others_read(value in "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] (Jan|Feb|Apr|Dec) [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT") {
        let epoch = retry_after(&value, UNIX_EPOCH);
        if let Ok(date) = parse_http_date(&value) {
            let pause = date.duration_since(UNIX_EPOCH).unwrap();
            prop_assert_eq!(epoch, (!pause.is_zero()).then_some(pause));
        } else {
            prop_assert_eq!(epoch, None);
        }
    }

    #[test]
    fn garbage_is_no_hint(value in any::<Vec<u8>>(), now in any::<u32>()) {
        prop_assume!(!value.iter().all(|byte| b"0123456789.".contains(byte)));
        prop_assume!(!value.iter().any(|byte| b" \t".contains(byte)));
        prop_assert_eq!(retry_after(&value, unix(now.into())), None);
        prop_assert_eq!(pushback(&value), Verdict::Final);
    }

    #[test]
    fn pushback_is_what_prints_the_same(millis in any::<i32>()) {
        let verdict = pushback(millis.to_string());
        match u64::try_from(millis) {
            Ok(millis) => prop_assert_eq!(verdict, Verdict::RetryIn(Duration::from_millis(millis))),
            Err(_) => prop_assert_eq!(verdict, Verdict::Final),
        }
    }
}
