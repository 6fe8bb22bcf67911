//! Questions about a single token.

use proc_macro2::{Delimiter, Group, TokenTree};

/// Returns whether a token is this mark.
pub(crate) fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Returns a group between these delimiters.
pub(crate) fn group(token: &TokenTree, delimiter: Delimiter) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Returns whether a token is this name.
pub(crate) fn is_word(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == name)
}

pub(crate) fn is_comma(token: &TokenTree) -> bool {
    is_punct(token, ',')
}
