//! The attribute as functions. No program can link a crate of procedural macros, so that its modules
//! are compiled here, as they are.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

pub mod text;

#[path = "../../retry-macros/src"]
mod macros {
    pub(crate) mod check;
    pub(crate) mod derive;
    pub(crate) mod describe;
    pub(crate) mod diagnostics;
    pub(crate) mod duration;
    pub(crate) mod editor;
    pub(crate) mod expand;
    pub(crate) mod key_set;
    pub(crate) mod lower;
    pub(crate) mod parse;
}

// They call each other by their paths from the root of the crate.
use macros::*;

use parse::attribute_kind::AttributeKind;

/// `#[retry(ARGS)] ITEM`. A set that it uses is empty.
pub fn retry(args: TokenStream, item: TokenStream) -> TokenStream {
    retry_by(TokenStream::new(), args, item)
}

/// `#[retry(ARGS)] ITEM`. A set that it uses has these keys.
pub fn retry_by(keys: TokenStream, args: TokenStream, item: TokenStream) -> TokenStream {
    by_set(AttributeKind::Retry, keys, args, item)
}

fn by_set(
    kind: AttributeKind,
    keys: TokenStream,
    args: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let Some(set) = key_set::used(&args) else {
        return expand::attribute(kind, args, None, item);
    };
    match key_set::invoke(kind, &set, &args, &item).into_iter().last() {
        Some(TokenTree::Group(call)) => {
            let call = call.stream();
            key_set::expand(quote!({ #keys } #call))
        }
        _ => unreachable!("a call of a macro ends in its arguments"),
    }
}

/// `policy! { SET }`.
pub fn policy(set: TokenStream) -> TokenStream {
    key_set::definition::define(set)
}

/// `#[guard(ARGS)] ITEM`. A set that it uses is empty.
pub fn guard(args: TokenStream, item: TokenStream) -> TokenStream {
    by_set(AttributeKind::Guard, TokenStream::new(), args, item)
}

/// `#[circuit_breaker(ARGS)] ITEM`.
pub fn circuit_breaker(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(AttributeKind::CircuitBreaker, args, None, item)
}

/// `#[derive(Transient)] ITEM`.
pub fn derive_transient(item: TokenStream) -> TokenStream {
    derive::transient::derive(item)
}

/// The nanoseconds of a duration literal.
pub fn nanos(literal: &syn::Lit) -> Option<u128> {
    duration::nanos(literal)
}
