//! Roles of strategies: the keys whose values are made of words.

use persevere_words::{CALLBACK, Key, STOP, Vocabulary, WAIT, WHEN, Word};

/// The kind of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Stop,
    Wait,
    When,
}

impl Role {
    pub(crate) const ALL: [Role; 3] = [Role::Stop, Role::Wait, Role::When];

    /// Returns the words of this role.
    pub(crate) fn words(self) -> &'static Vocabulary {
        match self {
            Role::Stop => &STOP,
            Role::Wait => &WAIT,
            Role::When => &WHEN,
        }
    }

    /// Returns its key, which is also the module of its words.
    pub(crate) fn key(self) -> &'static str {
        self.words().key.name()
    }

    pub(crate) fn word(self, name: &str) -> Option<&'static Word> {
        self.words().word(name)
    }

    /// Returns the role of the value of a key.
    pub(crate) fn of_key(key: Key) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.words().key == key)
    }

    /// Returns the role that a word belongs to.
    pub(crate) fn of_word(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.words().has(name))
    }
}

/// Returns whether a name is one of our callbacks: `log_warn`.
pub(crate) fn is_callback(name: &str) -> bool {
    CALLBACK.has(name)
}
