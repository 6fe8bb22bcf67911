//! Hints of servers and deadlines of callers, read at any time.
#![no_main]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use persevere_core::Verdict;
use persevere_core::http::{grpc_timeout, pushback, retry_after};

/// Ends in the value, so that a seed is the header as it is sent, but for its first bytes.
#[derive(Arbitrary, Debug)]
struct Answer<'a> {
    now: i64,
    value: &'a [u8],
}

const CENTURY: Duration = Duration::from_secs(100 * 31_556_952);

fuzz_target!(|answer: Answer| {
    let value = answer.value;
    let distance = Duration::from_secs(answer.now.unsigned_abs());
    let now = match answer.now {
        0.. => UNIX_EPOCH.checked_add(distance),
        _ => UNIX_EPOCH.checked_sub(distance),
    };
    if let Some(now) = now {
        check_retry_after(value, now);
    }
    check_pushback(value);
    check_grpc_timeout(value);
});

fn check_retry_after(value: &[u8], now: SystemTime) {
    let pause = retry_after(value, now);
    let Some(text) = std::str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii())
    else {
        return assert_eq!(pause, None);
    };
    let text = text.trim_matches([' ', '\t']);
    let (first, last) = (text.bytes().next(), text.bytes().last());
    if let Some(wanted) = seconds(text) {
        return assert_eq!(pause, Some(wanted).filter(|wanted| !wanted.is_zero()));
    }
    // A crate that does not know the century from the clock, and trims more than spaces.
    let whole = first.is_some_and(|first| first.is_ascii_alphabetic())
        && last.is_some_and(|last| last.is_ascii_alphanumeric());
    let century_is_written = !text.contains("day,");
    if let Some(date) = httpdate::parse_http_date(text)
        .ok()
        .filter(|_| whole && century_is_written)
    {
        let wanted = date.duration_since(now).ok();
        return assert_eq!(pause, wanted.filter(|wanted| !wanted.is_zero()));
    }
    match pause {
        None => {}
        Some(pause) if text.contains("day,") => assert!(pause <= CENTURY / 2, "{pause:?}"),
        Some(pause) => {
            let leap_second = text.contains("23:59:60");
            assert!(leap_second, "{pause:?} to a date that is none");
        }
    }
}

/// Of digits, and a fraction of digits that nanoseconds can show.
fn seconds(text: &str) -> Option<Duration> {
    let mut parts = text.split('.');
    let (whole, fraction, more) = (parts.next()?, parts.next(), parts.next());
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if more.is_some() || !digits(whole) || !fraction.is_none_or(digits) {
        return None;
    }
    let nanos = fraction.unwrap_or_default().bytes().take(9).enumerate();
    let nanos = nanos.map(|(at, digit)| u32::from(digit - b'0') * 10_u32.pow(8 - at as u32));
    let nanos = nanos.sum();
    Some(
        whole
            .parse()
            .map_or(Duration::MAX, |whole| Duration::new(whole, nanos)),
    )
}

fn check_pushback(value: &[u8]) {
    let number = std::str::from_utf8(value).ok().and_then(|text| {
        let number: i32 = text.parse().ok()?;
        (number.to_string() == text).then_some(number)
    });
    let wanted = match number.map(u64::try_from) {
        Some(Ok(millis)) => Verdict::RetryIn(Duration::from_millis(millis)),
        _ => Verdict::Final,
    };
    assert_eq!(pushback(value), wanted);
}

fn check_grpc_timeout(value: &[u8]) {
    let text = std::str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii());
    let wanted = text.and_then(|text| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let plain = number.len() <= 8 && !number.starts_with('+');
        let number = number.parse::<u32>().ok().filter(|_| plain)?;
        let unit = match unit {
            "H" => Duration::from_secs(3600),
            "M" => Duration::from_secs(60),
            "S" => Duration::from_secs(1),
            "m" => Duration::from_millis(1),
            "u" => Duration::from_micros(1),
            "n" => Duration::from_nanos(1),
            _ => return None,
        };
        Some(unit * number)
    });
    assert_eq!(grpc_timeout(value), wanted);
}
