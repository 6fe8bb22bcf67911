//! The section *Retries* of a function's documentation: its keys in words.
//!
//! ```text
//! // Input
//! /// Sends a ping.
//! #[retry(stop = after_attempt(5), wait = 1s)]
//! fn ping() -> Result<Pong, Error> { .. }
//!
//! // Output, beside the loop
//! /// Sends a ping.
//! #[doc = "\n# Retries\n\n- Gives up after 5 attempts.\n- Pauses between attempts: 1s.\n.."]
//! fn ping() -> Result<Pong, Error> { .. }
//! ```
//!
//! The phrases and sentences are those of `persevere_words`, which a policy of the running program uses too.

use persevere_words::{Key, describe};
use proc_macro2::{Ident, Span};
use syn::token::Bracket;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue, Token};

use crate::parse::attribute::Args;
use crate::parse::inspect::literal;

mod code;
mod keys;
mod strategies;
mod strategy;

use self::keys::Keys;

/// The heading of the section.
const HEADING: &str = "Retries";

/// Returns the section, unless the function has no use for it.
///
/// A function without documentation has it by `doc = true` alone: one that is made would silence `missing_docs`, and
/// hide the documentation of a trait's method.
pub(crate) fn section(docs: &[Attribute], args: &Args, blocking: bool) -> Option<Attribute> {
    let given = args.values.get(Key::Doc).and_then(literal);
    let wanted = match given {
        Some(Lit::Bool(given)) => given.value,
        _ => docs.iter().any(is_doc),
    };
    if !wanted || docs.iter().any(has_section) {
        return None;
    }
    let mut text = format!("\n# {HEADING}\n\n");
    let keys = Keys::of(args, blocking);
    // A `String` takes any text.
    let _ = describe::list(&mut text, &mut |key, lines| keys.line(key, lines));
    Some(attribute(&text))
}

/// Returns `#[doc = "text"]`. Parsing it would take longer than all the rest.
fn attribute(text: &str) -> Attribute {
    let span = Span::call_site();
    let text = Lit::Str(LitStr::new(text, span));
    Attribute {
        pound_token: Token![#](span),
        style: AttrStyle::Outer,
        bracket_token: Bracket(span),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", span).into(),
            eq_token: Token![=](span),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: text,
            }),
        }),
    }
}

/// Returns the value of `#[doc = ".."]`.
fn value(attr: &Attribute) -> Option<&Expr> {
    match &attr.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(&doc.value),
        _ => None,
    }
}

fn is_doc(attr: &Attribute) -> bool {
    value(attr).is_some()
}

/// Returns whether a comment has the heading of the section already.
fn has_section(attr: &Attribute) -> bool {
    let Some(Lit::Str(text)) = value(attr).and_then(literal) else {
        return false;
    };
    text.value().lines().any(|line| {
        // A block comment may have a star before each line.
        let line = line.trim_start_matches([' ', '\t', '*']);
        let title = line.trim_start_matches('#');
        title.len() < line.len() && title.trim() == HEADING
    })
}
