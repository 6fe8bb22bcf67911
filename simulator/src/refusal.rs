//! Why a scenario is refused.

use std::error::Error;
use std::fmt;

/// The reason a scenario is not run, in one line: the file, the key with its value, what is wrong with it, and
/// what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The file, and the line where that is known.
    place: String,
    key: Option<String>,
    reason: String,
}

impl Refusal {
    pub(crate) fn new(place: impl AsRef<str>, reason: impl AsRef<str>) -> Self {
        // What others have to say may take several lines.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Refusal {
            place: line(place.as_ref()),
            key: None,
            reason: line(reason.as_ref()),
        }
    }

    /// A value that can only be a mistake.
    pub(crate) fn value(file: &str, key: &str, value: impl fmt::Display, advice: &str) -> Self {
        Refusal::new(file, format!("{key} = {value}: {advice}")).at(key)
    }

    /// Names the key whose value is refused.
    pub(crate) fn at(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// A file that is no scenario.
    pub(crate) fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let message = error.message();
        let Some(start) = error.span().map(|span| span.start) else {
            return Refusal::new(file, message);
        };
        let number =
            text[..start].lines().count().max(1) + usize::from(text[..start].ends_with('\n'));
        let line = text.lines().nth(number - 1).unwrap_or_default().trim();
        let refusal = Refusal::new(format!("{file}: line {number}, `{line}`"), message);
        refusal.at(key(text, number))
    }

    /// Returns the key that is refused, or the table: `server.capacity`, `outage`.
    ///
    /// ```
    /// use persevere_simulator::Scenario;
    ///
    /// let text = "[server]\ncapacity = 0\n[clients]\ncount = 10";
    /// let refusal = Scenario::parse("none.toml", text).unwrap_err();
    /// assert_eq!(refusal.key(), Some("server.capacity"));
    /// ```
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref().filter(|key| !key.is_empty())
    }

    /// Returns the mistake, and what to write instead, without its place.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// Returns the key of a line, counted from 1, with the table that it stands in.
fn key(text: &str, number: usize) -> String {
    let mut table = "";
    let mut key = "";
    for line in text.lines().take(number) {
        let line = line.trim();
        match line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            Some(name) => (table, key) = (name, ""),
            None => key = line.split_once('=').map_or("", |(key, _)| key.trim()),
        }
    }
    let parts = [table, key].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(".")
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl Error for Refusal {}
