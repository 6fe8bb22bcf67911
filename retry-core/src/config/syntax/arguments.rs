//! Arguments of calls: numbers, durations, ranges and lists.

use core::ops::Range;
use core::time::Duration;

use super::parse_error::ParseError;
use super::parser::parse;
use super::term::{Kind, Term};

/// Parses a duration that is a value of its own.
pub(crate) fn read_duration(text: &str) -> Result<Duration, ParseError> {
    duration(&parse(text)?)
}

/// Returns the duration of a term.
pub(crate) fn duration(term: &Term) -> Result<Duration, ParseError> {
    let reason = match &term.kind {
        Kind::Duration(_, duration) => return Ok(*duration),
        Kind::Number(number) if number.starts_with('-') => "a duration cannot be negative".into(),
        Kind::Number(number) => format!("a duration has a unit: `{number}s` or `{number}ms`"),
        _ => format!("`{term}` is not a duration; write one such as `5s`"),
    };
    Err(ParseError::new(term.at, reason))
}

/// Returns the whole number of a term.
pub(crate) fn count(term: &Term) -> Result<u32, ParseError> {
    let reason = match &term.kind {
        Kind::Number(written) => match written.replace('_', "").parse() {
            Ok(count) => return Ok(count),
            Err(_) => format!("`{written}` is not a whole number from 0 to {}", u32::MAX),
        },
        _ => format!("`{term}` is not a whole number"),
    };
    Err(ParseError::new(term.at, reason))
}

/// Returns the number of a term, with or without a point.
pub(crate) fn number(term: &Term) -> Result<f64, ParseError> {
    if let Kind::Number(written) = &term.kind {
        if let Ok(number) = written.replace('_', "").parse() {
            return Ok(number);
        }
    }
    let reason = format!("`{term}` is not a number; write one such as `0.5`");
    Err(ParseError::new(term.at, reason))
}

/// Returns the range of durations of a term.
pub(crate) fn range(term: &Term) -> Result<Range<Duration>, ParseError> {
    match &term.kind {
        Kind::Range(low, high) => {
            let range = duration(low)?..duration(high)?;
            if range.start == range.end {
                let reason = format!("the range is empty; write `fixed({low})`");
                return Err(ParseError::new(term.at, reason));
            }
            Ok(range)
        }
        Kind::Duration(..) => {
            let reason = format!("`random` takes a range; write `random(0s..{term})`");
            Err(ParseError::new(term.at, reason))
        }
        _ => {
            let reason = format!("`{term}` is not a range of durations; write `1s..3s`");
            Err(ParseError::new(term.at, reason))
        }
    }
}

/// Returns the items of a list or a tuple, each parsed by `read`.
pub(crate) fn each<T>(
    list: &Term,
    read: impl Fn(&Term) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    match &list.kind {
        Kind::List(items) | Kind::Tuple(items) => items.iter().map(read).collect(),
        _ => {
            let reason = format!("`{list}` is not a list; write `[{list}]`");
            Err(ParseError::new(list.at, reason))
        }
    }
}
