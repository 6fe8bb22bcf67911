//! `on`, `unless` and `case`: arms of one match over the outcome.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, Pat, Token};

use crate::error::Errors;

/// Which key an arm was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    On,
    Unless,
    Case,
}

/// One arm, with the strategies of its own that a `case` may have.
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) kind: Kind,
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Expr>,
    pub(crate) stop: Option<Expr>,
    pub(crate) wait: Option<Expr>,
    pub(crate) before_sleep: Option<Expr>,
}

impl Arm {
    pub(crate) fn parse(input: ParseStream<'_>, kind: Kind) -> syn::Result<Arm> {
        let pattern = input.call(Pat::parse_multi_with_leading_vert)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
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
        })
    }

    /// The names that the pattern binds, in the order written.
    pub(crate) fn bindings(&self) -> Vec<Ident> {
        let mut names = Names::default();
        names.collect(&self.pattern);
        names.bound
    }

    /// Names that look like a variant or a constant: if they are not in scope, they would bind.
    pub(crate) fn constants(&self) -> Vec<Ident> {
        let mut names = Names::default();
        names.collect(&self.pattern);
        names.constants
    }

    /// A retry of every success would never end.
    pub(crate) fn check(&self, errors: &mut Errors) {
        if self.kind == Kind::Unless || self.guard.is_some() {
            return;
        }
        if let Some(pattern) = every_success(&self.pattern) {
            let text = pattern
                .to_token_stream()
                .to_string()
                .replace(" (", "(")
                .replace("( ", "(");
            let text = text.replace(" )", ")");
            errors.push_at(
                &pattern,
                format_args!(
                    "`{text}` would retry every success for ever; match the failures, \
                     or add a guard: `{text} if ...`"
                ),
            );
        }
    }
}

/// The alternative that matches whatever succeeds.
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

/// By convention variables start in lower case; everything else names something.
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
