//! The attribute as functions. No program can link a crate of procedural macros, so that its modules
//! are compiled here, as they are.

use proc_macro2::TokenStream;

pub mod text;

#[path = "../../retry-macros/src"]
mod macros {
    pub(crate) mod check;
    pub(crate) mod derive;
    pub(crate) mod diagnostics;
    pub(crate) mod duration;
    pub(crate) mod editor;
    pub(crate) mod expand;
    pub(crate) mod lower;
    pub(crate) mod parse;
}

// They call each other by their paths from the root of the crate.
use macros::*;

/// `#[retry(ARGS)] ITEM`.
pub fn retry(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        parse::attribute_kind::AttributeKind::Retry,
        args,
        None,
        item,
    )
}

/// `#[circuit_breaker(ARGS)] ITEM`.
pub fn circuit_breaker(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        parse::attribute_kind::AttributeKind::CircuitBreaker,
        args,
        None,
        item,
    )
}

/// `#[derive(Transient)] ITEM`.
pub fn derive_transient(item: TokenStream) -> TokenStream {
    derive::transient::derive(item)
}

/// The nanoseconds of a duration literal.
pub fn nanos(literal: &syn::Lit) -> Option<u128> {
    duration::nanos(literal)
}
