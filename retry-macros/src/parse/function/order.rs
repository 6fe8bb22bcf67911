//! The order of attributes: what stands above ours has been expanded, and wrote the body.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::Function;
use crate::diagnostics::Errors;
use crate::parse::attribute_kind::AttributeKind;

impl Function {
    /// That no attribute has written the body that belongs below this one.
    pub(crate) fn check_order(&self, kind: AttributeKind, attempt: &Group, errors: &mut Errors) {
        let retries = kind == AttributeKind::Retry;
        let (above, purpose) = if made_by_instrument(attempt) {
            let one = "one span holds all attempts";
            let refused = "a call that is refused has its span too";
            ("instrument", if retries { one } else { refused })
        } else if made_by_tokio_main(&self.body) && !self.is_test() {
            let one = "all attempts share a runtime";
            let refused = "a call that is refused starts no runtime";
            ("tokio::main", if retries { one } else { refused })
        } else {
            return;
        };
        let name = kind.name();
        let message = format!("put `{name}` above `#[{above}]`, so that {purpose}");
        errors.push(self.sig.ident.span(), message);
    }
}

/// `#[instrument]` declares its span first, perhaps in braces.
fn made_by_instrument(attempt: &Group) -> bool {
    begins_with(attempt, |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            begins_with(group, |token| is_word(token, "__tracing_attr_span"))
        }
        token => is_word(token, "__tracing_attr_span"),
    })
}

/// `#[tokio::main]` writes `let body = async { .. };`, then builds a runtime, with a message of its own.
fn made_by_tokio_main(body: &Group) -> bool {
    fn told(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Literal(text) => text.to_string() == "\"Failed building the Runtime\"",
            TokenTree::Group(group) => told(group.stream()),
            _ => false,
        })
    }
    begins_with(body, |token| is_word(token, "async")) && told(body.stream())
}

/// Whether there is such a token among the first. A body is long, and is not read to its end.
fn begins_with(group: &Group, is: impl Fn(&TokenTree) -> bool) -> bool {
    group.stream().into_iter().take(12).any(|token| is(&token))
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
