//! The order of attributes. One above ours is already expanded, and has written the body.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::Function;
use crate::diagnostics::Errors;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::tokens::{group, is_word};

impl Function {
    /// Reports an attribute that has written the body and belongs below this one.
    pub(crate) fn check_order(&self, kind: AttributeKind, attempt: &Group, errors: &mut Errors) {
        let (above, purpose) = if made_by_instrument(attempt) {
            let one = "one span holds all attempts";
            let refused = "a call that is refused has its span too";
            ("instrument", kind.pick(one, refused))
        } else if self.sig.asyncness.is_none() && made_by_tokio_main(&self.body) && !self.is_test()
        {
            let one = "all attempts share a runtime";
            let refused = "a call that is refused starts no runtime";
            ("tokio::main", kind.pick(one, refused))
        } else {
            return;
        };
        let name = kind.name();
        let message = format!("put `{name}` above `#[{above}]`, so that {purpose}");
        errors.push(self.sig.ident.span(), message);
    }
}

/// Returns whether `#[instrument]` wrote the body. It declares its span first, perhaps in braces.
fn made_by_instrument(attempt: &Group) -> bool {
    let is_span = |token: &TokenTree| is_word(token, "__tracing_attr_span");
    begins_with(attempt, &|token| match group(token, Delimiter::Brace) {
        Some(block) => begins_with(block, &is_span),
        None => is_span(token),
    })
}

/// Returns whether `#[tokio::main]` wrote the body of a function that is not async any more. It writes
/// `let body = async { .. };`, then builds a runtime, with a message of its own.
fn made_by_tokio_main(body: &Group) -> bool {
    fn told(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Literal(text) => text.to_string() == "\"Failed building the Runtime\"",
            TokenTree::Group(group) => told(group.stream()),
            _ => false,
        })
    }
    begins_with(body, &|token| is_word(token, "async")) && told(body.stream())
}

/// Returns whether the first tokens include a match. A body is long, and is not read to its end.
fn begins_with(group: &Group, is: &dyn Fn(&TokenTree) -> bool) -> bool {
    group.stream().into_iter().take(12).any(|token| is(&token))
}
