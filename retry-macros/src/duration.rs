//! Duration literals: `250ms`, `1.5s`, `2min`.

use std::time::Duration;

use persevere_words::duration::{self, Written, spelled};
use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Lit;

use crate::diagnostics::Errors;
use crate::lower::tokens::with_stream;
use crate::parse::tokens::is_punct;

const NUMBERS: [&str; 14] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64",
];

/// Returns the nanoseconds of a duration literal, or `None` for any other literal.
pub(crate) fn nanos(lit: &Lit) -> Option<u128> {
    let (digits, unit) = parts(lit)?;
    duration::nanos(digits, unit)
}

/// Returns whether a duration literal is shorter than a nanosecond, and not zero.
pub(crate) fn is_too_short(lit: &Lit) -> bool {
    parts(lit).is_some_and(|(digits, unit)| duration::is_too_short(digits, unit))
}

/// Returns the digits of a duration literal, and the nanoseconds of its unit.
fn parts(lit: &Lit) -> Option<(&str, u128)> {
    let (digits, suffix) = digits(lit)?;
    Some((digits, duration::unit(suffix)?))
}

/// Returns the digits of a number, and its suffix.
pub(crate) fn digits(lit: &Lit) -> Option<(&str, &str)> {
    match lit {
        Lit::Int(lit) => Some((lit.base10_digits(), lit.suffix())),
        Lit::Float(lit) => Some((lit.base10_digits(), lit.suffix())),
        _ => None,
    }
}

/// Returns the suffix of a literal that is neither a number's type nor a unit of time.
pub(crate) fn unknown_unit(lit: &Lit) -> Option<String> {
    let (_, suffix) = digits(lit)?;
    let known = suffix.is_empty() || NUMBERS.contains(&suffix) || is_unit(suffix);
    (!known).then(|| suffix.to_owned())
}

/// Returns the literal to write for a string that holds a duration: `"5s"`, `"5 seconds"`, `"PT5S"`.
pub(crate) fn unquoted(lit: &Lit) -> Option<String> {
    let Lit::Str(lit) = lit else { return None };
    let text = lit.value();
    if syn::parse_str::<Lit>(&text).is_ok_and(|lit| nanos(&lit).is_some()) {
        return Some(text);
    }
    Some(Written(spelled(&text)?).to_string())
}

/// Returns whether a word is a unit of time.
pub(crate) fn is_unit(word: &str) -> bool {
    duration::unit(word).is_some()
}

/// Replaces every duration literal with a `Duration`, inside closures and macro calls too.
pub(crate) fn replace(tokens: TokenStream, errors: &mut Errors) -> TokenStream {
    replace_in(tokens, true, errors)
}

/// Replaces duration literals. `strict` is false inside macro calls, whose tokens may mean anything.
fn replace_in(tokens: TokenStream, strict: bool, errors: &mut Errors) -> TokenStream {
    let mut after_bang = false;
    let mut replaced = Vec::new();
    for token in tokens {
        let macro_call = std::mem::replace(&mut after_bang, is_punct(&token, '!'));
        match token {
            TokenTree::Literal(literal) => match replacement(&literal, strict, errors) {
                Some(duration) => replaced.extend(duration),
                None => replaced.push(literal.into()),
            },
            TokenTree::Group(group) => {
                let stream = replace_in(group.stream(), strict && !macro_call, errors);
                replaced.push(with_stream(&group, stream).into());
            }
            other => replaced.push(other),
        }
    }
    replaced.into_iter().collect()
}

/// Returns the `Duration` in place of a literal, or `None` if the literal stays.
fn replacement(literal: &Literal, strict: bool, errors: &mut Errors) -> Option<TokenStream> {
    let lit = Lit::new(literal.clone());
    let (digits, suffix) = digits(&lit)?;
    if suffix.is_empty() || NUMBERS.contains(&suffix) || (!is_unit(suffix) && !strict) {
        return None;
    }
    let span = literal.span();
    let read = duration::read(digits, suffix).unwrap_or_else(|message| {
        errors.push(span, message);
        Duration::ZERO
    });
    let seconds = Literal::u64_unsuffixed(read.as_secs());
    let nanos = Literal::u32_unsuffixed(read.subsec_nanos());
    Some(quote_spanned!(span=> ::core::time::Duration::new(#seconds, #nanos)))
}
