//! `clone(..)` and `once(..)`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token};

use super::recovery::{next_value, separator, skip};
use super::syntax::{can_name, expression};
use crate::diagnostics::{Errors, text};

/// Parses `clone(a, b)`.
pub(super) fn parse_clone(
    input: ParseStream<'_>,
    clone: &Ident,
    errors: &mut Errors,
) -> syn::Result<Vec<Ident>> {
    let mut names: Vec<Ident> = Vec::new();
    if input.is_empty() {
        let message = "`clone` needs the names of parameters: `clone(body)`";
        return Err(syn::Error::new(clone.span(), message));
    }
    while !input.is_empty() {
        let written = next_value(input);
        // `self` is a keyword, and a mistake of another kind.
        match Ident::parse_any.parse2(written.clone()) {
            Ok(name) if names.contains(&name) => {
                errors.push(name.span(), format_args!("`{name}` is cloned twice"));
            }
            Ok(name) => names.push(name),
            Err(_) => {
                let found = text(&written);
                let message = format!(
                    "`clone` takes names of parameters, as in `clone(body)`; found `{found}`"
                );
                errors.push_at(&written, message);
            }
        }
        skip(input, &written);
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(names)
}

/// Parses `once(a = …, b = …)`.
pub(super) fn parse_once(
    input: ParseStream<'_>,
    once: &Ident,
    errors: &mut Errors,
) -> syn::Result<Vec<(Ident, Expr)>> {
    let mut bindings: Vec<(Ident, Expr)> = Vec::new();
    if input.is_empty() {
        let message = "`once` needs a name and a value: `once(id = Uuid::new_v4())`";
        return Err(syn::Error::new(once.span(), message));
    }
    while !input.is_empty() {
        let ahead = input.fork();
        let name = ahead.call(Ident::parse_any).ok();
        let Some(name) = name.filter(|_| ahead.peek(Token![=]) && !ahead.peek(Token![==])) else {
            let written = next_value(input);
            let value = text(&written);
            let message = match syn::parse2::<Ident>(written.clone()) {
                Ok(name) => format!("`{name}` needs a value: `once({name} = ..)`"),
                Err(_) => format!("`once` needs a name for the value: `once(name = {value})`"),
            };
            return Err(syn::Error::new_spanned(written, message));
        };
        input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            let message = format!("`{name}` needs a value: `once({name} = ..)`");
            return Err(syn::Error::new(name.span(), message));
        }
        let value = expression(input, &name)?;
        can_name(&name)?;
        if bindings.iter().any(|(bound, _)| *bound == name) {
            errors.push(name.span(), format_args!("`{name}` is bound twice"));
        }
        bindings.push((name, value));
        separator(input, errors);
    }
    Ok(bindings)
}
