//! Lengths of time, as a scenario writes them: `20ms`, `1.5s`, `2min`, `1h`.

use std::fmt;
use std::str::FromStr;

use persevere_core::config::{self, ConfigError};
use serde::Deserialize;

/// Nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub u64);

impl Span {
    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// As policies write it, to 584 years.
impl FromStr for Span {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let nanos = config::duration(text)?.as_nanos();
        Ok(Span(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

impl TryFrom<String> for Span {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        text.parse()
    }
}

/// For people: three digits or so.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            0 => "0 s".to_owned(),
            1..1_000_000 => format!("{} µs", self.0.div_ceil(1_000)),
            1_000_000..1_000_000_000 => digits(self.0 as f64 / 1e6, "ms"),
            1_000_000_000..600_000_000_000 => digits(self.seconds(), "s"),
            _ => digits(self.seconds() / 60.0, "min"),
        };
        f.pad(&text)
    }
}

fn digits(number: f64, unit: &str) -> String {
    let places = match number {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.places$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    format!("{text} {unit}")
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn lengths_of_time_are_read_with_their_unit() {
        let read = |text: &str| text.parse().ok().map(|Span(nanos)| nanos);
        assert_eq!(read("20ms"), Some(20_000_000));
        assert_eq!(read("1.5s"), Some(1_500_000_000));
        assert_eq!(read("2min"), Some(120_000_000_000));
        assert_eq!(read("999999999h"), Some(u64::MAX));
        for wrong in ["", "20", "ms", "-1s", "1.2.3s", "1 s", "5parsecs"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn they_are_shown_in_few_digits() {
        let shown = |nanos: u64| Span(nanos).to_string();
        assert_eq!(shown(20_000_000), "20 ms");
        assert_eq!(shown(1_234_567_890), "1.23 s");
        assert_eq!(shown(95_000_000_000), "95 s");
        assert_eq!(shown(1_200_000_000_000), "20 min");
    }
}
