//! The function without retries: the copy that `unretried` asks for, and the replacement for a function whose
//! attribute has mistakes, so that these cause no errors elsewhere.

use proc_macro2::TokenStream;
use quote::quote;

use crate::lower::shape::Shape;
use crate::lower::tokens::emit;
use crate::parse::attribute::Args;
use crate::parse::function::Function;

/// Emits the function with its original body. The names that the attribute's keys bind are in scope.
pub(crate) fn function(
    function: &Function,
    shape: &Shape,
    outcome: &syn::Type,
    args: &Args,
) -> TokenStream {
    let private = args.private();
    let promised = promised(args, &quote!(#[allow(unused_variables)]));
    if promised.is_empty() && !args.wraps() {
        return function.with_body(function.body.stream());
    }
    let user = attempt(function, shape);
    let body = if args.wraps() {
        let ty = crate::lower::shape::nameable(outcome);
        let run = match shape {
            Shape::Blocking => {
                emit!((|| -> <#ty as #private::Wrapped>::Body { #user })())
            }
            Shape::Async | Shape::Future(_) => emit! {
                async {
                    if false { return #private::infer_output::<<#ty as #private::Wrapped>::Body>(); }
                    #user
                }.await
            },
        };
        emit! {
            #promised
            let given = #run;
            #private::Wrapped::wrap(
                given,
                (1, ::core::time::Duration::ZERO, ::core::option::Option::None),
            )
        }
    } else {
        quote!(#promised #user)
    };
    with_attempt(function, shape, body)
}

/// Emits the bindings of `once` and `attempt` in the body of a function that is not retried.
pub(crate) fn promised(args: &Args, lints: &TokenStream) -> TokenStream {
    let private = args.private();
    // Mistakes in them are reported where the attribute itself is read.
    let mut errors = crate::diagnostics::Errors::default();
    let once = args.once.iter().map(|(name, value)| {
        let value = crate::duration::replace(quote!(#value), &mut errors);
        emit!(#lints let #name = #value;)
    });
    let once: Vec<_> = once.collect();
    let handle = args.attempt.as_ref().map(|handle| {
        emit!(
            #lints
            let #handle = #private::Attempt::new(
                1,
                #private::Stopwatch::start(#private::read_blocking, true),
                ::core::option::Option::None,
            );
        )
    });
    quote!(#(#once)* #handle)
}

/// Returns the tokens of one attempt.
pub(crate) fn attempt(function: &Function, shape: &Shape) -> TokenStream {
    match shape {
        Shape::Blocking | Shape::Async => function.body.stream(),
        Shape::Future(tail) => tail.attempt.stream(),
    }
}

/// Emits the function with `body` in place of an attempt.
pub(crate) fn with_attempt(function: &Function, shape: &Shape, body: TokenStream) -> TokenStream {
    match shape {
        Shape::Blocking | Shape::Async => function.with_body(body),
        Shape::Future(tail) => function.with_body(tail.around(body)),
    }
}
