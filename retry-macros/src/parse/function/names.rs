//! Names in tokens, those in format strings included.

use proc_macro2::{Ident, TokenStream, TokenTree};

use crate::parse::tokens::is_punct;

pub(crate) fn has_ident(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => has_ident(group.stream(), name),
        _ => false,
    })
}

/// Returns whether the tokens contain a user's name, or a format string that captures it.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    let name = name.to_string();
    has_ident(tokens.clone(), &name) || captured(tokens, false, name.trim_start_matches("r#"))
}

/// Returns whether a format string captures `name`. It is a literal directly in a macro call.
fn captured(tokens: TokenStream, in_macro: bool, name: &str) -> bool {
    let mut after_bang = false;
    tokens.into_iter().any(|token| {
        let was_bang = std::mem::replace(&mut after_bang, is_punct(&token, '!'));
        match token {
            TokenTree::Literal(literal) => in_macro && captures(&literal.to_string(), name),
            TokenTree::Group(group) => captured(group.stream(), was_bang, name),
            _ => false,
        }
    })
}

/// Returns whether a format string contains `{name}`, `{name:?}`, `{:name$}` or a similar placeholder.
pub(crate) fn captures(format: &str, name: &str) -> bool {
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('{') {
        // Two braces are an escaped one.
        if let Some(written) = after.strip_prefix('{') {
            rest = written;
            continue;
        }
        let (argument, after) = after.split_once('}').unwrap_or((after, ""));
        let (argument, spec) = argument.split_once(':').unwrap_or((argument, ""));
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let counts = spec.rsplit('$').skip(1);
        let mut counts = counts.filter_map(|count| count.rsplit(|c| !is_part(c)).next());
        if argument.trim() == name || counts.any(|count| count == name) {
            return true;
        }
        rest = after;
    }
    false
}
