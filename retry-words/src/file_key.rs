//! Keys of a configuration file.

use crate::key::Key;

/// A key of a configuration file: one of the attribute's, or one that only a file has.
///
/// ```
/// use persevere_words::{FileKey, Key};
///
/// assert_eq!(FileKey::named("stop"), Some(FileKey::OfAttribute(Key::Stop)));
/// assert_eq!(FileKey::named("breaker_state"), Some(FileKey::BreakerState));
/// assert_eq!(FileKey::named("sleep"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKey {
    /// A key that the attribute has too.
    OfAttribute(Key),
    /// `breaker_state = "forced_open"`, which the program says by a method of the breaker.
    BreakerState,
}

impl FileKey {
    /// Returns the key of this name.
    pub fn named(name: &str) -> Option<FileKey> {
        FileKey::all().find(|key| key.name() == name)
    }

    /// Returns every key that a file can have.
    pub fn all() -> impl Iterator<Item = FileKey> {
        let shared = Key::ALL.iter().filter(|key| key.in_file().is_some());
        let shared = shared.copied().map(FileKey::OfAttribute);
        shared.chain([FileKey::BreakerState])
    }

    /// Returns its name, such as `stop`.
    pub const fn name(self) -> &'static str {
        match self {
            FileKey::OfAttribute(key) => key.name(),
            FileKey::BreakerState => "breaker_state",
        }
    }

    /// Returns a value of it, such as `after_attempt(3)`.
    pub const fn example(self) -> &'static str {
        match self {
            FileKey::OfAttribute(key) => match key.in_file() {
                Some(example) => example,
                None => "",
            },
            FileKey::BreakerState => "forced_open",
        }
    }
}
