//! The function without retries: the copy that `unretried` asks for, and the replacement for a function whose
//! attribute has mistakes, so that these cause no errors elsewhere.

use proc_macro2::TokenStream;
use quote::quote;

use super::function::Input;
use crate::lower::nameable::nameable;
use crate::lower::tokens::emit;

impl Input<'_> {
    /// Emits the function with its original body. The names that the attribute's keys bind are in scope.
    pub(super) fn fallback(self) -> TokenStream {
        let private = self.args.private();
        let promised = self.promised(&quote!(#[allow(unused_variables)]));
        // A stream has no `wrap_err`, which is the mistake.
        let wraps = self.args.wraps() && self.shape.stream().is_none();
        if promised.is_empty() && !wraps {
            return self.function.with_body(self.function.body.stream());
        }
        let user = self.shape.attempt(self.function).stream();
        if !wraps {
            let body = quote!(#promised #user);
            return self.shape.with_attempt(self.function, body);
        }
        let ty = nameable(self.outcome);
        let ty = quote!(<#ty as #private::Wrapped>::Body);
        let run = if self.shape.is_async() {
            emit! {
                async {
                    if false { return #private::infer_output::<#ty>(); }
                    #user
                }.await
            }
        } else {
            emit!((|| -> #ty { #user })())
        };
        let body = emit! {
            #promised
            let given = #run;
            #private::Wrapped::wrap(
                given,
                (1, ::core::time::Duration::ZERO, ::core::option::Option::None),
            )
        };
        self.shape.with_attempt(self.function, body)
    }

    /// Emits the bindings of `once` and `attempt` in the body of a function that is not retried.
    pub(super) fn promised(self, lints: &TokenStream) -> TokenStream {
        let args = self.args;
        let private = args.private();
        // Mistakes in them are reported where the attribute itself is read.
        let mut errors = crate::diagnostics::Errors::default();
        let once = args.once.iter().map(|(name, value)| {
            let value = crate::duration::replace(quote!(#value), &mut errors);
            emit!(#lints let #name = #value;)
        });
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
}
