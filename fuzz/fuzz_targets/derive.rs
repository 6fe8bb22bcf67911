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
    // The compiler does not know such a parameter.
    let is_nameless = |item: &syn::Item| match item {
        syn::Item::Enum(syn::ItemEnum { generics, .. })
        | syn::Item::Struct(syn::ItemStruct { generics, .. }) => {
            let mut names = generics
                .params
                .iter()
                .filter_map(|parameter| match parameter {
                    syn::GenericParam::Type(parameter) => Some(&parameter.ident),
                    syn::GenericParam::Const(parameter) => Some(&parameter.ident),
                    syn::GenericParam::Lifetime(_) => None,
                });
            names.any(|name| name == "_")
        }
        _ => false,
    };
    assert!(
        implemented || !is_type || is_nameless(&item),
        "not implemented: {text}"
    );
    assert!(
        is_type || text.contains("compile_error"),
        "no error: {text}"
    );
    Corpus::Keep
});
