//! Durations: `250ms`, `1.5s`, `2min`.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

/// Units with their nanoseconds, the longest last.
pub const UNITS: [(&str, u128); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Units for a sentence.
const UNIT_NAMES: &str = "`ns`, `us`, `ms`, `s`, `min` or `h`";

/// Decimal places that are read. No unit has enough nanoseconds to show any further ones.
const PLACES: usize = 20;
const SCALE: u128 = 10_u128.pow(PLACES as u32);

/// Returns the nanoseconds of a unit, or `None` for other words.
pub fn unit(name: &str) -> Option<u128> {
    let known = UNITS.iter().find(|(unit, _)| *unit == name);
    known.map(|(_, nanos)| *nanos)
}

/// Returns the length of `number` units, to the nearest nanosecond, or `u128::MAX` if it is longer.
///
/// A number is decimal digits, with an optional point and exponent. Returns `None` for anything else.
pub fn nanos(number: &str, unit: u128) -> Option<u128> {
    let Decimal { whole, fraction } = decimal(number)?;
    let part = (fraction * unit + SCALE / 2) / SCALE;
    Some(whole.saturating_mul(unit).saturating_add(part))
}

/// Reads `number` units. The error states the mistake and the text to write.
pub fn read(number: &str, name: &str) -> Result<Duration, String> {
    let written = format!("{number}{name}");
    let Some(unit) = unit(name) else {
        let advice = match spelled(&written) {
            Some(meant) => format!("write `{}`", Written(meant)),
            None => format!("use {UNIT_NAMES}"),
        };
        return Err(format!("unknown unit `{name}` in `{written}`; {advice}"));
    };
    if number.starts_with('-') {
        return Err("a duration cannot be negative".into());
    }
    if is_too_short(number, unit) {
        return Err(format!(
            "`{written}` is shorter than a nanosecond, the shortest `Duration` that is not zero; \
             write `none()` for no pause, or `1ns`"
        ));
    }
    let nanos = nanos(number, unit).ok_or_else(|| format!("`{number}` is not a number"))?;
    let seconds = u64::try_from(nanos / 1_000_000_000)
        .map_err(|_| format!("`{written}` is longer than a `Duration` can be"))?;
    Ok(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

/// Returns whether `number` units are shorter than a nanosecond, and not zero.
pub fn is_too_short(number: &str, unit: u128) -> bool {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let is_zero = !mantissa.contains(|digit| ('1'..='9').contains(&digit));
    let Some(Decimal { whole: 0, fraction }) = decimal(number) else {
        return false;
    };
    // A nanosecond in a longer unit, written out to some places, is a little less than one here.
    !is_zero && fraction * unit < SCALE / 1_000_000 * 999_999
}

/// A number split at its point, with the fraction in units of `1 / SCALE`.
struct Decimal {
    whole: u128,
    fraction: u128,
}

fn decimal(number: &str) -> Option<Decimal> {
    let number = number.replace('_', "");
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((&number, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let point = whole.len() as i64 + power(exponent)?;
    let (whole, fraction) = match usize::try_from(point) {
        Err(_) => (
            String::new(),
            format!("{}{all}", "0".repeat(point.unsigned_abs() as usize)),
        ),
        Ok(point) if point >= all.len() => (format!("{all:0<point$}"), String::new()),
        Ok(point) => (all[..point].into(), all[point..].into()),
    };
    let whole = whole.trim_start_matches('0');
    Some(Decimal {
        whole: if whole.is_empty() {
            0
        } else {
            whole.parse().unwrap_or(u128::MAX)
        },
        fraction: format!("{fraction:0<PLACES$.PLACES$}").parse().ok()?,
    })
}

/// Reads an exponent, clamped to the range that makes a difference.
fn power(exponent: &str) -> Option<i64> {
    const MOST: i64 = 10_000;
    let digits = exponent.trim_start_matches(['+', '-']);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(MOST).min(MOST);
    Some(if exponent.starts_with('-') {
        -power
    } else {
        power
    })
}

/// Displays nanoseconds in the longest unit that measures them without a remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written(pub u128);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, unit): &&(&str, u128)| self.0 % unit == 0;
        match UNITS.iter().rev().find(whole) {
            Some((unit, each)) if self.0 > 0 => write!(f, "{}{unit}", self.0 / each),
            _ => f.write_str("0s"),
        }
    }
}

/// Units as people and other tools write them.
const SPELLED: [(&[&str], u128); 8] = [
    (
        &[
            "ns",
            "nsec",
            "nsecs",
            "nano",
            "nanos",
            "nanosecond",
            "nanoseconds",
        ],
        1,
    ),
    (
        &[
            "us",
            "µs",
            "μs",
            "usec",
            "usecs",
            "micro",
            "micros",
            "microsecond",
            "microseconds",
        ],
        1_000,
    ),
    (
        &[
            "ms",
            "msec",
            "msecs",
            "milli",
            "millis",
            "millisecond",
            "milliseconds",
        ],
        1_000_000,
    ),
    (&["s", "sec", "secs", "second", "seconds"], 1_000_000_000),
    (&["m", "min", "mins", "minute", "minutes"], 60_000_000_000),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600_000_000_000),
    (&["d", "day", "days"], 86_400_000_000_000),
    (&["w", "week", "weeks"], 604_800_000_000_000),
];

/// Returns the nanoseconds of a duration in another notation: `5 seconds`, `1h30m`, `PT5S`.
///
/// Returns `None` for other text, and for a duration that is too long for a `Duration`.
///
/// For suggestions alone: where a duration is expected, this notation is not accepted.
pub fn spelled(text: &str) -> Option<u128> {
    let text = text.trim();
    let nanos = iso8601(text).or_else(|| in_words(text))?;
    (nanos / 1_000_000_000 <= u128::from(u64::MAX)).then_some(nanos)
}

/// Reads `5 seconds`, `1 minute, 30 seconds`, `1h30m`.
fn in_words(text: &str) -> Option<u128> {
    let mut rest = text;
    let mut sum = 0_u128;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.' || c == '_');
        let (word, after) = split(after.trim_start(), char::is_alphabetic);
        let word = word.to_lowercase();
        let (_, unit) = SPELLED.iter().find(|(units, _)| units.contains(&&*word))?;
        sum = sum.saturating_add(nanos(number, *unit)?);
        let after = after.trim_start();
        rest = after
            .strip_prefix(',')
            .or(after.strip_prefix("and "))
            .unwrap_or(after)
            .trim_start();
    }
    (!text.is_empty()).then_some(sum)
}

/// Reads `PT5S`, `P1DT12H`.
fn iso8601(text: &str) -> Option<u128> {
    let mut rest = text.strip_prefix(['P', 'p'])?;
    let mut in_time = false;
    let mut sum = None;
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']).filter(|_| !in_time) {
            (rest, in_time) = (time, true);
            continue;
        }
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let unit = match (in_time, after.chars().next()?.to_ascii_uppercase()) {
            (false, 'W') => "w",
            (false, 'D') => "d",
            (true, 'H') => "h",
            (true, 'M') => "m",
            (true, 'S') => "s",
            _ => return None,
        };
        let (_, unit) = SPELLED.iter().find(|(units, _)| units[0] == unit)?;
        sum = Some(nanos(number, *unit)?.saturating_add(sum.unwrap_or(0)));
        rest = &after[1..];
    }
    sum
}

