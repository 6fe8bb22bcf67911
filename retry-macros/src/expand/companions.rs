//! Functions beside the one with the attribute: `unretried` and `retry_with`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use super::fallback;
use super::function::expand;
use crate::diagnostics::Errors;
use crate::lower::shape::Shape;
use crate::lower::tokens::local;
use crate::parse::attribute::Args;
use crate::parse::function::{Function, mentions};

/// Emits `unretried`: the function under another name. Under `wrap_err` it returns the type of its body.
pub(super) fn unretried(
    function: &Function,
    name: &Ident,
    shape: &Shape,
    args: &Args,
    used: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let mut plain = renamed(function, name);
    if args.wraps() {
        if let Shape::Future(_) = shape {
            let message = "`unretried` with `wrap_err` needs an `async fn`";
            errors.push(name.span(), message);
        } else if let syn::ReturnType::Type(_, output) = &mut plain.sig.output {
            let private = args.private();
            **output = syn::parse_quote!(<#output as #private::Wrapped>::Body);
        }
    }
    let promised = fallback::promised(args, &TokenStream::new());
    let user = fallback::attempt(function, shape);
    fallback::with_attempt(&plain, shape, quote!(#used #promised #user))
}

/// Uses the parameters that the attribute names, which may otherwise be unused where its keys do not work.
pub(super) fn used_by(function: &Function, written: &TokenStream) -> TokenStream {
    let names = function.parameters();
    let named = names
        .iter()
        .filter(|name| *name != "_")
        .filter(|name| mentions(written.clone(), name));
    quote!(#(let _ = &#named;)*)
}

/// Emits `retry_with`: the same function with a policy before its other arguments.
pub(super) fn with_policy(
    function: &Function,
    name: &Ident,
    shape: &Shape,
    outcome: &syn::Type,
    args: &Args,
    errors: &mut Errors,
) -> TokenStream {
    let mut function = renamed(function, name);
    if let Some(part) = unnameable(quote!(#outcome)) {
        errors.push(
            name.span(),
            format_args!(
                "`retry_with` adds an argument, which the return type must not depend on; write it without {part}"
            ),
        );
        return TokenStream::new();
    }
    let private = args.private();
    let policy = local("policy");
    let wrapped = quote!(<#outcome as #private::Wrapped>::Body);
    let outcome_of_body = if args.wraps() {
        wrapped
    } else {
        quote!(#outcome)
    };
    take_policy(
        &mut function,
        syn::parse_quote!(&impl #private::Policy<#outcome_of_body>),
    );
    let args = args.given_policy(syn::parse_quote!(#policy));
    expand(&function, shape, outcome, &args, errors)
}

/// Adds an argument before the others.
pub(super) fn take_policy(function: &mut Function, ty: syn::Type) {
    let policy = local("policy");
    let receivers = usize::from(function.sig.receiver().is_some());
    let input = syn::parse_quote!(#policy: #ty);
    function.sig.inputs.insert(receivers, input);
}

pub(super) fn renamed(function: &Function, name: &Ident) -> Function {
    let mut function = function.clone();
    function.sig.ident = name.clone();
    function
}

/// Describes the first part of a type that has another meaning in an argument.
pub(super) fn unnameable(ty: TokenStream) -> Option<&'static str> {
    let mut after_and = false;
    for token in ty {
        let lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        if after_and && !lifetime {
            return Some("references whose lifetime has no name");
        }
        after_and = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '&');
        match token {
            TokenTree::Ident(word) if word == "impl" => return Some("`impl Trait`"),
            TokenTree::Ident(word) if word == "_" => {
                return Some("lifetimes that have no name");
            }
            TokenTree::Group(group) => {
                if let Some(part) = unnameable(group.stream()) {
                    return Some(part);
                }
            }
            _ => {}
        }
    }
    None
}
