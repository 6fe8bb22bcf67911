//! The words of values, what they take, and what is said about others.

use core::time::Duration;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::duration;
use super::parse_error::ParseError;
use super::term::{Call, Kind, Term};
use crate::config::near::{closest, list};

/// The words of one kind of value.
pub(crate) struct Vocabulary {
    /// What a word stands for: `wait strategy`.
    pub(crate) noun: &'static str,
    /// Words, with what they take and an example.
    pub(crate) words: &'static [(&'static str, &'static str, &'static str)],
    /// Words that people know from elsewhere, and how it is written here.
    pub(crate) peers: &'static [(&'static str, &'static str)],
    /// Words of the attribute that no text can say.
    pub(crate) in_code: &'static [&'static str],
}

impl Vocabulary {
    /// Why a call is none of ours: the word, or what it is given.
    pub(crate) fn refuse(&self, call: &Call) -> ParseError {
        let written = call.word.as_str();
        let known = self.words.iter().find(|(word, ..)| *word == written);
        let reason = match known {
            Some((word, takes, example)) => format!("`{word}` takes {takes}; write `{example}`"),
            None => self.unknown(written),
        };
        ParseError::new(call.at, reason)
    }

    fn unknown(&self, written: &str) -> String {
        let noun = self.noun;
        if self.in_code.contains(&written) {
            return format!(
                "`{written}` needs what only code can give; write it in the program: `#[retry(policy = .., ..)]`"
            );
        }
        let names = || self.words.iter().map(|(word, ..)| *word);
        // tenacity's `stop_after_attempt` and `wait_fixed`
        let bare = written
            .strip_prefix("stop_")
            .or(written.strip_prefix("wait_"));
        let peer = self.peers.iter().find(|(theirs, _)| *theirs == written);
        let meant = match peer {
            Some((_, ours)) => Some(*ours),
            None => closest(bare.unwrap_or(written), names()),
        };
        match meant {
            Some(meant) => format!("no {noun} `{written}`; did you mean `{meant}`?"),
            None => format!("no {noun} `{written}`; there are {}", list(names())),
        }
    }

    /// Why a term is no value of this kind.
    pub(crate) fn expected(&self, term: &Term) -> ParseError {
        let (noun, example) = (self.noun, self.words[0].2);
        let word = |name: &String| self.words.iter().find(|(word, ..)| word == name);
        let reason = match &term.kind {
            Kind::Call(call) => return self.refuse(call),
            Kind::Name(name) => match word(name) {
                Some((.., example)) => format!("`{name}` has parentheses: `{example}`"),
                None => self.unknown(name),
            },
            _ => format!("`{term}` is no {noun}; write one such as `{example}`"),
        };
        ParseError::new(term.at, reason)
    }
}

/// A whole number.
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

/// A number, with a point or not.
pub(crate) fn number(term: &Term) -> Result<f64, ParseError> {
    if let Kind::Number(written) = &term.kind {
        if let Ok(number) = written.replace('_', "").parse() {
            return Ok(number);
        }
    }
    let reason = format!("`{term}` is not a number; write one such as `0.5`");
    Err(ParseError::new(term.at, reason))
}

/// A range of durations.
pub(crate) fn range(term: &Term) -> Result<core::ops::Range<Duration>, ParseError> {
    match &term.kind {
        Kind::Range(low, high) => {
            let range = duration::from(low)?..duration::from(high)?;
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

/// What each term of a list or a tuple is read as.
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
