//! The syntax of other languages, where a value has its own.

use super::duration::otherwise;
use super::parse_error::ParseError;

/// Returns the error for what stands at a byte of the text, if it is known from elsewhere: `a || b`, `a or b`,
/// `stop::a()`, `a(1, b = 2)`, `a(&B)`, `1min 30s`.
pub(super) fn known(text: &str, at: usize) -> Option<ParseError> {
    let (before, rest) = text.split_at(at);
    let before = before.trim_end();
    let reason = match rest.chars().next()? {
        sign @ ('|' | '&') if before.ends_with(sign) => format!("`{sign}` is written once"),
        sign @ ('|' | '&') if before.ends_with(['(', ',']) => format!(
            "only code can give what begins with `{sign}`; write it in the program: `#[retry(policy = .., ..)]`"
        ),
        ':' if rest.starts_with("::") => {
            let path = last_word(before);
            format!("a word has no path here; write it without `{path}::`")
        }
        '=' if !last_word(before).is_empty() => {
            "a value has no name here: `after_attempt(3)`; an option follows the parentheses: `.max(10s)`".into()
        }
        '0'..='9' => return parts_of_a_duration(text, before, rest),
        _ => match &rest[..leading(rest, is_of_a_word)] {
            word @ "or" => format!("write `|` for `{word}`"),
            word @ "and" => format!("write `&` for `{word}`"),
            _ => return None,
        },
    };
    Some(ParseError::new(at, reason))
}

/// Returns the error for a number with a percent sign.
pub(super) fn percent(number: &str) -> String {
    match number.parse::<f64>() {
        Ok(percent) => {
            // Not `0.33299999999999996` for `33.3%`.
            let share = (percent * 1e7).round() / 1e9;
            format!("`{number}%` is not a number; write `{share}`")
        }
        Err(_) => format!("`{number}%` is not a number; write `0.2` for `20%`"),
    }
}

fn parts_of_a_duration(text: &str, before: &str, rest: &str) -> Option<ParseError> {
    // In a list a comma is missing.
    if before.rfind('[') > before.rfind(']') {
        return None;
    }
    let is_part = |c: char| is_of_a_word(c) || c == '.' || c.is_whitespace();
    let start = before.trim_end_matches(is_part).len();
    let end = text.len() - rest.len() + leading(rest, is_part);
    let written = &text[start..end];
    let at = start + written.len() - written.trim_start().len();
    otherwise(written.trim()).map(|reason| ParseError::new(at, reason))
}

fn last_word(text: &str) -> &str {
    &text[text.trim_end_matches(is_of_a_word).len()..]
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Counts the bytes of the leading characters that are `wanted`.
pub(super) fn leading(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}
