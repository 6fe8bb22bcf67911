//! The attributes `#[retry]` and `#[circuit_breaker]` of `persevere`, and its `#[derive(Transient)]`.
//!
//! Use them through that crate.
//!
//! The modules form a pipeline. `parse` reads the item and the keys, and `check` finds mistakes in the
//! tokens. `lower` finds the start of an attempt, its fresh parameters, and the time at which each value is
//! made. `expand` writes the loop. `derive`, for errors, stands beside the pipeline.

mod check;
mod derive;
mod diagnostics;
mod duration;
mod editor;
mod expand;
mod lower;
mod parse;

#[cfg(test)]
mod tests;

use self::parse::attribute_kind::AttributeKind;

#[allow(missing_docs)] // `persevere` has them; an editor looks here
#[cfg_attr(rust_analyzer, doc = include_str!("editor/retry.md"))]
#[proc_macro_attribute]
pub fn retry(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(AttributeKind::Retry, args.into(), item.into()).into()
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/circuit_breaker.md"))]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(AttributeKind::CircuitBreaker, args.into(), item.into()).into()
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/transient.md"))]
#[proc_macro_derive(Transient, attributes(transient))]
pub fn derive_transient(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::transient::derive(item.into()).into()
}
