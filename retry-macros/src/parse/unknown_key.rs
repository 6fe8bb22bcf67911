//! Unknown keys, with suggestions.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Lit, Path, Token, token};

use super::recovery::next_value;
use crate::diagnostics::text;
use crate::duration;
use crate::parse::role::{self, Role};
use crate::parse::{keys, peers};
use persevere_words::{Key, Place};

/// Returns whether a key follows, and not the start of a value.
pub(super) fn starts_with_a_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return false;
    };
    if Key::named(&word.to_string()).is_some() && !ahead.peek(Token![::]) {
        return true;
    }
    let word = word.to_string();
    if ["if", "match", "async", "move", "true", "false"].contains(&&*word) {
        return false;
    }
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    let is_word = Role::of_word(&word).is_some()
        || role::is_callback(&word)
        || matches!(word.as_str(), "Err" | "Ok" | "Some" | "None");
    let called = ahead.peek(token::Paren);
    let value = ahead.peek(Token![::])
        || ahead.peek(Token![.])
        || (is_word && (alone || called))
        || (called && peers::role(&word).is_some());
    !value
}

/// Returns the error for `#[retry(policies::net)]`.
pub(super) fn path_alone(input: ParseStream<'_>, in_set: bool) -> Option<syn::Error> {
    let ahead = input.fork();
    let path = ahead.call(Path::parse_mod_style).ok()?;
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    let message = keys::path_alone(&path, in_set).filter(|_| alone && path.segments.len() > 1)?;
    Some(syn::Error::new_spanned(path, message))
}

/// Returns the error for `#[retry(3)]`, `#[retry("x")]` or `#[retry(after_attempt(3))]`.
pub(super) fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    let found = next_value(input);
    let mut words = found.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    // `retry::stop = ..`
    let ahead = input.fork();
    if let (Ok(path), true) = (ahead.call(Path::parse_mod_style), ahead.peek(Token![=])) {
        let last = path
            .segments
            .last()
            .map(|segment| segment.ident.to_string());
        let message = match last.as_deref().and_then(Key::named) {
            Some(key) => format!("keys have no path; write `{}`", key.example()),
            None => "keys have no path; write one such as `stop = after_attempt(3)`".to_owned(),
        };
        return syn::Error::new_spanned(path, message);
    }
    let Ok(value) = input.parse::<Expr>() else {
        let message = "expected `name = value`, such as `stop = after_attempt(3)`";
        return syn::Error::new_spanned(found, message);
    };
    let first = words.next().unwrap_or_default();
    let role = Role::of_word(&first);
    // A word that lacks its parentheses is shown with them.
    let written = match (&value, role.and_then(|role| role.word(&first))) {
        (Expr::Path(_), Some(word)) => word.example.to_owned(),
        (Expr::Path(_), None) if role::is_callback(&first) => format!("{first}()"),
        _ => text(&value),
    };
    let instead = match &value {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(_) => format!("name = {written}"),
            Lit::Int(lit) if lit.suffix().is_empty() => format!("stop = after_attempt({lit})"),
            lit if duration::nanos(lit).is_some() => format!("wait = fixed({written})"),
            _ => "stop = after_attempt(3)".to_owned(),
        },
        Expr::Closure(_) => format!("when = err({written})"),
        Expr::Path(path) if !path.path.is_ident("None") && written == first => {
            "stop = after_attempt(3)".to_owned()
        }
        _ if matches!(first.as_str(), "Err" | "Ok" | "Some" | "None") => format!("on = {written}"),
        _ if role::is_callback(&first) => format!("before_sleep = {written}"),
        _ => match (role, peers::role(&first), &value) {
            (Some(role), ..) => format!("{} = {written}", role.key()),
            (_, Some((role, meaning)), Expr::Call(call)) => {
                format!("{} = {}", role.key(), peers::write(meaning, call))
            }
            (_, Some((role, meaning)), _) => format!("{} = {}", role.key(), meaning.write(None)),
            _ => "stop = after_attempt(3)".to_owned(),
        },
    };
    let message = format!("expected `name = value`; did you mean `{instead}`?");
    syn::Error::new_spanned(value, message)
}

/// Returns the error for a word that is no key, in a set or at a function.
pub(super) fn unknown_key(
    input: ParseStream<'_>,
    name: &Ident,
    place: Place,
    in_set: bool,
) -> syn::Error {
    if input.is_empty() || input.peek(Token![,]) {
        return syn::Error::new(name.span(), keys::alone(name, place, in_set));
    }
    let (at, word) = dashed(input, name);
    let ahead = input.fork();
    let is_given = !input.peek(Token![==]) && ahead.parse::<Token![=]>().is_ok();
    let value = is_given.then(|| ahead.parse::<Expr>().ok()).flatten();
    syn::Error::new_spanned(at, keys::unknown(&word, place, value.as_ref()))
}

/// Reads `before-sleep`. Returns its tokens, and the word with `_`.
pub(super) fn dashed(input: ParseStream<'_>, name: &Ident) -> (TokenStream, String) {
    let mut word = name.to_string();
    let mut at = name.to_token_stream();
    while input.peek(Token![-]) {
        let ahead = input.fork();
        let dash: Option<Token![-]> = ahead.parse().ok();
        let Ok(next) = ahead.call(Ident::parse_any) else {
            break;
        };
        let joined = format!("{word}_{next}");
        word = joined;
        at = quote!(#at #dash #next);
        let _ = (input.parse::<Token![-]>(), input.call(Ident::parse_any));
    }
    (at, word)
}
