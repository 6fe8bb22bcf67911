//! The pause before the next attempt.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::events::in_place;
use super::model::{ExpandCtx, Token};
use crate::lower::tokens::emit;

impl ExpandCtx<'_> {
    /// The pause before the next attempt.
    pub(super) fn sleep(&self) -> TokenStream {
        let private = &self.private;
        let asleep = self
            .stats
            .as_ref()
            .map(|stats| emit!(let asleep = #stats.record_pause(pause.unwrap_or_default());));
        // Whatever else the attribute says, and whoever ends the pause.
        let asleep_by_policy = self.policy.then(|| {
            emit! {
                let asleep_by_policy = #private::notify_pause(of, &policy, pause.unwrap_or_default());
            }
        });
        // A sleeper of the user's own is the user's business.
        let blocks = (!self.shape.is_async() && self.sleeper.is_none()).then(|| {
            let (name, sleeper) = (&self.name, self.blocking_sleeper());
            emit!(#private::pausing(#name, #sleeper, pause.unwrap_or_default());)
        });
        let slept = match (&self.token, self.shape.is_async()) {
            (Some(token), _) => self.cancellable(token),
            (None, true) => self.woken(self.rested()),
            (None, false) if self.waits() => {
                let sleeper = self.blocking_sleeper();
                let never = quote!(#private::Cancellation::never());
                emit! {
                    #private::wait_for_breaker(
                        &mut guard, #never, pause.unwrap_or_default(), #sleeper,
                    )
                }
            }
            (None, false) => {
                let sleeper = self.blocking_sleeper();
                emit!(#private::Sleep::sleep(#sleeper, pause.unwrap_or_default()))
            }
        };
        let bound = self.bound_pause();
        emit!(#asleep #asleep_by_policy #blocks #bound #slept;)
    }

    /// A pause that a token may end.
    pub(in super::super) fn cancellable(&self, token: &Token) -> TokenStream {
        let (private, stop) = (&self.private, &token.stop);
        if !self.shape.is_async() {
            let sleeper = self.blocking_sleeper();
            return emit! {
                cancelled = #private::wait_for_breaker(
                    &mut guard, #private::Stop::cancellation(&#stop), pause.unwrap_or_default(), #sleeper,
                )
            };
        }
        let (rested, tick) = (self.woken(self.rested()), self.tick());
        emit! {
            cancelled = #private::cancellable_pause(
                async { #rested }, #private::cancellation(pause, &#stop), #tick,
            ).await.is_err()
        }
    }

    /// The pause ends by the deadline, though a sleeper of the user's own may take longer.
    fn bound_pause(&self) -> Option<TokenStream> {
        let ours = self.is_ours()?;
        let private = &self.private;
        Some(emit! {
            #private::bound(&mut guard, #ours, pause);
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
        let private = &self.private;
        emit! {
            #private::woken(&mut guard, async { #rested }).await
        }
    }

    /// `pause`, where there is one: slept, or else given to other tasks.
    pub(super) fn rested(&self) -> TokenStream {
        let private = &self.private;
        match &self.sleeper {
            Some(Expr::Closure(closure)) if closure.asyncness.is_some() => {
                let slept = in_place(closure, &emit!(pause));
                emit! {
                    match pause {
                        ::core::option::Option::Some(pause) => #slept,
                        ::core::option::Option::None => #private::yield_now().await,
                    }
                }
            }
            _ => self.rest(&emit!(pause)),
        }
    }

    /// `pause`, slept: a timer.
    pub(super) fn slept(&self) -> TokenStream {
        match &self.sleeper {
            Some(Expr::Closure(closure)) if closure.asyncness.is_some() => {
                in_place(closure, &emit!(pause))
            }
            _ => self.rest(&emit!(::core::option::Option::Some(pause))),
        }
    }

    fn rest(&self, pause: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.sleeper {
            // Made for this pause alone.
            Some(taken @ Expr::Call(_)) => {
                emit!(#taken.pause_or_yield(#pause).await)
            }
            Some(sleeper) => {
                emit!(#private::pause_or_yield(&#sleeper, #pause).await)
            }
            None if self.policy => {
                let sleeper = self.parts(quote!(.sleeper()));
                emit!(#private::pause_or_yield(#sleeper, #pause).await)
            }
            None => {
                emit!(#private::expect::timer(#private::DefaultSleeper).pause_or_yield(#pause).await)
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
        let (private, slept) = (&self.private, self.slept());
        emit! {
            |pause| {
                let pause = #private::OwnedPause::new(pause);
                async { let pause = pause.take(); #slept; }
            }
        }
    }
}
