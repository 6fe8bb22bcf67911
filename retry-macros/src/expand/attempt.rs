//! One iteration of the loop: the attempt, and the decision after it.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{ExpandCtx, number};
use crate::lower::rebind::{How, Rebound};
use crate::lower::tokens::{emit, with_stream};
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the code from the start of an attempt to the pause after it.
    pub(super) fn iteration(&self) -> TokenStream {
        let private = &self.private;
        let stats = self
            .stats
            .as_ref()
            .map(|stats| emit!(#stats.record_attempt((&call).attempt());));
        let before = self.before();
        let attempt = self.args.attempt.as_ref();
        let handle = attempt.map(|handle| {
            let ends = match &self.guards {
                Some(_) => emit!(#private::ends(of, &guard)),
                None => quote!(::core::option::Option::None),
            };
            let made = self.handle(&ends);
            emit!(let #handle = #made;)
        });
        let mark = attempt.map(|handle| emit!(let mark = (&#handle).directive();));
        let ty = &self.outcome;
        let run = self.run();
        let after = &self.after;
        let judge = self.judge();
        let settle = self.decide();
        let witness = if self.of_early() {
            Some(emit!(of.is(&outcome);))
        } else {
            self.names_of
                .then(|| emit!(let of = #private::outcome_type(&outcome);))
        };
        // A pause can take longer than asked, which is no part of the attempt.
        let resets = self.reset_after.is_some() || self.policy;
        let began = (resets && !self.args.kind.is_once()).then(|| {
            let elapsed = self.elapsed();
            emit!((&mut call).began(#elapsed);)
        });
        let begun = quote! {
            #began
            #stats
            #before
            #handle
        };
        if let Some(guards) = &self.guards {
            let settled = quote!(#witness #(#after)* #judge #settle);
            return self.guarded_iteration(guards, &begun, &run, mark.as_ref(), &settled);
        }
        emit! {
            {
                #begun
                let outcome: #ty = #run;
                #witness
                #mark
                #(#after)*
                #judge
                #settle
            }
        }
    }

    /// Emits the handle of an attempt. `ends` is its end as a time from the start of the call, if it has one.
    pub(super) fn handle(&self, ends: &TokenStream) -> TokenStream {
        let (private, number) = (&self.private, number());
        emit!(#private::Attempt::new(#number, watch, #ends))
    }

    /// Emits the callback before an attempt, with a state that has no outcome so far.
    fn before(&self) -> TokenStream {
        let private = &self.private;
        let event = self.event(Key::Before);
        if event.is_empty() {
            return event;
        }
        let state = self.state(&emit!(#private::no_outcome(of)));
        emit! {
            {
                let state = #state;
                #event
            }
        }
    }

    /// Emits one attempt, with fresh copies of its parameters. The code around it can still name those that
    /// the body moves.
    pub(super) fn run(&self) -> TokenStream {
        let made = self.run_body();
        // Each copy of a hedged attempt has its own parameters.
        if self.rebound.is_empty() || self.hedge.is_some() {
            return made;
        }
        let rebound = self.rebound.iter().map(|rebound| self.rebind(rebound));
        emit!({ #(#rebound)* #made })
    }

    /// Emits the attempt alone, in the user's own braces.
    fn run_body(&self) -> TokenStream {
        let body = self.shape.attempt(self.function);
        let sig = &self.function.sig;
        if self.shape.is_async() {
            let span = sig.asyncness.map_or(body.span_open(), |token| token.span);
            return self.run_async(body, span);
        }
        let ty = &self.outcome;
        let open = Span::mixed_site().located_at(sig.fn_token.span);
        let closure = quote_spanned!(open=> || -> #ty #body);
        match &self.guards {
            _ if self.is_driven() => self.driven_attempt(&closure),
            Some(guards) => self.guarded_blocking(guards, &closure),
            None => quote_spanned!(open=> (#closure)()),
        }
    }

    /// Emits an async attempt. The edge gives the block the outcome as its expected type.
    fn run_async(&self, body: &Group, span: Span) -> TokenStream {
        let (private, ty) = (&self.private, &self.outcome);
        let user = body.stream();
        let stream = emit! {
            if false { return #private::infer_output::<#ty>(); }
            #user
        };
        let block = with_stream(body, stream.clone());
        let open = Span::mixed_site().located_at(span);
        let block = quote_spanned!(open=> async #block);
        match &self.guards {
            _ if self.is_driven() => self.driven_attempt(&block),
            Some(guards) => self.guarded_async(guards, &block, &stream),
            None => quote_spanned!(open=> #block.await),
        }
    }

    /// Emits the `let` of a parameter's fresh value.
    ///
    /// A cloned parameter is also moved in a place that is never reached. Without that move the compiler
    /// would advise taking the parameter by reference.
    fn rebind(&self, rebound: &Rebound) -> TokenStream {
        rebound.bind(rebound.mutability, self.renewed(rebound))
    }

    /// Emits the fresh value alone.
    pub(super) fn renewed(&self, rebound: &Rebound) -> TokenStream {
        let private = &self.private;
        let name = &rebound.name;
        match &rebound.how {
            How::Reborrow => quote!(&mut *#name),
            How::Repin => quote!(::core::pin::Pin::as_mut(&mut #name)),
            How::Clone(place) => {
                let cloned = clone_of(name, *place);
                quote!({
                    if false { #private::consume(#name) }
                    #cloned
                })
            }
        }
    }
}

/// Emits a clone of a parameter. A type that is not `Clone` is an error at the attribute.
pub(super) fn clone_of(name: &Ident, place: Span) -> TokenStream {
    let cloned = Ident::new(&name.to_string(), name.span().located_at(place));
    quote_spanned!(place=> ::core::clone::Clone::clone(&#cloned))
}
