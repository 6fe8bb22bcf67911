//! `#[circuit_breaker]`: a function behind a breaker, tried once.
//!
//! ```text
//! // Input
//! #[circuit_breaker(&PAYMENTS, interrupt = |i| ..)]
//!
//! // Output
//! #[retry(breaker = &PAYMENTS, stop = after_attempt(1), wait = none(), interrupt = |i| ..)]
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token};

/// What may stand behind the breaker.
const KEYS: [&str; 3] = ["interrupt", "fallback", "crate"];

/// The keys of `#[retry]` that say the same.
pub(crate) fn as_retry(args: TokenStream) -> Result<TokenStream, syn::Error> {
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            let message =
                "which breaker? keep one in a `static` and write `#[circuit_breaker(&BREAKER)]`";
            return Err(syn::Error::new(Span::call_site(), message));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let message =
                "the breaker comes first: `#[circuit_breaker(&BREAKER, interrupt = |i| ..)]`";
            return Err(input.error(message));
        }
        let breaker: Expr = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        let rest = input.fork();
        check(&rest)?;
        let rest: TokenStream = input.parse()?;
        Ok(quote!(breaker = #breaker, stop = after_attempt(1), wait = none(), #rest))
    };
    parser.parse2(args)
}

/// The keys that follow, by name; what they say is checked as in `#[retry]`.
fn check(rest: ParseStream<'_>) -> syn::Result<()> {
    while !rest.is_empty() {
        let name = rest.call(Ident::parse_any)?;
        if !KEYS.contains(&name.to_string().as_str()) {
            let message = format!(
                "`#[circuit_breaker]` has no `{name}`; it has `interrupt`, `fallback` and `crate`, and \
                 `#[retry(breaker = ..)]` has more"
            );
            return Err(syn::Error::new(name.span(), message));
        }
        rest.parse::<Token![=]>()?;
        rest.parse::<Expr>()?;
        rest.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}
