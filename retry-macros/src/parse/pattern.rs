//! `on`, `unless` and `case`: arms of one match over the outcome.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, Pat, Token};

use super::strategy::Strategy;
use crate::diagnostics::{Errors, text};

/// The key that an arm was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    On,
    Unless,
    Case,
}

impl Kind {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Kind::On => "on",
            Kind::Unless => "unless",
            Kind::Case => "case",
        }
    }
}

/// An arm. That of a `case` may have strategies of its own.
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) kind: Kind,
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Expr>,
    pub(crate) stop: Option<Strategy>,
    pub(crate) wait: Option<Strategy>,
    pub(crate) before_sleep: Option<Expr>,
    pub(crate) budget: Option<Expr>,
}

impl Arm {
    pub(crate) fn parse(input: ParseStream<'_>, kind: Kind) -> syn::Result<Arm> {
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
            kind,
            pattern,
            guard,
            stop: None,
            wait: None,
            before_sleep: None,
            budget: None,
        })
    }

    /// Returns the names that the pattern binds, in the order written.
    pub(crate) fn bindings(&self) -> Vec<Ident> {
        bindings(&self.pattern)
    }

    /// Returns names that look like a variant or a constant. A name that is not in scope would bind.
    pub(crate) fn constants(&self) -> Vec<Ident> {
        let mut names = Names::default();
        names.collect(&self.pattern);
        names.constants
    }

    /// Reports a retry of every success, which would never end, and alternatives that bind different names.
    pub(crate) fn check(&self, errors: &mut Errors) {
        if let Some((pattern, name)) = unbound(&self.pattern) {
            let written = text(&pattern);
            errors.push_at(
                pattern,
                format_args!("`{written}` does not bind `{name}`, which another alternative does"),
            );
        }
        if self.kind == Kind::Unless || self.guard.is_some() {
            return;
        }
        if let Some(pattern) = every_success(&self.pattern) {
            let written = text(&pattern);
            errors.push_at(
                &pattern,
                format_args!(
                    "`{written}` would retry every success for ever; match the failures, \
                     or add a guard: `{written} if ..`"
                ),
            );
        }
    }
}

/// Returns the names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    let mut names = Names::default();
    names.collect(pattern);
    names.bound
}

/// Returns the alternative that lacks a name, and the name.
fn unbound(pattern: &Pat) -> Option<(Pat, Ident)> {
    let children: Vec<&Pat> = match pattern {
        Pat::Or(or) => {
            let names = |case: &Pat| {
                let mut names = Names::default();
                names.collect(case);
                names.bound
            };
            let all: Vec<Ident> = or.cases.iter().flat_map(names).collect();
            let lacking = or.cases.iter().find_map(|case| {
                let bound = names(case);
                let name = all.iter().find(|name| !bound.contains(name))?;
                Some((case.clone(), name.clone()))
            });
            if lacking.is_some() {
                return lacking;
            }
            or.cases.iter().collect()
        }
        Pat::Paren(paren) => vec![&paren.pat],
        Pat::Reference(reference) => vec![&reference.pat],
        Pat::Slice(slice) => slice.elems.iter().collect(),
        Pat::Tuple(tuple) => tuple.elems.iter().collect(),
        Pat::TupleStruct(tuple) => tuple.elems.iter().collect(),
        Pat::Struct(fields) => fields.fields.iter().map(|field| &*field.pat).collect(),
        _ => return None,
    };
    children.into_iter().find_map(unbound)
}

/// Returns the alternative that matches every success.
fn every_success(pattern: &Pat) -> Option<Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().find_map(every_success),
        Pat::Paren(paren) => every_success(&paren.pat),
        Pat::Wild(_) => Some(pattern.clone()),
        Pat::Ident(ident) if ident.subpat.is_none() && is_binding(&ident.ident) => {
            Some(pattern.clone())
        }
        Pat::TupleStruct(tuple) => {
            let variant = &tuple.path.segments.last()?.ident;
            let success = variant == "Ok" || variant == "Some";
            let anything = tuple.elems.len() == 1 && every_success(&tuple.elems[0]).is_some();
            let rest = matches!(tuple.elems.first(), Some(Pat::Rest(_)));
            (success && (anything || rest)).then(|| pattern.clone())
        }
        _ => None,
    }
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
            same && (all || cover(wide.elems.iter(), narrow.elems.iter()))
        }
        (Pat::Tuple(wide), Pat::Tuple(narrow)) => cover(wide.elems.iter(), narrow.elems.iter()),
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
fn cover<'a>(
    mut wide: impl ExactSizeIterator<Item = &'a Pat>,
    mut narrow: impl ExactSizeIterator<Item = &'a Pat>,
) -> bool {
    let same_length = wide.len() == narrow.len();
    let mut is_covered = |wide: &Pat| narrow.next().is_some_and(|narrow| covers(wide, narrow));
    same_length && wide.all(|wide| !matches!(wide, Pat::Rest(_)) && is_covered(wide))
}

/// Returns whether two paths name the same variant, as far as both are written.
fn is_same(one: &syn::Path, other: &syn::Path) -> bool {
    let (one, other) = (one.segments.iter().rev(), other.segments.iter().rev());
    one.zip(other).all(|(one, other)| one.ident == other.ident)
}

/// Returns whether a name is a variable, which by convention starts in lower case.
fn is_binding(name: &Ident) -> bool {
    !name
        .to_string()
        .trim_start_matches('_')
        .starts_with(char::is_uppercase)
}

#[derive(Default)]
struct Names {
    bound: Vec<Ident>,
    constants: Vec<Ident>,
}

impl Names {
    fn collect(&mut self, pattern: &Pat) {
        match pattern {
            Pat::Ident(ident) => {
                let bare = ident.by_ref.is_none() && ident.mutability.is_none();
                if bare && ident.subpat.is_none() && !is_binding(&ident.ident) {
                    if ident.ident != "None" {
                        self.constants.push(ident.ident.clone());
                    }
                } else if !self.bound.contains(&ident.ident) {
                    self.bound.push(ident.ident.clone());
                }
                if let Some((_, pattern)) = &ident.subpat {
                    self.collect(pattern);
                }
            }
            Pat::Or(or) => or.cases.iter().for_each(|case| self.collect(case)),
            Pat::Paren(paren) => self.collect(&paren.pat),
            Pat::Reference(reference) => self.collect(&reference.pat),
            Pat::Slice(slice) => slice.elems.iter().for_each(|elem| self.collect(elem)),
            Pat::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.collect(elem)),
            Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|elem| self.collect(elem)),
            Pat::Struct(fields) => {
                fields
                    .fields
                    .iter()
                    .for_each(|field| self.collect(&field.pat));
            }
            _ => {}
        }
    }
}

impl ToTokens for Arm {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pattern.to_tokens(tokens);
    }
}
