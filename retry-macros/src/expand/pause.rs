//! The pause before the next attempt.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::events::in_place;
use super::model::{ExpandCtx, Token};
use crate::lower::tokens::local;

impl ExpandCtx<'_> {
    /// The pause before the next attempt.
    pub(super) fn sleep(&self) -> TokenStream {
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

    /// A pause that a token may end.
    pub(in super::super) fn cancellable(&self, token: &Token) -> TokenStream {
        let site = Span::mixed_site();
        let (private, stop, pause) = (&self.private, &token.stop, local("pause"));
        let cancelled = local("cancelled");
        if !self.shape.is_async() {
            let (guard, sleeper) = (local("guard"), self.blocking_sleeper());
            return quote_spanned! {site=>
                #cancelled = #private::wait_for_breaker(
                    &mut #guard, #private::Stop::cancellation(&#stop), #pause.unwrap_or_default(), #sleeper,
                )
            };
        }
        let (rested, tick) = (self.woken(self.rested()), self.tick());
        quote_spanned! {site=>
            #cancelled = #private::cancellable_pause(
                async { #rested }, #private::cancellation(#pause, &#stop), #tick,
            ).await.is_err()
        }
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
        self.guards
            .as_ref()
            .is_some_and(|guards| guards.counts_panics)
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

    /// What makes the pauses until a token is asked again that does not wake by itself.
    pub(in super::super) fn tick(&self) -> TokenStream {
        let (private, slept, pause) = (&self.private, self.slept(), local("pause"));
        quote_spanned! {Span::mixed_site()=>
            |pause| {
                let #pause = #private::OwnedPause::new(pause);
                async { let #pause = #pause.take(); #slept; }
            }
        }
    }
}
