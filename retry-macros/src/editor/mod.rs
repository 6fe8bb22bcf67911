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
use quote::{TokenStreamExt, quote};
use syn::Path;

use crate::parse::attribute_kind::AttributeKind;
use crate::parse::role::Role;
use crate::parse::tokens::{group, is_comma};

/// Emits a statement that completes unfinished keys and words, or no tokens if all are known.
pub(crate) fn completions(kind: AttributeKind, private: &Path, args: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = args.clone().into_iter().collect();
    let mut groups = TokenStream::new();
    for argument in tokens.split(is_comma) {
        complete(kind, argument, &mut groups);
    }
    if groups.is_empty() {
        return groups;
    }
    quote!(#private::editor! { #groups })
}

/// Emits each unfinished name of an argument, behind the names that may replace it.
fn complete(kind: AttributeKind, argument: &[TokenTree], groups: &mut TokenStream) {
    let [TokenTree::Ident(key), value @ ..] = argument else {
        return;
    };
    let Some(known) = Key::named(&key.to_string()) else {
        let mut names = TokenStream::new();
        for key in Key::ALL {
            let has = kind != AttributeKind::Guard || key.in_guard();
            if has && ![Key::Crate, Key::Use].contains(key) {
                names.append(Ident::new(key.name(), Span::call_site()));
            }
        }
        return groups.extend(quote!((#names) #key;));
    };
    let Some(role) = Role::of_key(known) else {
        return;
    };
    for (at, token) in value.iter().enumerate() {
        match token {
            TokenTree::Ident(word)
                if starts_a_word(value, at) && role.word(&word.to_string()).is_none() =>
            {
                let mut names = TokenStream::new();
                for word in role.words().words {
                    names.append(Ident::new(word.name, Span::call_site()));
                }
                groups.extend(quote!((#names) #word;));
            }
            _ => {}
        }
    }
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
