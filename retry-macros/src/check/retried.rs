//! What the keys retry: errors alone, or values too.

use syn::{BinOp, Expr, Pat, UnOp};

use crate::check::redirects;
use crate::parse::inspect::bare_word;

/// Which outcomes the keys retry, as far as they can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retries {
    Errors,
    Values,
    Unknown,
}

impl Retries {
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Retries::Values, _) | (_, Retries::Values) => Retries::Values,
            (Retries::Errors, Retries::Errors) => Retries::Errors,
            _ => Retries::Unknown,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Retries::Errors, _) | (_, Retries::Errors) => Retries::Errors,
            (Retries::Values, Retries::Values) => Retries::Values,
            _ => Retries::Unknown,
        }
    }

    /// By what a pattern matches.
    pub(crate) fn by_pattern(pattern: &Pat) -> Self {
        let named = |path: &syn::Path| match path.segments.last() {
            Some(last) if last.ident == "Err" || last.ident == "None" => Retries::Errors,
            Some(last) if last.ident == "Ok" || last.ident == "Some" => Retries::Values,
            _ => Retries::Unknown,
        };
        match pattern {
            Pat::Or(or) => {
                let cases = or.cases.iter().map(Retries::by_pattern);
                cases.fold(Retries::Errors, Retries::or)
            }
            Pat::Paren(paren) => Retries::by_pattern(&paren.pat),
            Pat::Reference(reference) => Retries::by_pattern(&reference.pat),
            Pat::TupleStruct(tuple) => named(&tuple.path),
            Pat::Path(path) => named(&path.path),
            Pat::Ident(ident) => match &ident.subpat {
                Some((_, inner)) => Retries::by_pattern(inner),
                None if ident.ident == "None" => Retries::Errors,
                None => Retries::Unknown,
            },
            _ => Retries::Unknown,
        }
    }

    /// By what a predicate asks for.
    pub(crate) fn by_predicate(when: &Expr) -> Self {
        match when {
            Expr::Paren(paren) => Retries::by_predicate(&paren.expr),
            Expr::Group(group) => Retries::by_predicate(&group.expr),
            Expr::Binary(binary) => {
                let (left, right) = (&binary.left, &binary.right);
                let (left, right) = (Retries::by_predicate(left), Retries::by_predicate(right));
                match binary.op {
                    BinOp::BitOr(_) => left.or(right),
                    BinOp::BitAnd(_) => left.and(right),
                    _ => Retries::Unknown,
                }
            }
            Expr::MethodCall(call)
                if call.method == redirects::NAME || call.method == "responses" =>
            {
                Retries::by_predicate(&call.receiver)
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => Retries::Unknown,
            Expr::Call(call) => match bare_word(&call.func) {
                Some((word, _)) => match word.to_string().as_str() {
                    "err" | "transient" | "unsent" | "idempotent" | "any_failure" | "err_is"
                    | "cause_is" | "transient_cause" | "unsent_cause" | "idempotent_cause"
                    | "message" | "never" => Retries::Errors,
                    "ok" | "always" => Retries::Values,
                    _ => Retries::Unknown,
                },
                None => Retries::Unknown,
            },
            _ => Retries::Unknown,
        }
    }
}
