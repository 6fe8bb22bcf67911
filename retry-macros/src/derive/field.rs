//! The field to which a mark delegates.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Field, Fields, Meta, Type};

use crate::diagnostics::Errors;
use persevere_words::closest;

pub(super) type Member = syn::Member;

/// A field that is marked itself, as by `#[from]` of `thiserror`.
pub(super) struct Marked {
    pub(super) member: Member,
    pub(super) ty: Type,
    /// The place where it is marked.
    pub(super) mark: Span,
}

/// Returns the field with a `#[transient]` of its own.
pub(super) fn marked(owner: &Ident, fields: &Fields, errors: &mut Errors) -> Option<Marked> {
    let mut found = None;
    for (index, field) in fields.iter().enumerate() {
        let marks = field.attrs.iter();
        let mut marks = marks.filter(|attr| attr.path().is_ident("transient"));
        let Some(mark) = marks.next() else { continue };
        if let Some(second) = marks.next() {
            errors.push_at(second, "`#[transient]` is written twice; remove one");
        }
        if !asks(mark) {
            let member = text(&member(field, index));
            let message = format!(
                "on a field `#[transient]` stands alone: the field is asked; all else goes on the variant or the struct, as in `#[transient(retry_after = {member})]`"
            );
            errors.push_at(mark, message);
        }
        if found.is_some() {
            let message = format!(
                "`#[transient]` stands on two fields of `{owner}`, of which one can be asked; remove one"
            );
            errors.push_at(mark, message);
            continue;
        }
        found = Some(Marked {
            member: member(field, index),
            ty: field.ty.clone(),
            mark: mark.path().span(),
        });
    }
    found
}

/// Returns whether the mark is `#[transient]` or `#[transient(source)]`.
fn asks(mark: &Attribute) -> bool {
    match &mark.meta {
        Meta::Path(_) => true,
        Meta::List(list) => list.tokens.to_string() == "source",
        Meta::NameValue(_) => false,
    }
}

/// Returns the field with this name or number.
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

/// Returns the source: the only field, or the one marked as such.
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
    Some((member(all[index], index), all[index].ty.clone()))
}

fn member(field: &Field, index: usize) -> Member {
    match &field.ident {
        Some(name) => Member::Named(name.clone()),
        None => Member::from(index),
    }
}

/// Returns whether a field is named `source`, or marked as such for `thiserror`.
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

/// Returns whether the type contains one of the generic parameters.
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
