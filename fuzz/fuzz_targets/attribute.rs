//! `#[retry]`, `#[guard]` and `#[circuit_breaker]` with any arguments on any item.
//!
//! They never panic; what they write lexes, and is an item where one went in; nothing of the item is
//! lost; what is no function is met with an error.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use persevere_fuzz::text;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

fuzz_target!(|written: &str| -> Corpus {
    let Ok(tokens) = text::balanced(written).parse() else {
        return Corpus::Reject;
    };
    let Some(written) = Written::read(tokens) else {
        return Corpus::Reject;
    };
    written.check();
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    text::mutate(data, size, max_size, seed)
});

/// `#[retry(ARGS)] ITEM`, the arguments with their brackets or without both.
struct Written {
    expand: fn(TokenStream, TokenStream) -> TokenStream,
    args: TokenStream,
    item: TokenStream,
}

impl Written {
    fn read(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        match tokens.next()? {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {}
            _ => return None,
        }
        let mut attribute = match tokens.next()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                group.stream().into_iter()
            }
            _ => return None,
        };
        let expand = match attribute.next()? {
            TokenTree::Ident(word) if word == "retry" => persevere_fuzz::retry,
            TokenTree::Ident(word) if word == "guard" => persevere_fuzz::guard,
            TokenTree::Ident(word) if word == "circuit_breaker" => persevere_fuzz::circuit_breaker,
            _ => return None,
        };
        let args = match attribute.next() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                group.stream()
            }
            None => TokenStream::new(),
            Some(_) => return None,
        };
        let item = tokens.collect();
        Some(Written { expand, args, item })
    }

    fn check(self) {
        let expanded = (self.expand)(self.args, self.item.clone());
        let text = expanded.to_string();
        assert!(text.parse::<TokenStream>().is_ok(), "does not lex: {text}");

        let mut kept = HashSet::new();
        words(expanded.clone(), &mut kept);
        let mut given = HashSet::new();
        words(self.item.clone(), &mut given);
        // An empty `where` says nothing.
        given.remove("where");
        let lost: Vec<_> = given.difference(&kept).collect();
        assert!(lost.is_empty(), "{lost:?} are lost: {text}");

        assert!(
            is_function(self.item.clone()) || text.contains("compile_error"),
            "no function, and no error: {text}"
        );
        let is_file = |tokens| syn::parse2::<syn::File>(tokens).is_ok();
        assert!(
            !is_file(self.item) || is_file(expanded),
            "an item became none: {text}"
        );
    }
}

/// Whether it is a function, whatever its body is: that is for the compiler to read.
fn is_function(item: TokenStream) -> bool {
    let mut tokens: Vec<_> = item.into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {}
        _ => return false,
    }
    tokens.push(TokenTree::Group(Group::new(
        Delimiter::Brace,
        TokenStream::new(),
    )));
    syn::parse2::<syn::ImplItemFn>(tokens.into_iter().collect()).is_ok()
}

fn words(tokens: TokenStream, found: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(word) => {
                found.insert(word.to_string());
            }
            _ => {}
        }
    }
}
