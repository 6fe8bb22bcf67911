//! Names for an editor to complete.
//!
//! ```text
//! // Input, while it is typed
//! #[retry(st, wait = exp)]
//!
//! // Output, at the head of the body: for rust-analyzer a module of names, and an import of what is typed
//! editor! {
//!     (stop wait when ..) st;
//!     (none fixed exponential ..) exp;
//! }
//! ```
//!
//! The documentation of the attributes, which an editor shows, stands beside this file. It has no access to
//! that of a re-export.

use persevere_words::Key;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Path;

use crate::parse::role::Role;
use crate::parse::tokens::{group, is_comma};

/// Emits a statement that completes unfinished keys and words, or no tokens if all are known.
pub(crate) fn completions(private: &Path, args: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = args.clone().into_iter().collect();
    let groups = tokens
        .split(is_comma)
        .flat_map(unknown)
        .map(|(names, typed)| {
            let names = names.iter().map(|name| Ident::new(name, Span::call_site()));
            quote!((#(#names)*) #typed;)
        });
    let groups: TokenStream = groups.collect();
    if groups.is_empty() {
        return groups;
    }
    quote!(#private::editor! { #groups })
}

/// Returns the unfinished names of an argument, each with the names that may replace it.
fn unknown(argument: &[TokenTree]) -> Vec<(Vec<&'static str>, Ident)> {
    let [TokenTree::Ident(key), value @ ..] = argument else {
        return Vec::new();
    };
    let Some(known) = Key::named(&key.to_string()) else {
        let keys = Key::ALL
            .iter()
            .filter(|key| ![Key::Crate, Key::Use].contains(key));
        return vec![(keys.map(|key| key.name()).collect(), key.clone())];
    };
    let Some(role) = Role::of_key(known) else {
        return Vec::new();
    };
    let typed = value
        .iter()
        .enumerate()
        .filter_map(|(at, token)| match token {
            TokenTree::Ident(word)
                if starts_a_word(value, at) && role.word(&word.to_string()).is_none() =>
            {
                Some((role.words().names().collect(), word.clone()))
            }
            _ => None,
        });
    typed.collect()
}

/// Returns whether a name begins an operand, and no path or method call continues it.
fn starts_a_word(value: &[TokenTree], at: usize) -> bool {
    let is = |at: Option<usize>, marks: &str| match at.and_then(|at| value.get(at)) {
        Some(TokenTree::Punct(punct)) => marks.contains(punct.as_char()),
        _ => false,
    };
    let is_call = |next: &TokenTree| group(next, Delimiter::Parenthesis).is_some();
    let called = value.get(at + 1).is_none_or(is_call);
    is(at.checked_sub(1), "=|&+!") && (called || is(Some(at + 1), "|&+"))
}
