//! The field that a mark asks.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Field, Fields, Type};

use crate::error::{Errors, closest};

pub(super) type Member = syn::Member;

/// The field with this name or number.
pub(super) fn named(
    owner: &Ident,
    fields: &Fields,
    member: Member,
    errors: &mut Errors,
) -> Option<(Member, Type)> {
    let (wanted, names) = (text(&member), names(fields));
    if let Some(index) = names.iter().position(|name| *name == wanted) {
        let field = fields.iter().nth(index)?;
        return Some((member, field.ty.clone()));
    }
    let advice = match (closest(&wanted, names.iter().map(String::as_str)), &*names) {
        (Some(name), _) => format!("; did you mean `{name}`?"),
        (None, []) => String::from(": it has no fields"),
        (None, [name]) => format!("; its field is `{name}`"),
        (None, names) => format!("; its fields are `{}`", names.join("`, `")),
    };
    errors.push_at(member, format!("`{owner}` has no field `{wanted}`{advice}"));
    None
}

/// The field that is the source: the only one, or the one that says so.
pub(super) fn source(
    owner: &Ident,
    fields: &Fields,
    at: Span,
    errors: &mut Errors,
) -> Option<(Member, Type)> {
    let all: Vec<&Field> = fields.iter().collect();
    let index = match all.len() {
        0 => {
            errors.push(
                at,
                format!("`{owner}` has no field that could be asked; write `#[transient]`"),
            );
            return None;
        }
        1 => Some(0),
        _ => all.iter().position(|field| is_source(field)),
    };
    let Some(index) = index else {
        let message = format!(
            "which field of `{owner}` is the source? Write `source = FIELD`, one of `{}`",
            names(fields).join("`, `")
        );
        errors.push(at, message);
        return None;
    };
    let member = match &all[index].ident {
        Some(name) => Member::Named(name.clone()),
        None => Member::from(index),
    };
    Some((member, all[index].ty.clone()))
}

/// Named `source`, or marked as such for `thiserror`.
fn is_source(field: &Field) -> bool {
    let marked = |name| field.attrs.iter().any(|attr| attr.path().is_ident(name));
    field.ident.as_ref().is_some_and(|name| name == "source") || marked("source") || marked("from")
}

fn names(fields: &Fields) -> Vec<String> {
    let names = fields.iter().enumerate();
    let names = names.map(|(index, field)| match &field.ident {
        Some(name) => name.to_string(),
        None => index.to_string(),
    });
    names.collect()
}

fn text(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// Whether one of the generic parameters stands in the type.
pub(super) fn mentions(ty: &Type, parameters: &[&Ident]) -> bool {
    fn any(tokens: TokenStream, parameters: &[&Ident]) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(name) => parameters.contains(&&name),
            TokenTree::Group(group) => any(group.stream(), parameters),
            _ => false,
        })
    }
    any(ty.to_token_stream(), parameters)
}
