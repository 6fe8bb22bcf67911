//! The function of an attribute with mistakes: what it was without the attribute, so that nothing
//! else has an error for them.

use quote::{quote, quote_spanned};

use crate::args::Args;
use crate::function::Function;
use crate::shape::Shape;
use crate::value::local;

/// The function with its body as it was, and in scope what the attribute's keys promise.
pub(crate) fn function(
    function: &Function,
    shape: &Shape,
    outcome: &syn::Type,
    args: &Args,
) -> proc_macro2::TokenStream {
    let private = args.private();
    let site = proc_macro2::Span::mixed_site();
    let mut errors = crate::error::Errors::default();
    let once = args.once.iter().map(|(name, value)| {
        let value = crate::duration::replace(quote!(#value), &mut errors);
        quote_spanned!(site=> #[allow(unused_variables)] let #name = #value;)
    });
    let once: Vec<_> = once.collect();
    let handle = args.attempt.as_ref().map(|handle| {
        quote_spanned!(site=>
            #[allow(unused_variables)]
            let #handle = #private::attempt(
                1,
                #private::Stopwatch::start(#private::read_blocking, true),
            );
        )
    });
    let promised = quote!(#(#once)* #handle);
    if promised.is_empty() && !args.wraps() {
        return function.with_body(function.body.stream());
    }
    let inside = match shape {
        Shape::Blocking | Shape::Async => function.body.clone(),
        Shape::Future(tail) => tail.attempt.clone(),
    };
    let user = inside.stream();
    let body = if args.wraps() {
        let ty = crate::shape::nameable(outcome);
        let (edge, given) = (local("edge"), local("given"));
        let run = match shape {
            Shape::Blocking => {
                quote_spanned!(site=> (|| -> <#ty as #private::Wrapped>::Body { #user })())
            }
            Shape::Async | Shape::Future(_) => quote_spanned! {site=>
                async {
                    if let ::core::option::Option::Some(#edge) =
                        ::core::option::Option::None::<<#ty as #private::Wrapped>::Body>
                    {
                        return #edge;
                    }
                    #user
                }.await
            },
        };
        quote_spanned! {site=>
            #promised
            let #given = #run;
            #private::Wrapped::wrap(
                #given,
                1,
                ::core::time::Duration::ZERO,
                ::core::option::Option::None,
            )
        }
    } else {
        quote!(#promised #user)
    };
    match shape {
        Shape::Blocking | Shape::Async => function.with_body(body),
        Shape::Future(tail) => function.with_body(tail.around(body)),
    }
}
