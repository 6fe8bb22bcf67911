//! One turn of the loop: the attempt, and the pause after it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::events::in_place;
use super::plan::Plan;
use crate::key::Key;
use crate::renew::{How, Renewed};
use crate::shape::Shape;
use crate::value::local;

impl Plan<'_> {
    /// The body of the function.
    pub(super) fn body(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (call, pause, of) = (local("call"), local("pause"), local("of"));
        let once = &self.once;
        let memory = if self.has_ledger() {
            quote!(#private::Ledger)
        } else {
            quote!(())
        };
        let watch = self.watch.as_ref().map(|wanted| {
            let watch = local("watch");
            let read = self.either("read_blocking", "read_async");
            quote_spanned!(site=> let #watch = #private::Stopwatch::start(#private::#read, #wanted);)
        });
        let of_early = self.of_early().then(|| {
            // Told where it can be: a policy for another outcome is then what does not fit.
            let ty = &self.outcome;
            quote_spanned!(site=> let #of: #private::Of<#ty> = #private::Of::later();)
        });
        let counters = self.counters();
        let turn = self.turn();
        let sleep = self.sleep();
        quote_spanned! {site=>
            #of_early
            #(#once)*
            let mut #call = #private::begun::<#memory>();
            #watch
            #counters
            loop {
                let #pause = { #turn };
                #sleep
                (&mut #call).begin();
            }
        }
    }

    fn counters(&self) -> TokenStream {
        let site = Span::mixed_site();
        let counts = self.cases().map(|case| {
            let count = case.count();
            quote_spanned!(site=> let mut #count = 0u32;)
        });
        let policy = self.judged_by_policy().then(|| {
            let counters = local("counters");
            quote_spanned!(site=> let mut #counters = ::core::default::Default::default();)
        });
        quote!(#(#counts)* #policy)
    }

    /// From the start of an attempt to the pause after it.
    fn turn(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (call, outcome, of) = (local("call"), local("outcome"), local("of"));
        let stats = self
            .stats
            .as_ref()
            .map(|stats| quote_spanned!(site=> #stats.record_attempt((&#call).attempt());));
        let before = self.before();
        let renewed = self.renewed.iter().map(|renewed| self.renew(renewed));
        let handle = self.args.attempt.as_ref().map(|handle| {
            let watch = local("watch");
            quote_spanned!(site=> let #handle = #private::attempt((&#call).attempt(), #watch);)
        });
        let mark = self.args.attempt.as_ref().map(|handle| {
            let mark = local("mark");
            quote_spanned!(site=> let #mark = (&#handle).mark();)
        });
        let ty = &self.outcome;
        let run = self.run();
        let after = &self.after;
        let judge = self.judge();
        let settle = self.settle();
        let witness = if self.of_early() {
            Some(quote_spanned!(site=> #of.is(&#outcome);))
        } else {
            self.names_of
                .then(|| quote_spanned!(site=> let #of = #private::of(&#outcome);))
        };
        // A pause can take longer than asked; that is no part of the attempt.
        let began = (self.reset_after.is_some() || self.policy).then(|| {
            let elapsed = self.elapsed();
            quote_spanned!(site=> (&mut #call).began(#elapsed);)
        });
        quote_spanned! {site=>
            #began
            #stats
            #before
            #(#renewed)*
            #handle
            let #outcome: #ty = #run;
            #witness
            #mark
            #(#after)*
            #judge
            #settle
        }
    }

    /// The callback before an attempt, with a state that has no outcome yet.
    fn before(&self) -> TokenStream {
        let (private, state, call, of) =
            (&self.private, local("state"), local("call"), local("of"));
        let told = self.event(Key::Before, &state);
        if told.is_empty() {
            return told;
        }
        let (name, elapsed) = (&self.name, self.elapsed());
        quote_spanned! {Span::mixed_site()=>
            {
                let #state = (&#call).state(#name, #elapsed, #private::no_outcome(#of));
                #told
            }
        }
    }

    /// One attempt, in the user's own braces.
    fn run(&self) -> TokenStream {
        let site = Span::mixed_site();
        let ty = &self.outcome;
        match self.shape {
            Shape::Blocking => {
                let body = &self.function.body;
                let open = site.located_at(self.function.sig.fn_token.span);
                quote_spanned!(open=> (|| -> #ty #body)())
            }
            Shape::Async => {
                let span = self.function.sig.asyncness.map_or(site, |token| token.span);
                self.run_async(&self.function.body, span)
            }
            Shape::Future(tail) => self.run_async(&tail.attempt, tail.attempt.span_open()),
        }
    }

    /// The edge gives the block the outcome as its expected type.
    fn run_async(&self, body: &Group, span: Span) -> TokenStream {
        let site = Span::mixed_site();
        let ty = &self.outcome;
        let private = &self.private;
        let user = body.stream();
        let stream = quote_spanned! {site=>
            if false { return #private::edge::<#ty>(); }
            #user
        };
        let mut block = Group::new(Delimiter::Brace, stream);
        block.set_span(body.span());
        let open = site.located_at(span);
        quote_spanned!(open=> async #block.await)
    }

    /// The pause before the next attempt.
    fn sleep(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let pause = local("pause");
        let asleep = self.stats.as_ref().map(|stats| {
            let asleep = local("asleep");
            quote_spanned!(site=> let #asleep = #stats.record_pause(#pause.unwrap_or_default());)
        });
        let sleeper = match &self.sleeper {
            Some(Expr::Closure(closure)) if closure.asyncness.is_some() => None,
            Some(value) => Some(value.to_token_stream()),
            None if self.policy => Some(self.parts(quote!(.sleeper()))),
            None => Some(quote!(#private::Auto)),
        };
        let borrow = if self.sleeper.is_none() && self.policy {
            quote!()
        } else {
            quote!(&)
        };
        if !self.shape.is_async() {
            let pause = quote_spanned!(site=> #pause.unwrap_or_default());
            let slept = match (&sleeper, &self.sleeper) {
                // Made for this pause alone.
                (taken, Some(Expr::Call(_))) => {
                    quote_spanned!(site=> #private::Sleep::sleep(&#taken.it(), #pause))
                }
                _ => quote_spanned!(site=> #private::Sleep::sleep(#borrow #sleeper, #pause)),
            };
            return quote_spanned!(site=> #asleep #slept;);
        }
        let rest = match (&sleeper, &self.sleeper) {
            (None, Some(Expr::Closure(closure))) => {
                let slept = in_place(closure, &quote!(#pause));
                quote_spanned! {site=>
                    match #pause {
                        ::core::option::Option::Some(#pause) => #slept,
                        ::core::option::Option::None => #private::yield_now().await,
                    }
                }
            }
            (_, None) if !self.policy => {
                quote_spanned!(site=> #private::accept::timer(#sleeper).rest(#pause).await)
            }
            (taken, Some(Expr::Call(_))) => quote_spanned!(site=> #taken.rest(#pause).await),
            _ => quote_spanned!(site=> #private::rest(#borrow #sleeper, #pause).await),
        };
        quote_spanned!(site=> #asleep #rest;)
    }

    fn either(&self, blocking: &str, asynchronous: &str) -> proc_macro2::Ident {
        local(if self.shape.is_async() {
            asynchronous
        } else {
            blocking
        })
    }

    /// The time since the start; zero where nothing asks for it.
    pub(super) fn elapsed(&self) -> TokenStream {
        match &self.watch {
            Some(_) => {
                let watch = local("watch");
                quote!((&#watch).elapsed())
            }
            None => quote!(::core::time::Duration::ZERO),
        }
    }

    /// A parameter made anew. One that is cloned is used up where nothing ever comes, for nobody
    /// shall be told to take it by reference.
    fn renew(&self, renewed: &Renewed) -> TokenStream {
        let private = &self.private;
        let Renewed {
            attrs,
            mutability,
            name,
            how,
        } = renewed;
        let anew = match how {
            How::Reborrow => quote!(&mut *#name),
            How::Repin => quote!(::core::pin::Pin::as_mut(&mut #name)),
            How::Clone(place) => {
                // At the attribute, should it not be `Clone`.
                let cloned = Ident::new(&name.to_string(), name.span().located_at(*place));
                let cloned = quote_spanned!(*place=> ::core::clone::Clone::clone(&#cloned));
                quote!({
                    if false { #private::use_up(#name) }
                    #cloned
                })
            }
        };
        quote!(#(#attrs)* let #mutability #name = #anew;)
    }
}
