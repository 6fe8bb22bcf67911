//! Arguments that the first attempt moves, and those of which the tokens prove nothing.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::check::moved_args::check;
use crate::diagnostics::Errors;

fn errors(function: TokenStream, clone: &[&str]) -> usize {
    let function: syn::ItemFn = syn::parse2(function).expect("a function");
    let mut errors = Errors::default();
    let block = &function.block;
    let block = quote!(#block).into_iter().next();
    let Some(TokenTree::Group(body)) = block else {
        panic!("a body")
    };
    let clone: Vec<Ident> = clone
        .iter()
        .map(|name| Ident::new(name, Span::call_site()))
        .collect();
    let clone: Vec<&Ident> = clone.iter().collect();
    check(&function.sig, &body, &body, &clone, &mut errors);
    errors
        .into_compile_error()
        .to_string()
        .matches("compile_error")
        .count()
}

macro_rules! cases {
    ($($name:ident $count:literal: $function:item)+) => {$(
        #[test]
        fn $name() {
            assert_eq!(errors(quote!($function), &[]), $count);
        }
    )+};
}

cases! {
    a_call 1: fn post(body: String) { send(body) }
    a_method_call 1: fn post(body: Vec<u8>) { client.send(url, body).await? }
    a_path_call 1: fn post(map: std::collections::HashMap<K, V>) { client::send(map,) }
    in_a_nested_call 1: fn post(body: String) { Ok(wrap(send(body))?) }
    under_a_condition 1: fn post(body: String) { if ready() { send(body) } }
    each_of_two 2: fn post(a: String, b: Arc<B>) { send(a, b) }

    a_call_of_a_once 1: fn post(op: impl FnOnce() -> R) { op() }
    a_call_of_a_generic_once 1: fn post<F>(op: F) where F: Send, F: FnOnce() -> R { Ok(op()?) }
    a_call_of_a_declared_once 1: fn post<F: FnOnce() -> R + Send>(op: F) { op() }
    a_call_of_a_boxed_once 1: fn post(op: Box<dyn FnOnce() -> R + Send>) { op() }
    a_once_passed_on 1: fn post(op: impl FnOnce() -> R) { run(op) }

    a_call_of_many 0: fn post(op: impl FnMut() -> R) { op() }
    a_call_of_a_copy 0: fn post(op: impl FnOnce() -> R + Copy) { op() }
    a_call_of_a_boxed_many 0: fn post(op: Box<dyn Fn() -> R>) { op() }
    a_method_of_that_name 0: fn post(op: impl FnOnce() -> R) { client.op() }
    a_variable_of_that_name 0: fn post(op: impl FnOnce() -> R) { let op = || Ok(()); op() }
    a_reference 0: fn post(body: String) { send(&body) }
    a_receiver 0: fn post(body: String) { body.len() }
    a_part 0: fn post(body: Vec<u8>) { send(body[0]) }
    a_field 0: fn post(body: Box<Body>) { send(body.text) }
    a_clone 0: fn post(body: String) { send(body.clone()) }
    twice 0: fn post(body: String) { check(&body); send(body) }
    in_a_macro 0: fn post(body: String) { println!("{}", body) }
    in_a_macro_named_as_a_function 0: fn post(body: String) { send!(body) }
    in_a_call_in_a_macro 0: fn post(body: String) { join!(send(body)) }
    compiled_sometimes 0: fn post(body: String) { #[cfg(unix)] send(body) }
    a_format_string 0: fn post(body: String) { println!("{body}"); send(body) }
    parenthesised 0: fn post(body: String) { send((body)) }
    a_tuple 0: fn post(body: String) { send((body, 1)) }
    an_operand 0: fn post(body: String) { send(body + "!") }
    a_dereference 0: fn post(body: Box<u32>) { send(*body) }
    a_variant 0: fn post(body: String) { Some(body) }
    a_condition 0: fn post(body: String) { match (body) { _ => () } }
    unused 0: fn post(body: String) { send() }
    a_copy 0: fn post(body: u32) { send(body) }
    a_type_of_its_own 0: fn post(body: Body) { send(body) }
    a_string_of_its_own 0: fn post(body: String<8>, b: my::Vec<u8>) { send(body, b) }
    a_borrow 0: fn post(body: &String) { send(body) }
    a_generic 0: fn post<String: Copy>(body: String) { send(body) }
    a_label 0: fn post(body: String) { send::<{ body }>() }
    a_key 0: fn post(body: String) { send(Post { body: 3 }) }
}

/// `fn post(body: String) -> impl Future<..> { let sent = send(body); async move { .. } }`
#[test]
fn before_the_attempt() {
    let sig = syn::parse_quote!(fn post(body: String) -> impl Future<Output = R>);
    let group = |tokens| Group::new(Delimiter::Brace, tokens);
    for (body, attempt, count) in [
        (
            quote!(let sent = send(body); async move { sent }),
            quote!(sent),
            0,
        ),
        (
            quote!(let body = &*leak(body); async move { send(body) }),
            quote!(send(body)),
            0,
        ),
        (quote!(async move { send(body) }), quote!(send(body)), 1),
    ] {
        let mut errors = Errors::default();
        check(&sig, &group(body), &group(attempt), &[], &mut errors);
        assert_eq!(errors.is_empty(), count == 0);
    }
}

#[test]
fn cloned() {
    let function = quote!(
        fn post(body: String) {
            send(body)
        }
    );
    assert_eq!(errors(function, &["body"]), 0);
}
