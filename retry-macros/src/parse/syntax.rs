//! Parts of a key: its `=`, its parentheses, its value.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Lit, Path, Token, token};

use super::inspect::{is_plain, literal, string};
use super::recovery::{drain, next_value};
use super::unknown_key::dashed;
use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::lower::tokens::stream;
use persevere_words::Key;

pub(super) fn parenthesised<T>(
    input: ParseStream<'_>,
    key: Key,
    name: &Ident,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    if !input.peek(token::Paren) {
        let example = key.example();
        let message = format!("`{name}` takes parentheses: `{example}`");
        return Err(syn::Error::new(name.span(), message));
    }
    let content;
    syn::parenthesized!(content in input);
    let parsed = parse(&content);
    drain(&content);
    parsed
}

/// Reads the `=` after a key, and checks that a value follows.
pub(super) fn equals(input: ParseStream<'_>, key: Key, name: &Ident) -> syn::Result<()> {
    let example = key.example();
    if input.peek(token::Paren) {
        let group: Group = input.parse()?;
        let message = if group.stream().is_empty() {
            format!("`{name}` needs a value: `{example}`")
        } else {
            format!("write `{name} = {}`", text(group.stream()))
        };
        return Err(syn::Error::new_spanned(quote!(#name #group), message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{name}` needs a value: `{example}`");
        return Err(syn::Error::new(name.span(), message));
    }
    if input.peek(Token![-]) {
        let (at, word) = dashed(input, name);
        if Key::named(&word).is_some() {
            let message = format!("keys are written with `_`; did you mean `{word}`?");
            return Err(syn::Error::new_spanned(at, message));
        }
    }
    if !input.peek(Token![=]) || input.peek(Token![==]) {
        let wrong = next_value(input);
        let signs = if input.peek(Token![==]) {
            2
        } else {
            usize::from(input.peek(Token![:]))
        };
        let wrong: Vec<TokenTree> = wrong.into_iter().collect();
        let value = text(stream(&wrong[signs.min(wrong.len())..]));
        let message = match value.as_str() {
            "" => format!("expected `=` after `{name}`: `{example}`"),
            value => format!("expected `=` after `{name}`; write `{name} = {value}`"),
        };
        let first = wrong.first().map_or(name.span(), TokenTree::span);
        return Err(syn::Error::new(first, message));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{name} =` needs a value: `{example}`");
        return Err(syn::Error::new_spanned(quote!(#name #equals), message));
    }
    Ok(())
}

/// Parses the value of `name`, which a `macro_rules!` may have passed on as an `$expr`.
pub(super) fn expression(input: ParseStream<'_>, name: &Ident) -> syn::Result<Expr> {
    let found = next_value(input);
    let parsed: syn::Result<Expr> = input.parse();
    let mut value = parsed.map_err(|error| readable(error, &found, name))?;
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    Ok(value)
}

/// Parses `true` or `false`, for a key that is decided at compile time.
pub(super) fn flag(value: &Expr, name: &Ident, why: &str) -> syn::Result<()> {
    if let Some(Lit::Bool(_)) = literal(value) {
        return Ok(());
    }
    let message = format!("`{name}` {why}, so it is a plain `true` or `false`: `{name} = true`");
    Err(syn::Error::new_spanned(value, message))
}

/// Returns the error for a value that does not parse.
/// Returns the path of a crate: `crate = my_crate::persevere`.
pub(super) fn module(value: &Expr) -> syn::Result<Path> {
    let message = match (value, string(value)) {
        (Expr::Path(path), _) if is_plain(path) => return Ok(path.path.clone()),
        (_, Some(path)) => {
            let path = path.value();
            format!("a path is written without quotes: `crate = {path}`")
        }
        _ => "`crate` takes a path: `crate = my_crate::persevere`".to_owned(),
    };
    Err(syn::Error::new_spanned(value, message))
}

pub(super) fn readable(error: syn::Error, found: &TokenStream, name: &Ident) -> syn::Error {
    if let Some((number, unit)) = unit_apart(found.clone()) {
        let message = format!("write a unit right after its number: `{number}{unit}`");
        return syn::Error::new_spanned(quote!(#number #unit), message);
    }
    let says = error.to_string();
    let unfinished = says.starts_with("unexpected end of input");
    let last = found.clone().into_iter().last();
    match last {
        Some(TokenTree::Punct(last)) if unfinished || says == "expected an expression" => {
            let message = format!(
                "the value of `{name}` is not complete: nothing follows `{}`",
                last.as_char()
            );
            syn::Error::new(last.span(), message)
        }
        Some(last) if unfinished => {
            let message = format!("the value of `{name}` is not complete");
            syn::Error::new(last.span(), message)
        }
        // This message is clear without the name.
        _ if says.contains('`') => error,
        _ => syn::Error::new(error.span(), format!("{says} in the value of `{name}`")),
    }
}

/// Finds a unit apart from its number, as in `5 s`.
pub(super) fn unit_apart(tokens: TokenStream) -> Option<(proc_macro2::Literal, Ident)> {
    let mut before = None;
    for token in tokens {
        match (before.take(), token) {
            (Some(number), TokenTree::Ident(word)) if duration::is_unit(&word.to_string()) => {
                return Some((number, word));
            }
            (_, TokenTree::Group(group)) => {
                if let Some(found) = unit_apart(group.stream()) {
                    return Some(found);
                }
            }
            (_, TokenTree::Literal(number)) => before = Some(number),
            _ => {}
        }
    }
    None
}

/// Checks that a word can be a name, and is not a keyword.
pub(crate) fn can_name(word: &Ident) -> syn::Result<()> {
    syn::parse2::<Ident>(quote!(#word)).map(drop).map_err(|_| {
        let message = format!("`{word}` is a keyword; write another name");
        syn::Error::new(word.span(), message)
    })
}

/// Reads the next word if it is the whole value, keywords included.
fn lone_word(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = Ident::parse_any(&ahead).ok()?;
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    alone.then(|| input.advance_to(&ahead))?;
    Some(word)
}

/// Parses a name, even one in quotes.
pub(super) fn identifier(
    input: ParseStream<'_>,
    key: Key,
    name: &Ident,
    errors: &mut Errors,
) -> syn::Result<Option<Ident>> {
    if let Some(word) = lone_word(input) {
        can_name(&word)?;
        return Ok(Some(word));
    }
    let value = expression(input, name)?;
    if let Some(text) = string(&value) {
        if let Ok(ident) = text.parse::<Ident>() {
            errors.push(
                text.span(),
                format_args!("a name is written without quotes: `{name} = {ident}`"),
            );
            return Ok(Some(ident));
        }
    }
    let example = key.example();
    Err(syn::Error::new_spanned(
        value,
        format!("`{name}` takes a name: `{example}`"),
    ))
}
