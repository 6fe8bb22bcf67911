//! Errors of a configuration.

use core::fmt;

use super::syntax::ParseError;

/// The error of a configuration: its place, the value, and the text to write instead.
///
/// Its text is one line:
///
/// ```text
/// retry.toml: payments.wait: `exponental(100ms)`: unknown wait `exponental`; did you mean `exponential`?
/// ```
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::RetryConfigs;
///
/// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
///
/// let error = CONFIG.load_toml(r#"payments.stop = "after_atempt(5)""#).unwrap_err();
/// assert_eq!(error.path(), Some("payments.stop"));
/// assert_eq!(error.value(), Some("after_atempt(5)"));
/// assert_eq!(error.reason(), "unknown stop condition `after_atempt`; did you mean `after_attempt`?");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Box<Parts>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    origin: Origin,
    path: Option<String>,
    value: Option<String>,
    column: usize,
    reason: String,
}

/// The source of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Origin {
    /// A text passed by the program.
    #[default]
    Text,
    File(String),
    Variable(String),
}

impl ConfigError {
    pub(super) fn new(reason: impl ToString) -> Self {
        ConfigError(Box::new(Parts {
            reason: reason.to_string(),
            ..Parts::default()
        }))
    }

    pub(super) fn of_value(value: &str, error: ParseError) -> Self {
        let before = value.get(..error.at).unwrap_or(value);
        let mut error = ConfigError::new(error.reason);
        error.0.column = before.chars().count() + 1;
        error.0.value = Some(value.to_string());
        error
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// Puts the table `name` before the key.
    pub(super) fn within(mut self, name: &str) -> Self {
        let key = self.0.path.unwrap_or_default();
        self.0.path = Some(format!("{name}.{key}"));
        self
    }

    pub(super) fn from(mut self, origin: Origin) -> Self {
        self.0.origin = origin;
        self
    }

    /// Returns the path of the file.
    pub fn file(&self) -> Option<&str> {
        match &self.0.origin {
            Origin::File(file) => Some(file),
            _ => None,
        }
    }

    /// Returns the name of the environment variable.
    pub fn variable(&self) -> Option<&str> {
        match &self.0.origin {
            Origin::Variable(variable) => Some(variable),
            _ => None,
        }
    }

    /// Returns the name of the policy and the key: `payments.wait`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the value as it was written.
    pub fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// Returns the position of the mistake in the value, in characters from 1.
    pub fn column(&self) -> Option<usize> {
        self.0.value.as_ref().map(|_| self.0.column)
    }

    /// Returns the mistake, and the text to write instead.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }
}

/// The text is one line, or several if a file does not have its format.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            origin,
            path,
            value,
            column,
            reason,
        } = &*self.0;
        match (origin, path) {
            (Origin::Variable(variable), _) => write!(f, "{variable}: ")?,
            (Origin::File(file), Some(path)) => write!(f, "{file}: {path}: ")?,
            (Origin::File(file), None) => write!(f, "{file}: ")?,
            (Origin::Text, Some(path)) => write!(f, "{path}: ")?,
            (Origin::Text, None) => {}
        }
        if let Some(value) = value {
            write!(f, "`{value}`")?;
            if *column > 1 {
                write!(f, ", character {column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(reason)
    }
}

/// The text is that of `Display`, as `unwrap` prints it.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigError({self})")
    }
}

impl core::error::Error for ConfigError {}
