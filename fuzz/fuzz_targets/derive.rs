//! `#[derive(Transient)]` on any item, with any `#[transient(..)]` in it.
//!
//! It never panics; what it writes is an implementation, and an error where something is wrong.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use persevere_fuzz::text;
use proc_macro2::TokenStream;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    text::mutate(data, size, max_size, seed)
});

fuzz_target!(|item: &str| -> Corpus {
    // The compiler derives from items alone.
    let tokens = text::balanced(item).parse::<TokenStream>();
    let Ok(item) = tokens
        .map_err(drop)
        .and_then(|tokens| syn::parse2(tokens).map_err(drop))
    else {
        return Corpus::Reject;
    };
    let item: syn::Item = item;
    let derived = persevere_fuzz::derive_transient(quote::quote!(#item));
    let text = derived.to_string();
    let derived: syn::File = syn::parse2(derived).unwrap_or_else(|_| panic!("no items: {text}"));
    let implemented = derived
        .items
        .iter()
        .any(|item| matches!(item, syn::Item::Impl(_)));
    let is_type = matches!(item, syn::Item::Enum(_) | syn::Item::Struct(_));
    assert!(implemented || !is_type, "not implemented: {text}");
    assert!(
        is_type || text.contains("compile_error"),
        "no error: {text}"
    );
    Corpus::Keep
});
