//! `on`, `unless` and `case`: arms of one match over the outcome.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Pat, PatIdent, Token, parse_quote};

use super::attribute_kind::AttributeKind;
use super::values::Values;
use crate::diagnostics::{Errors, text};
use persevere_words::Key;

/// An arm. That of a `case` may have strategies of its own.
pub(crate) struct Arm {
    /// `on`, `unless` or `case`.
    pub(crate) key: Key,
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Expr>,
    /// The keys of a `case`.
    pub(crate) own: Values,
}

impl Arm {
    pub(crate) fn parse(input: ParseStream<'_>, key: Key) -> syn::Result<Arm> {
        let pattern = input.call(Pat::parse_multi_with_leading_vert)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(token) if input.is_empty() || input.peek(Token![,]) => {
                let message = "a guard needs a condition: `if ..`";
                return Err(syn::Error::new(token.span, message));
            }
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Arm {
            key,
            pattern,
            guard,
            own: Values::default(),
        })
    }

    /// Returns the names that the pattern binds, in the order written.
    pub(crate) fn bindings(&self) -> Vec<Ident> {
        bindings(&self.pattern)
    }

    /// Returns names that look like a variant or a constant. A name that is not in scope would bind.
    pub(crate) fn constants(&self) -> Vec<Ident> {
        let mut constants = Vec::new();
        for name in names(&self.pattern) {
            if is_constant(name) && name.ident != "None" {
                constants.push(name.ident.clone());
            }
        }
        constants
    }

    /// Reports a retry of every success, which would never end, and alternatives that bind different names.
    pub(crate) fn check(&self, kind: AttributeKind, errors: &mut Errors) {
        if let Some((pattern, name)) = unbound(&self.pattern) {
            let written = text(pattern);
            errors.push_at(
                pattern,
                format_args!("`{written}` does not bind `{name}`, which another alternative does"),
            );
        }
        if self.key == Key::Unless || self.guard.is_some() {
            return;
        }
        if let Some(pattern) = every_success(&self.pattern) {
            let written = text(pattern);
            let would = kind.pick(
                "retry every success for ever",
                "take every success for a failure",
            );
            errors.push_at(
                pattern,
                format_args!(
                    "`{written}` would {would}; match the failures, \
                     or add a guard: `{written} if ..`"
                ),
            );
        }
    }
}

/// Returns the names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    let mut bound = Vec::new();
    for name in names(pattern) {
        if !is_constant(name) && !bound.contains(&name.ident) {
            bound.push(name.ident.clone());
        }
    }
    bound
}

/// Returns the names in a pattern, in the order written.
pub(crate) fn names(pattern: &Pat) -> Vec<&PatIdent> {
    let mut found = Vec::new();
    if let Pat::Ident(name) = pattern {
        found.push(name);
    }
    for part in parts(pattern) {
        found.extend(names(part));
    }
    found
}

/// Returns the patterns that a pattern is made of.
fn parts(pattern: &Pat) -> Vec<&Pat> {
    match pattern {
        Pat::Ident(ident) => match &ident.subpat {
            Some((_, pattern)) => vec![pattern],
            None => Vec::new(),
        },
        Pat::Or(or) => or.cases.iter().collect(),
        Pat::Paren(paren) => vec![&paren.pat],
        Pat::Reference(reference) => vec![&reference.pat],
        Pat::Slice(slice) => slice.elems.iter().collect(),
        Pat::Tuple(tuple) => tuple.elems.iter().collect(),
        Pat::TupleStruct(tuple) => tuple.elems.iter().collect(),
        Pat::Struct(pattern) => {
            let mut parts = Vec::new();
            for field in &pattern.fields {
                parts.push(&*field.pat);
            }
            parts
        }
        _ => Vec::new(),
    }
}

/// Returns the alternative that lacks a name, and the name.
fn unbound(pattern: &Pat) -> Option<(&Pat, Ident)> {
    if let Pat::Or(or) = pattern {
        let all = bindings(pattern);
        let lacking = or.cases.iter().find_map(|case| {
            let bound = bindings(case);
            let name = all.iter().find(|name| !bound.contains(name))?;
            Some((case, name.clone()))
        });
        if lacking.is_some() {
            return lacking;
        }
    }
    parts(pattern).into_iter().find_map(unbound)
}

