//! The attributes `#[retry]` and `#[circuit_breaker]` of `persevere`. Use them through that crate.
//!
//! A pipeline, in the order of its modules: `function` parses the item and `args` the keys,
//! `shape` finds where an attempt starts, `renew` what it gets anew, `value` reads strategies,
//! `expand` writes the loop.

mod args;
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
mod shape;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

use self::front::Front;

/// Retries the function it stands on. The documentation is in the crate `persevere`.
#[proc_macro_attribute]
pub fn retry(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(Front::Retry, args.into(), item.into()).into()
}

/// Puts the function it stands on behind a circuit breaker. The documentation is in the crate
/// `persevere`.
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::attribute(Front::CircuitBreaker, args.into(), item.into()).into()
}
