//! Vocabularies: the words of one kind of value.

use alloc::string::{String, ToString};

use crate::key::Key;
use crate::suggest::closest;
use crate::word::Word;

/// The words of one kind of value.
#[derive(Debug)]
pub struct Vocabulary {
    /// The key whose value it is, or is part of.
    pub key: Key,
    /// The noun, as in `a stop condition`.
    pub noun: &'static str,
    /// The plural, as in `stop conditions`.
    pub plural: &'static str,
    /// A value, to show where no better one can be guessed.
    pub example: &'static str,
    /// The way to combine two of them, or an empty text if they do not combine.
    pub combined: &'static str,
    /// Its words.
    pub words: &'static [Word],
    /// Names of other libraries for a value of more than one word here.
    pub phrases: &'static [Phrase],
}

/// Names of other libraries, with the text to write for them here.
#[derive(Debug)]
pub struct Phrase {
    /// The names that mean it.
    pub names: &'static [&'static str],
    /// The text to write.
    pub write: &'static str,
}

pub(crate) const fn phrase(names: &'static [&'static str], write: &'static str) -> Phrase {
    Phrase { names, write }
}

/// The meaning here of another library's name.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// A word of its own.
    Word(&'static Word),
    /// More than a word.
    Phrase(&'static Phrase),
}

impl Meaning {
    /// Returns the text to write for it, with `number` as its only argument where that fits.
    pub fn write(self, number: Option<&str>) -> String {
        match self {
            Meaning::Word(word) => word.with_number(number),
            Meaning::Phrase(phrase) => phrase.write.to_string(),
        }
    }
}

impl Vocabulary {
    /// Returns the noun without its article, as in `stop condition`.
    pub fn kind(&self) -> &'static str {
        self.noun.strip_prefix("a ").unwrap_or(self.noun)
    }

    /// Returns the word of this name.
    pub fn word(&self, name: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| word.name == name)
    }

    /// Returns whether it has a word of this name.
    pub fn has(&self, name: &str) -> bool {
        self.word(name).is_some()
    }

    /// Returns the names of its words.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().map(|word| word.name)
    }

    /// Returns the meaning of a name from another library.
    pub fn peer(&self, name: &str) -> Option<Meaning> {
        let word = self.words.iter().find(|word| word.peers.contains(&name));
        let phrase = || {
            self.phrases
                .iter()
                .find(|phrase| phrase.names.contains(&name))
        };
        word.map(Meaning::Word)
            .or_else(|| phrase().map(Meaning::Phrase))
    }

    /// Returns the word that `written` is a misspelling of.
    pub fn slip(&self, written: &str) -> Option<&'static Word> {
        self.word(closest(written, self.names())?)
    }
}
