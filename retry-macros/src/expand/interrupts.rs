//! Interrupts of an async attempt: timers and tokens.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{ExpandCtx, Guards, StandIn, Token};
use crate::lower::tokens::{emit, local};

impl ExpandCtx<'_> {
    /// Emits an async attempt: raced by its copies, cut by a timer or a token, and visible to the calls
    /// inside it.
    pub(super) fn guarded_async(
        &self,
        guards: &Guards,
        block: &TokenStream,
        edged: &TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let mut before = TokenStream::new();
        let (mut future, watch) = match self.hedge {
            Some(race) => (self.hedged(race, guards, edged), local("view")),
            None => (block.clone(), local("guard")),
        };
        // The timer and the token stay outside, because a panic in a timer is not one of the body.
        if guards.visible_to_nested || self.hedge.is_some() {
            future = emit!(#private::inside(&mut #watch, #future));
        }
        if guards.cut {
            before.extend(emit!(let limit = #private::limit(of, &guard);));
            let timer = self.timer(&mut before);
            future = emit!(#private::timeout(#future, #timer));
        }
        let token = self.token.as_ref().filter(|token| token.cuts);
        if let Some(token) = token {
            let kept = guards.retains_outcome.then(|| emit!((&kept).is_some()));
            let signal = self.abort_signal(token, kept.as_ref());
            before.extend(emit!(let abort = #signal;));
            let tick = self.tick();
            future = emit!(#private::Interruptible::attempt(#future, abort).ticking(#tick));
        }
        if self.hedge.is_some() {
            // Only a breaker hears of panics.
            let bodies = self.has_breaker().then(|| emit!(bodies));
            let bodies = bodies.unwrap_or_else(|| quote!(_));
            before.extend(emit! {
                let (mut view, mut copies, #bodies) = (&mut guard).split();
            });
        }
        let made = self.awaited(&future, guards.cut, token.is_some());
        if self.attempt_timeout.is_none() {
            return emit!({ #before #made });
        }
        // A copy alone knows whether its own time cut it.
        emit! { {
            #before
            let was_cut = ::core::sync::atomic::AtomicBool::new(false);
            let attempted = #made;
            if (&attempted).is_ok() && was_cut.into_inner() {
                #private::interrupted(of, &mut guard, #private::Interrupt::AttemptTimeout);
            }
            attempted
        }}
    }

    /// Emits the timer of an attempt that reports the deadline even if a user's sleeper is late.
    fn timer(&self, before: &mut TokenStream) -> TokenStream {
        let (private, slept) = (&self.private, self.slept());
        let timer = emit! {
            async {
                match limit {
                    ::core::option::Option::Some((pause, interrupt)) => {
                        #slept;
                        interrupt
                    }
                    ::core::option::Option::None => #private::pending().await,
                }
            }
        };
        let Some(ours) = self.is_ours() else {
            return timer;
        };
        before.extend(emit! {
            let deadline = match #ours {
                true => ::core::option::Option::None,
                false => #private::time_left(of, &guard, ::core::time::Duration::ZERO),
            };
        });
        emit!(#private::no_later(#timer, deadline))
    }

    /// Emits `made`, which is awaited beside the attempts, under the limits of the call.
    ///
    /// These are the deadline, less the `reserved` time, and a token, by its `signal`. The result is `Err`
    /// if a limit cut it. Returns `None` if nothing limits it.
    pub(super) fn limited(
        &self,
        made: &TokenStream,
        reserved: &TokenStream,
        signal: &dyn Fn(&Token) -> TokenStream,
    ) -> Option<TokenStream> {
        let guards = self.guards.as_ref().filter(|_| self.shape.is_async())?;
        let token = self.token.as_ref().filter(|token| token.cuts);
        if !guards.limited && token.is_none() {
            return None;
        }
        let private = &self.private;
        let mut before = TokenStream::new();
        let mut future = quote!(async { #made });
        if guards.limited {
            before.extend(emit! {
                let limit = #private::time_left(of, &guard, #reserved);
            });
            future = emit!(#private::timeout(#future, #private::alarm(limit)));
        }
        if let Some(token) = token {
            let (signal, tick) = (signal(token), self.tick());
            before.extend(emit!(let abort = #signal;));
            future = emit!(#private::Interruptible::aside(#future, abort).ticking(#tick));
        }
        let awaited = self.awaited(&future, guards.limited, token.is_some());
        Some(emit!({ #before #awaited }))
    }

    /// Awaits a future that a timer or a token may cut. The result is then `Err` with the interrupt.
    fn awaited(&self, future: &TokenStream, timed: bool, cancellable: bool) -> TokenStream {
        let private = &self.private;
        match (timed, cancellable) {
            (false, false) => quote!(::core::result::Result::Ok(#future.await)),
            (true, false) => quote!(#future.await),
            (false, true) => quote!(#future.await.map_err(|_| #private::Interrupt::Cancelled)),
            (true, true) => quote! {
                #future.await.unwrap_or(::core::result::Result::Err(#private::Interrupt::Cancelled))
            },
        }
    }

    /// Emits the signal that aborts an attempt or a fallback, if an outcome can stand for it: one that was
    /// `kept`, or one of the interrupt.
    pub(super) fn abort_signal(&self, token: &Token, kept: Option<&TokenStream>) -> TokenStream {
        let (private, stop) = (&self.private, &token.stop);
        let name = self.name();
        let stand_in = self.guards.as_ref().map(|guards| &guards.stand_in);
        let or_kept = kept.map(|kept| quote!(|| #kept));
        let stands = match stand_in {
            Some(stand_in) if self.may_end_without(stand_in) => quote!(true),
            Some(StandIn::Policy) => emit! {
                #private::interrupts(of, &guard) || #private::retain::ended(of).is_made() #or_kept
            },
            Some(StandIn::IfMade) if token.is_hidden() => {
                emit!(#private::retain::ended(of).is_made() #or_kept)
            }
            _ => quote!(true),
        };
        quote!(#private::abort_signal(#stands, &#stop, #name))
    }

    /// Emits the signal that aborts a callback, which needs no outcome.
    pub(super) fn abort_callback(&self, token: &Token) -> TokenStream {
        let (private, stop) = (&self.private, &token.stop);
        quote!(#private::Stop::abort_signal(&#stop))
    }
}
