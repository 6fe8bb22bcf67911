//! Errors of terms that are not words of a vocabulary.

use persevere_words::{Meaning, Vocabulary, closest, list};

use super::parse_error::ParseError;
use super::term::{Call, Kind, Term};

/// Returns the error for the word or the arguments of a call.
pub(crate) fn refuse(vocabulary: &Vocabulary, call: &Call) -> ParseError {
    let reason = match vocabulary.word(&call.word) {
        Some(word) if word.in_config => {
            format!(
                "`{}` takes {}; write `{}`",
                word.name,
                word.takes(),
                word.example
            )
        }
        _ => unknown(vocabulary, &call.word),
    };
    ParseError::new(call.at, reason)
}

/// Returns the error for a term that is not a value of this kind.
pub(crate) fn expected(vocabulary: &Vocabulary, term: &Term) -> ParseError {
    let (noun, example) = (vocabulary.noun, vocabulary.example);
    let reason = match &term.kind {
        Kind::Call(call) => return refuse(vocabulary, call),
        Kind::Name(name) => match vocabulary.word(name) {
            Some(word) if word.in_config => format!("`{name}` has parentheses: `{}`", word.example),
            _ => unknown(vocabulary, name),
        },
        _ => format!("`{term}` is not {noun}; write one such as `{example}`"),
    };
    ParseError::new(term.at, reason)
}

fn unknown(vocabulary: &Vocabulary, written: &str) -> String {
    if vocabulary.has(written) {
        return format!(
            "`{written}` needs what only code can give; write it in the program: `#[retry(policy = .., ..)]`"
        );
    }
    let in_config = || vocabulary.words.iter().filter(|word| word.in_config);
    let names = || in_config().map(|word| word.name);
    let meant = match vocabulary.peer(written) {
        Some(Meaning::Word(word)) => Some(word.name),
        Some(Meaning::Phrase(phrase)) => Some(phrase.write),
        None => closest(written, names()),
    };
    let kind = vocabulary.kind();
    match meant {
        Some(meant) => format!("unknown {kind} `{written}`; did you mean `{meant}`?"),
        None => format!(
            "unknown {kind} `{written}`; the {} are {}",
            vocabulary.plural,
            list(names())
        ),
    }
}
