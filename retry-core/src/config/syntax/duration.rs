//! Durations with a unit: `250ms`, `1.5s`, `2min`.

use core::fmt;
use core::time::Duration;
use std::format;
use std::string::String;

use super::parse_error::ParseError;
use super::parser::parse;
use super::term::{Kind, Term};

/// The units, the longest last.
const UNITS: [(&str, u128); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// As long as `number` of a unit.
pub(crate) fn of(number: &str, unit: &str) -> Result<Duration, String> {
    let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        let known = "`ns`, `us`, `ms`, `s`, `min` or `h`";
        return Err(format!(
            "unknown unit `{unit}` in `{number}{unit}`; use {known}"
        ));
    };
    if number.starts_with('-') {
        return Err("a duration cannot be negative".into());
    }
    let too_long = || format!("`{number}{unit}` is longer than a `Duration` can be");
    let digits = number.replace('_', "");
    if is_too_short(&digits, *nanos) {
        return Err(format!(
            "`{number}{unit}` is shorter than a nanosecond, the shortest `Duration` that is not zero; write `none()` for no pause, or `1ns`"
        ));
    }
    let nanos = times(&digits, *nanos).ok_or_else(too_long)?;
    let seconds = u64::try_from(nanos / 1_000_000_000).map_err(|_| too_long())?;
    Ok(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

/// Whether a number of units is shorter than a nanosecond, and not zero.
fn is_too_short(digits: &str, unit: u128) -> bool {
    let is_zero = !digits.contains(|digit| ('1'..='9').contains(&digit));
    let count: f64 = digits.parse().unwrap_or_default();
    // A nanosecond in a longer unit may be a little less than one here.
    !is_zero && count * (unit as f64) < 0.999_999
}

/// A decimal number of units, to the nearest nanosecond, as the attribute counts them; `None` for too many.
fn times(digits: &str, unit: u128) -> Option<u128> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // No unit has as many nanoseconds as would show behind these.
    let fraction = format!("{fraction:0<20.20}").parse::<u128>().ok()?;
    let scale = 10_u128.pow(20);
    let part = (fraction * unit + scale / 2) / scale;
    let whole: u128 = whole.parse().ok()?;
    whole.checked_mul(unit)?.checked_add(part)
}

/// A duration as a value of its own.
pub(crate) fn read(text: &str) -> Result<Duration, ParseError> {
    from(&parse(text)?)
}

pub(crate) fn from(term: &Term) -> Result<Duration, ParseError> {
    let reason = match &term.kind {
        Kind::Duration(_, duration) => return Ok(*duration),
        Kind::Number(number) => format!("a duration has a unit: `{number}s` or `{number}ms`"),
        _ => format!("`{term}` is not a duration; write one such as `5s`"),
    };
    Err(ParseError::new(term.at, reason))
}

/// A duration as it is written: in the longest unit that measures it without a rest.
pub(crate) struct Written(pub(crate) Duration);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let whole = |(_, unit): &&(&str, u128)| nanos % unit == 0;
        match UNITS.iter().rev().find(whole) {
            Some((unit, each)) if nanos > 0 => write!(f, "{}{unit}", nanos / each),
            _ => f.write_str("0s"),
        }
    }
}
