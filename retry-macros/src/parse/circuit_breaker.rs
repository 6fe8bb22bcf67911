//! `#[circuit_breaker]`: a function behind a breaker, tried once.
//!
//! ```text
//! // Input
//! #[circuit_breaker(&PAYMENTS, interrupt = |i| ..)]
//!
//! // Output
//! #[guard(breaker = &PAYMENTS, interrupt = |i| ..)]
//! ```

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Token};

use super::recovery::next_value;
use super::syntax::expression;
use crate::diagnostics::{Errors, text};
use persevere_words::{Key, closest};

/// Keys that may follow the breaker.
const KEYS: [&str; 4] = ["interrupt", "fallback", "doc", "crate"];

/// Parses the breaker, which comes first. The keys that follow it are those of `#[retry]`.
pub(super) fn parse_breaker(
    input: ParseStream<'_>,
    name: &Ident,
    errors: &mut Errors,
) -> syn::Result<Expr> {
    if input.is_empty() {
        let message =
            "which breaker? keep one in a `static` and write `#[circuit_breaker(&BREAKER)]`";
        return Err(syn::Error::new(Span::call_site(), message));
    }
    let keyed = input.peek(Ident::peek_any) && input.peek2(Token![=]);
    if keyed && !input.peek2(Token![==]) {
        let name = input.call(Ident::parse_any)?;
        if name != "breaker" {
            let message =
                "the breaker comes first: `#[circuit_breaker(&BREAKER, interrupt = |i| ..)]`";
            return Err(syn::Error::new(name.span(), message));
        }
        input.parse::<Token![=]>()?;
        let value = text(next_value(input));
        let message = format!("the breaker has no key; write `#[circuit_breaker({value})]`");
        errors.push(name.span(), message);
    }
    expression(input, name)
}

/// Returns the error for `#[circuit_breaker(&FIRST, &SECOND)]`.
pub(super) fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    let message = "expected a key such as `interrupt = |interrupt| ..`; a function has one breaker";
    syn::Error::new_spanned(next_value(input), message)
}

/// Returns the message for a key that may not follow a breaker.
pub(super) fn no_key(name: &str) -> Option<String> {
    if KEYS.contains(&name) {
        return None;
    }
    let instead = match closest(name, KEYS) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if Key::named(name).is_some() => {
            "it has `interrupt`, `fallback`, `doc` and `crate`, and `#[guard(breaker = ..)]` has more"
                .to_owned()
        }
        None => "it has `interrupt`, `fallback`, `doc` and `crate`, and what the breaker does is said \
                 where it is made"
            .to_owned(),
    };
    Some(format!("`#[circuit_breaker]` has no `{name}`; {instead}"))
}