/// Returns the alternative that matches every success.
fn every_success(pattern: &Pat) -> Option<&Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().find_map(every_success),
        Pat::Paren(paren) => every_success(&paren.pat),
        _ => {
            let all = covers(pattern, &any_in("Ok")) || covers(pattern, &any_in("Some"));
            all.then_some(pattern)
        }
    }
}

/// Returns `VARIANT(_)`.
pub(crate) fn any_in(variant: &str) -> Pat {
    let variant = Ident::new(variant, Span::call_site());
    parse_quote!(#variant(_))
}

/// Returns whether a pattern matches every value.
pub(crate) fn is_irrefutable(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Ident(ident) => match &ident.subpat {
            Some((_, pattern)) => is_irrefutable(pattern),
            None => is_binding(&ident.ident),
        },
        Pat::Paren(paren) => is_irrefutable(&paren.pat),
        Pat::Reference(reference) => is_irrefutable(&reference.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Or(or) => or.cases.iter().any(is_irrefutable),
        _ => false,
    }
}

/// Returns whether one pattern visibly matches everything that another does.
pub(crate) fn covers(wide: &Pat, narrow: &Pat) -> bool {
    match (wide, narrow) {
        _ if is_irrefutable(wide) => true,
        (Pat::Paren(wide), _) => covers(&wide.pat, narrow),
        (_, Pat::Paren(narrow)) => covers(wide, &narrow.pat),
        (_, Pat::Or(narrow)) => narrow.cases.iter().all(|narrow| covers(wide, narrow)),
        (Pat::Or(wide), _) => wide.cases.iter().any(|wide| covers(wide, narrow)),
        (Pat::Ident(ident), _) if ident.subpat.is_some() => {
            ident.subpat.iter().any(|(_, wide)| covers(wide, narrow))
        }
        (_, Pat::Ident(ident)) if ident.subpat.is_some() => {
            ident.subpat.iter().any(|(_, narrow)| covers(wide, narrow))
        }
        (Pat::TupleStruct(wide), Pat::TupleStruct(narrow)) => {
            let same = is_same(&wide.path, &narrow.path);
            let all = matches!(wide.elems.first(), Some(Pat::Rest(_)) if wide.elems.len() == 1);
            same && (all || cover(&wide.elems, &narrow.elems))
        }
        (Pat::Tuple(wide), Pat::Tuple(narrow)) => cover(&wide.elems, &narrow.elems),
        (Pat::Struct(wide), Pat::Struct(narrow)) if wide.fields.is_empty() => {
            wide.rest.is_some() && is_same(&wide.path, &narrow.path)
        }
        (Pat::Path(wide), Pat::Path(narrow)) => is_same(&wide.path, &narrow.path),
        (Pat::Ident(wide), Pat::Ident(narrow)) => wide.ident == narrow.ident,
        _ => text(wide) == text(narrow),
    }
}

/// Returns whether the fields of a variant are covered one by one. Without a `..` the wide pattern has them
/// all.
fn cover(wide: &Punctuated<Pat, Token![,]>, narrow: &Punctuated<Pat, Token![,]>) -> bool {
    if wide.len() != narrow.len() {
        return false;
    }
    let mut pairs = wide.iter().zip(narrow);
    pairs.all(|(wide, narrow)| !matches!(wide, Pat::Rest(_)) && covers(wide, narrow))
}

/// Returns whether two paths name the same variant, as far as both are written.
fn is_same(one: &syn::Path, other: &syn::Path) -> bool {
    let (one, other) = (one.segments.iter().rev(), other.segments.iter().rev());
    one.zip(other).all(|(one, other)| one.ident == other.ident)
}

/// Returns whether a name looks like a variant or a constant, and would bind only where neither is in scope.
fn is_constant(name: &PatIdent) -> bool {
    let bare = name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none();
    bare && !is_binding(&name.ident)
}

/// Returns whether a name is a variable, which by convention starts in lower case.
fn is_binding(name: &Ident) -> bool {
    !name
        .to_string()
        .trim_start_matches('_')
        .starts_with(char::is_uppercase)
}