/// Splits text after the first characters that `wanted` accepts.
fn split(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !wanted(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use core::time::Duration;

    use super::{UNITS, Written, is_too_short, nanos, read, spelled, unit};

    #[test]
    fn decimals_are_exact_to_the_nanosecond() {
        let table = [
            ("1.5", "s", 1_500_000_000),
            ("0.1", "s", 100_000_000),
            ("1_000", "ms", 1_000_000_000),
            ("0.000000001", "s", 1),
            ("0.0000000015", "s", 2),
            ("2.", "ns", 2),
            ("123456789.123456789", "s", 123_456_789_123_456_789),
            ("1e3", "ms", 1_000_000_000),
            ("1.5E+3", "us", 1_500_000),
            ("15e-1", "s", 1_500_000_000),
            ("1e-3", "s", 1_000_000),
            ("1e-99999999999999999999", "s", 0),
            ("1e99999999999999999999", "s", u128::MAX),
            ("0e9", "h", 0),
            (
                "99999999999999999999999999999999999999999999",
                "h",
                u128::MAX,
            ),
        ];
        for (number, of, expected) in table {
            assert_eq!(
                nanos(number, unit(of).unwrap()),
                Some(expected),
                "{number}{of}"
            );
        }
        for none in ["", ".", "x", "1.5.5", "-1", "1e", "1e1.5", "0x10"] {
            assert_eq!(nanos(none, 1), None, "`{none}`");
        }
    }

    #[test]
    fn a_reading_says_what_is_wrong() {
        let table = [
            ("5", "sec", "unknown unit `sec` in `5sec`; write `5s`"),
            (
                "5",
                "x",
                "unknown unit `x` in `5x`; use `ns`, `us`, `ms`, `s`, `min` or `h`",
            ),
            ("-1", "s", "a duration cannot be negative"),
            ("1e30", "h", "`1e30h` is longer than a `Duration` can be"),
        ];
        for (number, unit, message) in table {
            assert_eq!(read(number, unit), Err(message.to_string()));
        }
        assert_eq!(read("1_500", "ms"), Ok(Duration::from_millis(1500)));
        assert!(
            read("0.1", "ns")
                .unwrap_err()
                .contains("write `none()` for no pause, or `1ns`")
        );
    }

    #[test]
    fn less_than_a_nanosecond_is_too_short() {
        for (number, of) in [
            ("0.1", "ns"),
            ("0.0000000001", "s"),
            ("1e-10", "s"),
            ("0.9", "ns"),
        ] {
            assert!(is_too_short(number, unit(of).unwrap()), "{number}{of}");
        }
        for (number, of) in [
            ("0", "s"),
            ("0.0", "ns"),
            ("1", "ns"),
            ("0.000000001", "s"),
            ("0.000000000000277778", "h"),
            ("1.5", "ns"),
        ] {
            assert!(!is_too_short(number, unit(of).unwrap()), "{number}{of}");
        }
    }

    #[test]
    fn a_duration_is_written_in_its_longest_whole_unit() {
        for written in ["0s", "1ns", "1500us", "250ms", "90s", "2min", "36h"] {
            let digits = written.find(char::is_alphabetic).unwrap();
            let nanos = nanos(&written[..digits], unit(&written[digits..]).unwrap()).unwrap();
            assert_eq!(Written(nanos).to_string(), written);
        }
    }

    #[test]
    fn durations_of_people_and_other_tools_are_understood() {
        let table = [
            ("5 seconds", "5s"),
            ("5 sec", "5s"),
            ("30secs", "30s"),
            ("100 ms", "100ms"),
            ("100 Milliseconds", "100ms"),
            ("1 minute", "1min"),
            ("1m30s", "90s"),
            ("1h 30m", "90min"),
            ("1 hour, 30 minutes", "90min"),
            ("1 minute and 30 seconds", "90s"),
            ("0.5 s", "500ms"),
            ("7 µs", "7us"),
            ("2 days", "48h"),
            ("PT5S", "5s"),
            ("pt1m30.5s", "90500ms"),
            ("P1DT12H", "36h"),
            (" 5 seconds ", "5s"),
        ];
        for (text, written) in table {
            assert_eq!(
                spelled(text)
                    .map(|nanos| Written(nanos).to_string())
                    .as_deref(),
                Some(written),
                "`{text}`"
            );
        }
        for none in [
            "",
            "5",
            "seconds",
            "5 parsecs",
            "P",
            "PT",
            "P5",
            "PT5",
            "5 seconds later",
            "after_attempt",
            "1e99 s",
        ] {
            assert_eq!(spelled(none), None, "`{none}`");
        }
    }

    #[test]
    fn a_unit_of_ours_is_understood_as_itself() {
        for (name, nanos) in UNITS {
            assert_eq!(spelled(&alloc::format!("1 {name}")), Some(nanos), "{name}");
        }
    }
}
