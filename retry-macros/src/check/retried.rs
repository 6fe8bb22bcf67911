//! Outcomes that the keys retry: errors alone, or values too.

use persevere_words::{Needs, Word};
use syn::Pat;

use crate::parse::strategy::{Node, Operator, Strategy};

/// The outcomes that the keys retry, as far as their tokens show.
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

    /// Classifies by the values that a pattern matches.
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

    /// Classifies by the words of a predicate.
    pub(crate) fn by_predicate(when: &Strategy) -> Self {
        match &when.node {
            Node::Op(left, operator, right) => {
                let (left, right) = (Retries::by_predicate(left), Retries::by_predicate(right));
                match operator {
                    Operator::Either | Operator::Sum => left.or(right),
                    Operator::Both => left.and(right),
                }
            }
            Node::Modified(base, modifier)
                if ["no_redirects", "responses"]
                    .iter()
                    .any(|name| modifier.call.method == name) =>
            {
                Retries::by_predicate(base)
            }
            Node::Word(call) => Retries::by_word(call.word),
            _ => Retries::Unknown,
        }
    }

    fn by_word(word: &Word) -> Self {
        match (word.name, word.needs) {
            (_, Needs::Error | Needs::Transient) | ("err" | "never", _) => Retries::Errors,
            ("ok" | "until" | "always", _) => Retries::Values,
            _ => Retries::Unknown,
        }
    }
}

/// Returns whether a word tells success from failure.
pub(crate) fn tells_failure(word: &Word) -> bool {
    matches!(word.needs, Needs::Error | Needs::Transient)
        || matches!(word.name, "err" | "ok" | "until")
}
