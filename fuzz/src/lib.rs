//! The attribute as functions. No program can link a crate of procedural macros, so that its modules
//! are compiled here, as they are.

use proc_macro2::TokenStream;

pub mod text;

#[path = "../../retry-macros/src"]
mod macros {
    pub(crate) mod args;
    pub(crate) mod caller;
    pub(crate) mod check;
    pub(crate) mod consumed;
    pub(crate) mod duration;
    pub(crate) mod error;
    pub(crate) mod expand;
    pub(crate) mod front;
    pub(crate) mod function;
    pub(crate) mod key;
    pub(crate) mod pattern;
    pub(crate) mod recover;
    pub(crate) mod renew;
    pub(crate) mod retried;
    pub(crate) mod shape;
    pub(crate) mod transient;
    pub(crate) mod value;
    pub(crate) mod vocabulary;
}

// They call each other by their paths from the root of the crate.
use macros::*;

/// `#[retry(ARGS)] ITEM`.
pub fn retry(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(front::Front::Retry, args, item)
}

/// `#[circuit_breaker(ARGS)] ITEM`.
pub fn circuit_breaker(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(front::Front::CircuitBreaker, args, item)
}

/// `#[derive(Transient)] ITEM`.
pub fn derive_transient(item: TokenStream) -> TokenStream {
    transient::derive(item)
}

/// The nanoseconds of a duration literal.
pub fn nanos(literal: &syn::Lit) -> Option<u128> {
    duration::nanos(literal)
}
