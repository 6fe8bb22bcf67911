//! `when` as text.

use std::sync::Arc;

use persevere_words::{PREDICATE_MODIFIER, WHEN};

use super::text::text_value;
use crate::config::syntax::refusal::{expected, refuse};
use crate::config::syntax::term::{Call, Kind, Term};
use crate::config::syntax::{ParseError, parse};
use crate::when::{OnUnsent, unsent};

/// A predicate as text: one of the attribute's words that need no code.
///
/// | text | retries |
/// |---|---|
/// | `never()` | nothing |
/// | `unsent()`, `unsent().no_redirects()` | transient errors that prove that the attempt had no effect |
/// | `transient()` | errors that another attempt can cure |
/// | `any_failure()` | `Err` and `None` |
///
/// Each retries all that those before it do, so that nothing is gained by a combination. A configuration has it for
/// the names of [`RetryConfigs::with_when`](crate::RetryConfigs::with_when).
///
/// # Errors
///
/// A [`ConfigError`](crate::config::ConfigError) of `parse` contains the word and the mistake. Closures, types and
/// patterns stay in the program.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::config::WhenConfig;
///
/// assert!("unsent().no_redirects()".parse::<WhenConfig>().is_ok());
///
/// let code = "err(|e| e.is_busy())".parse::<WhenConfig>().unwrap_err();
/// assert!(code.reason().starts_with("`err` needs what only code can give; write it in the program"));
/// ```
#[derive(Clone)]
pub struct WhenConfig {
    text: Arc<str>,
    word: WhenWord,
}

/// The words of a file's `when`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenWord {
    Never,
    Unsent(OnUnsent),
    Transient,
    AnyFailure,
}

text_value!(WhenConfig, |text| {
    let term = match parse(text) {
        Ok(term) => term,
        Err(error) => return Err(code(text).unwrap_or(error)),
    };
    Ok(WhenConfig {
        text: term.to_string().into(),
        word: word(&term)?,
    })
});

impl WhenConfig {
    pub(crate) fn word(&self) -> WhenWord {
        self.word
    }
}

fn word(term: &Term) -> Result<WhenWord, ParseError> {
    match &term.kind {
        Kind::Call(call) => named(call),
        Kind::Modified(first, methods) => methods.iter().try_fold(word(first)?, modified),
        Kind::Joined(..) => {
            let reason = "a file has one word: `never()`, `unsent()`, `transient()` or `any_failure()`, each of which \
                          retries all that those before it do";
            Err(ParseError::new(term.at, reason))
        }
        _ => Err(expected(&WHEN, term)),
    }
}

fn named(call: &Call) -> Result<WhenWord, ParseError> {
    Ok(match (call.word.as_str(), call.args.as_slice()) {
        ("never", []) => WhenWord::Never,
        ("unsent", []) => WhenWord::Unsent(unsent()),
        ("transient", []) => WhenWord::Transient,
        ("any_failure", []) => WhenWord::AnyFailure,
        _ => return Err(refuse(&WHEN, call)),
    })
}

fn modified(word: WhenWord, call: &Call) -> Result<WhenWord, ParseError> {
    match (word, call.word.as_str(), call.args.as_slice()) {
        (WhenWord::Unsent(unsent), "no_redirects", []) => {
            Ok(WhenWord::Unsent(unsent.no_redirects()))
        }
        (_, "no_redirects", []) => {
            let reason = "`.no_redirects()` is for `unsent()`";
            Err(ParseError::new(call.at, reason))
        }
        _ => Err(refuse(&PREDICATE_MODIFIER, call)),
    }
}

/// Returns the error for a text that is code: `err(|e| ..)`, `Err(Error::Busy)`, `!transient()`.
fn code(text: &str) -> Option<ParseError> {
    let start = text.trim_start();
    let at = text.len() - start.len();
    let end = start.find(|c: char| !c.is_alphanumeric() && c != '_');
    let first = &start[..end.unwrap_or(start.len())];
    if WHEN.word(first).is_some_and(|word| !word.in_config) {
        let call = Call {
            at,
            word: first.to_string(),
            args: Vec::new(),
        };
        return Some(refuse(&WHEN, &call));
    }
    let is_pattern = ["Err", "Ok", "Some", "None"].contains(&first);
    (is_pattern || text.contains(['!', ':', '"'])).then(|| {
        let reason = "patterns, types and `!` stay in the program, as `when` or `on` of the attribute; a file has \
                      `never()`, `unsent()`, `transient()` and `any_failure()`";
        ParseError::new(at, reason)
    })
}
