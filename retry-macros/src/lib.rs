//! The attributes `#[retry]`, `#[guard]` and `#[circuit_breaker]` of `persevere`, and its `#[derive(Transient)]`.
//!
//! Use them through that crate.
//!
//! The modules form a pipeline. `parse` reads the item and the keys, and `check` finds mistakes in the
//! tokens. `lower` finds the start of an attempt, its fresh parameters, and the time at which each value is
//! made. `expand` writes the loop. `key_set`, keys that functions share, stands before the pipeline, and
//! `derive`, for errors, beside it.

mod check;
mod derive;
mod describe;
mod diagnostics;
mod duration;
mod editor;
mod expand;
mod key_set;
mod lower;
mod parse;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use self::parse::attribute_kind::AttributeKind;

#[allow(missing_docs)] // `persevere` has them; an editor looks here
#[cfg_attr(rust_analyzer, doc = include_str!("editor/retry.md"))]
#[proc_macro_attribute]
pub fn retry(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    attribute(AttributeKind::Retry, args.into(), item.into()).into()
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/guard.md"))]
#[proc_macro_attribute]
pub fn guard(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    attribute(AttributeKind::Guard, args.into(), item.into()).into()
}

/// Expands an attribute, or hands it to the set that it uses.
fn attribute(kind: AttributeKind, args: TokenStream, item: TokenStream) -> TokenStream {
    match key_set::used(&args) {
        Some(set) => key_set::invoke(kind, &set, &args, &item),
        None => expand::attribute(kind, args, None, item),
    }
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/circuit_breaker.md"))]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(
        AttributeKind::CircuitBreaker,
        args.into(),
        None,
        item.into(),
    )
    .into()
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/policy.md"))]
#[proc_macro]
pub fn policy(set: proc_macro::TokenStream) -> proc_macro::TokenStream {
    key_set::definition::define(set.into()).into()
}

/// A function with `#[retry(use = ..)]`, behind the keys of the set: the body of every set's `macro_rules!`.
#[doc(hidden)]
#[proc_macro]
pub fn __retry_by_set(call: proc_macro::TokenStream) -> proc_macro::TokenStream {
    key_set::expand(call.into()).into()
}

#[allow(missing_docs)]
#[cfg_attr(rust_analyzer, doc = include_str!("editor/transient.md"))]
#[proc_macro_derive(Transient, attributes(transient))]
pub fn derive_transient(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::transient::derive(item.into()).into()
}
