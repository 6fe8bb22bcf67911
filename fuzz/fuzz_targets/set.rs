//! `policy!` with any definition, and a function that uses what it defines.
//!
//! Neither panics, and what both write is items. What defines no set is met with an error.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use persevere_fuzz::text;
use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::quote;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    text::mutate(data, size, max_size, seed)
});

fuzz_target!(|definition: &str| -> Corpus {
    let Ok(definition) = text::balanced(definition).parse::<TokenStream>() else {
        return Corpus::Reject;
    };
    let defined = items(persevere_fuzz::policy(definition.clone()));
    assert!(
        defined.contains("macro_rules") || defined.contains("compile_error"),
        "no set, and no error: {defined}"
    );
    let function = quote!(
        async fn f(n: u8) -> Result<u8, u8> {
            Ok(n)
        }
    );
    items(persevere_fuzz::retry_by(
        keys(definition),
        quote!(use = net),
        function,
    ));
    Corpus::Keep
});

/// The text of items.
fn items(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    let lexed = text.parse::<TokenStream>();
    assert!(lexed.is_ok(), "does not lex: {text}");
    assert!(syn::parse2::<syn::File>(tokens).is_ok(), "no items: {text}");
    text
}

/// The tokens behind the name and its colon.
fn keys(definition: TokenStream) -> TokenStream {
    let is_colon = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ':' && punct.spacing() == Spacing::Alone,
        _ => false,
    };
    let behind = definition.into_iter().skip_while(|token| !is_colon(token));
    behind.skip(1).collect()
}
