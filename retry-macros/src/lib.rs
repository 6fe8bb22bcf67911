//! The attributes `#[retry]` and `#[circuit_breaker]` of `persevere`, and its `#[derive(Transient)]`. Use them through that crate.
//!
//! A pipeline, in the order of its modules: `function` parses the item and `args` the keys,
//! `shape` finds where an attempt starts, `renew` what it gets anew, `value` reads strategies,
//! `expand` writes the loop. Beside it stands `transient`, the derive.

mod args;
mod caller;
mod check;
mod consumed;
mod duration;
mod error;
mod expand;
mod front;
mod function;
mod key;
mod pattern;
mod recover;
mod renew;
mod retried;
mod shape;
mod transient;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

use self::front::Front;

#[allow(missing_docs)] // `persevere` has them
#[proc_macro_attribute]
pub fn retry(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(Front::Retry, args.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(Front::CircuitBreaker, args.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_derive(Transient, attributes(transient))]
pub fn derive_transient(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    transient::derive(item.into()).into()
}
