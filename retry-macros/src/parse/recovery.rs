//! Recovery of the parser after a mistake.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Token, token};

use crate::diagnostics::{Errors, text};
use persevere_words::Key;

/// Reads the comma between two keys. A missing one is reported, and the parser continues as if it were
/// present.
pub(super) fn separator(input: ParseStream<'_>, errors: &mut Errors) {
    if input.is_empty() || input.parse::<Token![,]>().is_ok() {
        return;
    }
    let span = input.span();
    if at_a_key(input) {
        let word = next_word(input).unwrap_or_default();
        errors.push(span, format_args!("missing `,` before `{word}`"));
    } else if input.parse::<Token![;]>().is_ok() {
        errors.push(span, "keys are separated by `,`, not `;`");
    } else {
        let rest = next_value(input);
        let written = text(&rest);
        errors.push_at(
            rest,
            format_args!("unexpected `{written}`; write a `,` before the next key"),
        );
        skip_to_next_key(input);
    }
}

/// Returns whether the next word is a key, or stands where only a key can.
pub(super) fn at_a_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return false;
    };
    let known = Key::named(&word.to_string()).is_some();
    let equals = ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>]);
    let colon = ahead.peek(Token![:]) && !ahead.peek(Token![::]);
    equals
        || (known && (ahead.is_empty() || ahead.peek(Token![,]) || colon))
        || (known && ahead.peek(token::Paren))
}

pub(super) fn next_word(input: ParseStream<'_>) -> Option<String> {
    let word = input.fork().call(Ident::parse_any).ok()?;
    Some(word.to_string())
}

/// Skips to the next key after a mistake, which follows as `, name =`, `, name (` or `, key`.
pub(super) fn skip_to_next_key(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            let ahead = input.fork();
            let called = ahead.call(Ident::parse_any).is_ok() && ahead.peek(token::Paren);
            if called || at_a_key(input) {
                return;
            }
            continue;
        }
        let _ = input.parse::<TokenTree>();
    }
}

/// Returns the tokens up to the next comma, without consuming them.
pub(super) fn next_value(input: ParseStream<'_>) -> TokenStream {
    let ahead = input.fork();
    let mut tokens = TokenStream::new();
    while !ahead.is_empty() && !ahead.peek(Token![,]) {
        match ahead.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// Skips tokens that [`next_value`] has found.
pub(super) fn skip(input: ParseStream<'_>, tokens: &TokenStream) {
    for _ in tokens.clone() {
        let _ = input.parse::<TokenTree>();
    }
}

/// Consumes the rest of the input, which would otherwise be reported as unexpected.
pub(super) fn drain(input: ParseStream<'_>) {
    let _ = input.parse::<TokenStream>();
}
