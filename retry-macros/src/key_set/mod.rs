//! Keys that functions share: `policy!` defines a set of them, and `use` takes it.
//!
//! A macro cannot ask for the tokens of another item. So a set is a `macro_rules!`, and the attribute hands
//! its function to it:
//!
//! ```text
//! // Input
//! policy! { net: stop = after_attempt(5), wait = 1s }
//!
//! #[retry(use = net, deadline = 3s)]
//! async fn get() -> Result<Page, Error> { .. }
//!
//! // Output
//! macro_rules! __persevere_net {
//!     ($($call:tt)*) => {
//!         ::persevere::__retry_by_set! { { stop = after_attempt(5), wait = 1s } $($call)* }
//!     };
//! }
//! use __persevere_net as net;
//!
//! net! { { use = net, deadline = 3s } async fn get() -> Result<Page, Error> { .. } }
//!
//! // and from there
//! ::persevere::__retry_by_set! {
//!     { stop = after_attempt(5), wait = 1s } { use = net, deadline = 3s }
//!     async fn get() -> Result<Page, Error> { .. }
//! }
//! ```
//!
//! The keys of a `#[guard]` have the word `guard` before them.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Path;
use syn::parse::Parser;

use crate::expand;
use crate::lower::tokens::stream;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::set_name::names_a_static;
use crate::parse::tokens::{group, is_comma, is_punct, is_word};

pub(crate) mod definition;

/// Returns the set that an attribute uses, unless `use` has a mistake, which the parser reports.
pub(crate) fn used(args: &TokenStream) -> Option<Path> {
    let tokens: Vec<TokenTree> = args.clone().into_iter().collect();
    let mut uses = tokens
        .split(is_comma)
        .filter(|key| key.first().is_some_and(|first| is_word(first, "use")));
    match (uses.next(), uses.next()) {
        (Some([_, equals, set @ ..]), None) if is_punct(equals, '=') => {
            let set = stream(set);
            let set = Path::parse_mod_style.parse2(set).ok();
            set.filter(|set| !names_a_static(set))
        }
        _ => None,
    }
}

/// Hands an attribute and its function to the macro of the set.
pub(crate) fn invoke(
    kind: AttributeKind,
    set: &Path,
    args: &TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let guard = (kind == AttributeKind::Guard).then(|| quote!(guard));
    quote!(#set! { #guard { #args } #item })
}

/// Expands a function behind the keys of a set.
pub(crate) fn expand(call: TokenStream) -> TokenStream {
    let mut call = call.into_iter().peekable();
    let in_braces = |token: TokenTree| Some(group(&token, Delimiter::Brace)?.stream());
    // A set that has mistakes is `!`.
    let set = call.next().and_then(in_braces);
    let kind = match call.next_if(|token| is_word(token, "guard")) {
        Some(_) => AttributeKind::Guard,
        None => AttributeKind::Retry,
    };
    let Some(args) = call.next().and_then(in_braces) else {
        let message = "the keys of a set are used by a function: `#[retry(use = ..)]`";
        return syn::Error::new(Span::call_site(), message).into_compile_error();
    };
    expand::attribute(kind, args, set, call.collect())
}
