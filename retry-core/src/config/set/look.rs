//! Looks at the file of a set, for one that watches it.

use super::RetryConfigs;
use super::load::{origin, read};
use crate::config::error::ConfigError;

/// The outcome of a look.
pub(crate) enum Look {
    /// The text is the one that was taken or refused before.
    Same,
    /// The text is new, and may still be being written: the next look has to find it again.
    Changing(String),
    Loaded,
    Refused(ConfigError),
    Unreadable(ConfigError),
}

impl RetryConfigs {
    /// Returns whether a file was loaded, or tried.
    pub(crate) fn has_file(&self) -> bool {
        self.lock().loaded.is_some()
    }

    /// Takes the text of the file, if it has changed and is the one that was `pending`, or `at_once`.
    ///
    /// An empty file is refused: a file that is written in place is empty for a moment, and all policies would be gone.
    pub(crate) fn look(&self, pending: Option<&str>, at_once: bool) -> Look {
        let path = self.lock().loaded.as_ref().map(|file| file.path.clone());
        let Some(path) = path else {
            return Look::Same;
        };
        // Without the lock, since a file system in a network may not answer.
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) => return Look::Unreadable(error),
        };
        let mut sources = self.lock();
        match sources.loaded.as_mut().filter(|file| file.path == path) {
            None => return Look::Same,
            Some(file) if file.text.as_ref() == Some(&text) => return Look::Same,
            Some(_) if !at_once && pending != Some(&text) => return Look::Changing(text),
            Some(file) if text.trim().is_empty() => {
                let reason = "the file is empty, as one that is being written; write `[default]` to take all keys back";
                file.text = Some(text);
                return Look::Refused(ConfigError::new(reason).from(origin(&path)));
            }
            Some(_) => {}
        }
        match self.take(&mut sources, &path, text) {
            Ok(()) => Look::Loaded,
            Err(error) => Look::Refused(error),
        }
    }
}
