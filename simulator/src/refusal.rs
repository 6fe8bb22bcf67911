//! Why a scenario is refused.

use std::error::Error;
use std::fmt;

/// The reason a scenario is not run, in one line: the file, the key with its value, what is wrong with it, and
/// what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl Refusal {
    pub(crate) fn new(file: impl AsRef<str>, reason: impl AsRef<str>) -> Self {
        let text = format!("{}: {}", file.as_ref(), reason.as_ref());
        // What others have to say may take several lines.
        Refusal(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A value that can only be a mistake.
    pub(crate) fn value(file: &str, key: &str, value: impl fmt::Display, advice: &str) -> Self {
        Refusal::new(file, format!("{key} = {value}: {advice}"))
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
        Refusal::new(file, format!("line {number}, `{line}`: {message}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refusal {}
