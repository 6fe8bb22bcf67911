//! One turn of the loop: the attempt, and the pause after it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::events::in_place;
use super::plan::{Plan, number};
use crate::lower::rebind::{How, Renewed};
use crate::lower::shape::Shape;
use crate::lower::tokens::{at, local};
use persevere_words::Key;

impl Plan<'_> {
    /// The body of the function.
    pub(super) fn body(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (call, pause, of) = (local("call"), local("pause"), local("of"));
        let once = &self.once;
        let memory = if self.has_ledger() {
            quote!(#private::FullHistory)
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
            quote_spanned!(site=> let #of: #private::OutcomeType<#ty> = #private::OutcomeType::new();)
        });
        let guard = self.guard();
        let counters = self.counters();
        let turn = self.turn();
        let sleep = self.sleep();
        let name = &self.name;
        // A guarded call begins an attempt when its guards have let it.
        let begin = self
            .guards
            .is_none()
            .then(|| quote_spanned!(site=> (&mut #call).begin(#name);));
        let new = match &self.guards {
            Some(_) => quote!(#private::Call::<#memory>::new()),
            None => quote!(#private::start::<#memory>(#name)),
        };
        let counts = self.counts();
        let made = self.in_span(quote_spanned! {site=>
            let mut #call = #new;
            #watch
            #guard
            #counters
            loop {
                let #pause = #turn;
                #sleep
                #begin
            }
        });
        quote_spanned! {site=>
            #counts
            #of_early
            #(#once)*
            #made
        }
    }

    /// An error at `metrics = true`, should nothing count.
    fn counts(&self) -> Option<TokenStream> {
        let metrics = self.args.metrics()?;
        let private = at(&self.private, metrics.span());
        Some(quote_spanned! {metrics.span()=>
            #private::expect::metrics(#private::Metrics::new());
        })
    }

    /// The call inside its span, if it has one. No guard of it is held over an await.
    fn in_span(&self, made: TokenStream) -> TokenStream {
        let Some(asked) = self.args.span() else {
            return made;
        };
        let site = Span::mixed_site();
        let (private, span, name) = (&self.private, local("span"), &self.name);
        let begun = {
            let private = at(private, asked.span());
            let taken = quote_spanned! {asked.span()=>
                #private::expect::span(#private::CallSpan::new(#name))
            };
            quote_spanned!(site=> let #span = #taken;)
        };
        if !self.shape.is_async() {
            let entered = local("entered");
            return quote_spanned!(site=> #begun let #entered = #span.enter(); #made);
        }
        let returned = &self.returned;
        quote_spanned! {site=>
            #begun
            #span.around(async {
                if false { return #private::infer_output::<#returned>(); }
                #made
            }).await
        }
    }

    fn counters(&self) -> TokenStream {
        let site = Span::mixed_site();
        let counts = self.cases().map(|case| {
            let count = case.count();
            let purse = case.purse().map(|purse| {
                let (private, guard) = (&self.private, local("guard"));
                quote_spanned!(site=>
                    let #purse = (&mut #guard).case(#private::Budget::budget(&#purse));)
            });
            quote_spanned!(site=> let mut #count = 0u32; #purse)
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
        let handle = self.args.attempt.as_ref().map(|handle| {
            let ends = match &self.guards {
                Some(_) => {
                    let guard = local("guard");
                    quote!(#private::ends(#of, &#guard))
                }
                None => quote!(::core::option::Option::None),
            };
            let made = self.handle(&ends);
            quote_spanned!(site=> let #handle = #made;)
        });
        let mark = self.args.attempt.as_ref().map(|handle| {
            let mark = local("mark");
            quote_spanned!(site=> let #mark = (&#handle).directive();)
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
                .then(|| quote_spanned!(site=> let #of = #private::outcome_type(&#outcome);))
        };
        // A pause can take longer than asked; that is no part of the attempt.
        let began = (self.reset_after.is_some() || self.policy).then(|| {
            let elapsed = self.elapsed();
            quote_spanned!(site=> (&mut #call).began(#elapsed);)
        });
        let begun = quote! {
            #began
            #stats
            #before
            #handle
        };
        if let Some(guards) = &self.guards {
            let settled = quote!(#witness #(#after)* #judge #settle);
            return self.guarded_turn(guards, &begun, &run, mark.as_ref(), &settled);
        }
        quote_spanned! {site=>
            {
                #begun
                let #outcome: #ty = #run;
                #witness
                #mark
                #(#after)*
                #judge
                #settle
            }
        }
    }

    /// The handle of an attempt that ends at a time from the start of the call, if any.
    pub(super) fn handle(&self, ends: &TokenStream) -> TokenStream {
        let (private, watch, number) = (&self.private, local("watch"), number());
        quote_spanned!(Span::mixed_site()=> #private::attempt(#number, #watch, #ends))
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

    /// One attempt, with what it gets anew: what the body gives away, those around it can still name.
    fn run(&self) -> TokenStream {
        let made = self.run_body();
        // The copies of a hedged attempt have each their own.
        if self.renewed.is_empty() || self.hedge.is_some() {
            return made;
        }
        let renewed = self.renewed.iter().map(|renewed| self.renew(renewed));
        quote_spanned!(Span::mixed_site()=> { #(#renewed)* #made })
    }

    /// The attempt alone, in the user's own braces.
    fn run_body(&self) -> TokenStream {
        let site = Span::mixed_site();
        let ty = &self.outcome;
        match self.shape {
            Shape::Blocking => {
                let body = &self.function.body;
                let open = site.located_at(self.function.sig.fn_token.span);
                let closure = quote_spanned!(open=> || -> #ty #body);
                match &self.guards {
                    Some(guards) => self.guarded_blocking(guards, &closure),
                    None => quote_spanned!(open=> (#closure)()),
                }
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
            if false { return #private::infer_output::<#ty>(); }
            #user
        };
        let mut block = Group::new(Delimiter::Brace, stream.clone());
        block.set_span(body.span());
        let open = site.located_at(span);
        let block = quote_spanned!(open=> async #block);
        match &self.guards {
            Some(guards) => self.guarded_async(guards, &block, &stream),
            None => quote_spanned!(open=> #block.await),
        }
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
        // Whatever else the attribute says, and whoever ends the pause.
        let asleep_by_policy = self.policy.then(|| {
            let (of, policy, asleep) = (local("of"), local("policy"), local("asleep_by_policy"));
            quote_spanned! {site=>
                let #asleep = #private::notify_pause(#of, &#policy, #pause.unwrap_or_default());
            }
        });
        // A sleeper of the user's own is the user's business.
        let blocks = (!self.shape.is_async() && self.sleeper.is_none()).then(|| {
            let (name, sleeper) = (&self.name, self.blocking_sleeper());
            quote_spanned!(site=> #private::pausing(#name, #sleeper, #pause.unwrap_or_default());)
        });
        let slept = match (&self.token, self.shape.is_async()) {
            (Some(token), _) => self.cancellable(token),
            (None, true) => self.woken(self.rested()),
            (None, false) if self.waits() => {
                let (guard, sleeper) = (local("guard"), self.blocking_sleeper());
                let never = quote!(#private::Cancellation::never());
                quote_spanned! {site=>
                    #private::wait_for_breaker(
                        &mut #guard, #never, #pause.unwrap_or_default(), #sleeper,
                    )
                }
            }
            (None, false) => {
                let sleeper = self.blocking_sleeper();
                quote_spanned!(site=> #private::Sleep::sleep(#sleeper, #pause.unwrap_or_default()))
            }
        };
        let bound = self.bound_pause();
        quote_spanned!(site=> #asleep #asleep_by_policy #blocks #bound #slept;)
    }

    /// The pause ends by the deadline, though a sleeper of the user's own may take longer.
    fn bound_pause(&self) -> Option<TokenStream> {
        let ours = self.is_ours()?;
        let (private, guard, pause) = (&self.private, local("guard"), local("pause"));
        Some(quote_spanned! {Span::mixed_site()=>
            #private::bound(&mut #guard, #ours, #pause);
        })
    }

    /// Whether a timer of ours pauses an async call that has a deadline, where a sleeper of the user's own may.
    pub(super) fn is_ours(&self) -> Option<TokenStream> {
        let limited = self.guards.as_ref().is_some_and(|guards| guards.limited);
        if !limited || !self.shape.is_async() {
            return None;
        }
        match (&self.sleeper, self.policy) {
            (Some(_), _) => Some(quote!(false)),
            (None, true) => {
                let (private, sleeper) = (&self.private, self.parts(quote!(.sleeper())));
                Some(quote!(#private::AsyncSleep::is_ours(#sleeper)))
            }
            (None, false) => None,
        }
    }

    /// Whether the call may wait for a breaker.
    pub(super) fn waits(&self) -> bool {
        self.guards.as_ref().is_some_and(|guards| guards.panics)
    }

    /// A pause that the breaker may end, which the call waits for, or the deadline.
    pub(super) fn woken(&self, rested: TokenStream) -> TokenStream {
        if !self.waits() && self.is_ours().is_none() {
            return rested;
        }
        let (private, guard) = (&self.private, local("guard"));
        quote_spanned! {Span::mixed_site()=>
            #private::woken(&mut #guard, async { #rested }).await
        }
    }

    /// `pause`, where there is one: slept, or else given to other tasks.
    pub(super) fn rested(&self) -> TokenStream {
        let (private, pause) = (&self.private, local("pause"));
        match &self.sleeper {
            Some(Expr::Closure(closure)) if closure.asyncness.is_some() => {
                let slept = in_place(closure, &quote!(#pause));
                quote_spanned! {Span::mixed_site()=>
                    match #pause {
                        ::core::option::Option::Some(#pause) => #slept,
                        ::core::option::Option::None => #private::yield_now().await,
                    }
                }
            }
            _ => self.rest(&quote!(#pause)),
        }
    }

    /// `pause`, slept: a timer.
    pub(super) fn slept(&self) -> TokenStream {
        let pause = local("pause");
        match &self.sleeper {
            Some(Expr::Closure(closure)) if closure.asyncness.is_some() => {
                in_place(closure, &quote!(#pause))
            }
            _ => self.rest(&quote!(::core::option::Option::Some(#pause))),
        }
    }

    fn rest(&self, pause: &TokenStream) -> TokenStream {
        let (site, private) = (Span::mixed_site(), &self.private);
        match &self.sleeper {
            // Made for this pause alone.
            Some(taken @ Expr::Call(_)) => {
                quote_spanned!(site=> #taken.pause_or_yield(#pause).await)
            }
            Some(sleeper) => {
                quote_spanned!(site=> #private::pause_or_yield(&#sleeper, #pause).await)
            }
            None if self.policy => {
                let sleeper = self.parts(quote!(.sleeper()));
                quote_spanned!(site=> #private::pause_or_yield(#sleeper, #pause).await)
            }
            None => {
                quote_spanned!(site=> #private::expect::timer(#private::DefaultSleeper).pause_or_yield(#pause).await)
            }
        }
    }

    /// What a blocking function pauses with.
    pub(super) fn blocking_sleeper(&self) -> TokenStream {
        let private = &self.private;
        match &self.sleeper {
            // Made for this pause alone.
            Some(taken @ Expr::Call(_)) => quote!(&#taken.into_value()),
            Some(sleeper) => quote!(&#sleeper),
            None if self.policy => self.parts(quote!(.sleeper())),
            None => quote!(&#private::DefaultSleeper),
        }
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
                let cloned = clone_of(name, *place);
                quote!({
                    if false { #private::consume(#name) }
                    #cloned
                })
            }
        };
        quote!(#(#attrs)* let #mutability #name = #anew;)
    }
}

/// A clone of a parameter; an error at the attribute, should it not be `Clone`.
pub(super) fn clone_of(name: &Ident, place: Span) -> TokenStream {
    let cloned = Ident::new(&name.to_string(), name.span().located_at(place));
    quote_spanned!(place=> ::core::clone::Clone::clone(&#cloned))
}
