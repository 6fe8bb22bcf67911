//! The field to which a mark delegates.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Attribute, Field, Fields, Member, Meta, Type};

use crate::diagnostics::{Errors, text};
use persevere_words::closest;

/// A field that is asked, with its type.
pub(super) struct Asked {
    pub(super) member: Member,
    pub(super) ty: Type,
}

impl Asked {
    fn new(member: Member, field: &Field) -> Asked {
        let ty = field.ty.clone();
        Asked { member, ty }
    }
}

/// Returns the field with a `#[transient]` of its own, and the place of that mark.
pub(super) fn marked(owner: &Ident, fields: &Fields, errors: &mut Errors) -> Option<(Asked, Span)> {
    let mut found = None;
    for (member, field) in fields.members().zip(fields) {
        let marks = field.attrs.iter();
        let mut marks = marks.filter(|attr| attr.path().is_ident("transient"));
        let Some(mark) = marks.next() else { continue };
        if let Some(second) = marks.next() {
            errors.push_at(second, "`#[transient]` is written twice; remove one");
        }
        if !asks(mark) {
            let member = text(&member);
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
        found = Some((Asked::new(member, field), mark.path().span()));
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
    wanted: Member,
    errors: &mut Errors,
) -> Option<Asked> {
    let mut all = fields.members().zip(fields);
    if let Some((_, field)) = all.find(|(member, _)| *member == wanted) {
        return Some(Asked::new(wanted, field));
    }
    let (written, names) = (text(&wanted), names(fields));
    let advice = match (closest(&written, names.iter().map(String::as_str)), &*names) {
        (Some(name), _) => format!("; did you mean `{name}`?"),
        (None, []) => String::from(": it has no fields"),
        (None, [name]) => format!("; its field is `{name}`"),
        (None, names) => format!("; its fields are `{}`", names.join("`, `")),
    };
    errors.push_at(
        wanted,
        format!("`{owner}` has no field `{written}`{advice}"),
    );
    None
}

/// Returns the source: the only field, or the one marked as such.
pub(super) fn source(
    owner: &Ident,
    fields: &Fields,
    at: Span,
    errors: &mut Errors,
) -> Option<Asked> {
    let only = fields.len() == 1;
    let mut all = fields.members().zip(fields);
    if let Some((member, field)) = all.find(|(_, field)| only || is_source(field)) {
        return Some(Asked::new(member, field));
    }
    let message = if fields.is_empty() {
        format!("`{owner}` has no field that could be asked; write `#[transient]`")
    } else {
        let names = names(fields).join("`, `");
        format!("which field of `{owner}` is the source? Write `source = FIELD`, one of `{names}`")
    };
    errors.push(at, message);
    None
}

/// Returns whether a field is named `source`, or marked as such for `thiserror`.
fn is_source(field: &Field) -> bool {
    let marked = |name| field.attrs.iter().any(|attr| attr.path().is_ident(name));
    field.ident.as_ref().is_some_and(|name| name == "source") || marked("source") || marked("from")
}

fn names(fields: &Fields) -> Vec<String> {
    fields.members().map(text).collect()
}
