//! The pause before the next attempt.

use proc_macro2::TokenStream;
use quote::quote;

use super::events::in_place;
use super::model::{ExpandCtx, Sleeper, Token};
use crate::lower::tokens::emit;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the pause before the next attempt.
    pub(super) fn sleep(&self) -> TokenStream {
        let private = &self.private;
        // A wait for a breaker is none of the pauses.
        let idle = match self.has_gate() {
            true => emit!(#private::idle(&guard, pause)),
            false => emit!(pause.unwrap_or_default()),
        };
        let asleep = self
            .stats
            .as_ref()
            .map(|stats| emit!(let asleep = #stats.record_pause(#idle);));
        // Independent of the other keys, and of the way in which the pause ends.
        let asleep_by_policy = self.policy.then(|| {
            emit! {
                let asleep_by_policy = #private::notify_pause(of, &policy, #idle);
            }
        });
        // `decide_blocking` returns the pause itself.
        let pause = if self.is_quiet() && !self.shape.is_async() {
            emit!(pause)
        } else {
            emit!(pause.unwrap_or_default())
        };
        // A user's own sleeper is not checked.
        let blocks = (!self.shape.is_async() && !self.args.values.has(Key::Sleep)).then(|| {
            let (path, sleeper) = (self.path(), self.blocking_sleeper());
            emit!((&call).pausing(#path, #sleeper, #pause);)
        });
        let slept = match &self.token {
            Some(token) => self.cancellable(token),
            None if self.shape.is_async() => self.woken(self.rested()),
            None => {
                let sleeper = self.blocking_sleeper();
                if self.has_gate() {
                    let never = quote!(#private::Cancellation::never());
                    emit! {
                        #private::wait_for_breaker(
                            &mut guard, #never, #pause, #sleeper,
                        )
                    }
                } else {
                    emit!(#private::Sleep::sleep(#sleeper, #pause))
                }
            }
        };
        let bound = self.bound_pause();
        emit!(#asleep #asleep_by_policy #blocks #bound #slept;)
    }

    /// Emits a pause that a token may end.
    fn cancellable(&self, token: &Token) -> TokenStream {
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
            cancelled = #private::Interruptible::pause(
                async { #rested }, #private::pause_signal(pause, &#stop),
            ).ticking(#tick).await.is_err() || #private::came_in_yield(pause.is_some(), &#stop)
        }
    }

    /// Emits the bound of the pause by the deadline, which a user's own sleeper may pass.
    fn bound_pause(&self) -> Option<TokenStream> {
        let ours = self.is_ours()?;
        let private = &self.private;
        Some(emit! {
            #private::bound(&mut guard, #ours, pause);
        })
    }

    /// Emits whether our timer pauses an async call with a deadline, if a user's sleeper may.
    pub(super) fn is_ours(&self) -> Option<TokenStream> {
        let limited = self.guards.as_ref().is_some_and(|guards| guards.limited);
        if !limited || !self.shape.is_async() {
            return None;
        }
        if self.args.values.has(Key::Sleep) {
            return Some(quote!(false));
        }
        let private = &self.private;
        self.policy.then(|| {
            let sleeper = self.parts(quote!(.sleeper()));
            quote!(#private::AsyncSleep::is_ours(#sleeper))
        })
    }

    /// Emits a pause that may end early, by the breaker that the call waits for or by the deadline.
    fn woken(&self, rested: TokenStream) -> TokenStream {
        if !self.has_gate() && self.is_ours().is_none() {
            return rested;
        }
        let private = &self.private;
        emit! {
            #private::woken(&mut guard, async { #rested }).await
        }
    }

    /// Emits the sleep of `pause`, or a yield to other tasks if the pause is missing.
    fn rested(&self) -> TokenStream {
        let (private, slept) = (&self.private, self.slept_for(&emit!(pause)));
        match &self.sleeper {
            Sleeper::Async(_) => emit! {
                match pause {
                    ::core::option::Option::Some(pause) => #slept,
                    ::core::option::Option::None => #private::yield_now().await,
                }
            },
            Sleeper::Taken(_) | Sleeper::Borrowed(_) => slept,
        }
    }

    /// Emits the sleep of `pause`, as a timer.
    pub(super) fn slept(&self) -> TokenStream {
        self.slept_for(&emit!(::core::option::Option::Some(pause)))
    }

    /// Emits the sleep of an optional pause. A closure sleeps for the variable `pause`.
    fn slept_for(&self, optional: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.sleeper {
            Sleeper::Async(closure) => in_place(closure, &emit!(pause)),
            Sleeper::Taken(taken) => emit!(#taken.pause_or_yield(#optional).await),
            Sleeper::Borrowed(sleeper) => {
                emit!(#private::pause_or_yield(#sleeper, #optional).await)
            }
        }
    }

    /// Emits the sleeper of a blocking function, which has no async one.
    fn blocking_sleeper(&self) -> TokenStream {
        match &self.sleeper {
            Sleeper::Async(closure) => quote!(#closure),
            Sleeper::Taken(taken) => quote!(&#taken.into_value()),
            Sleeper::Borrowed(sleeper) => sleeper.clone(),
        }
    }

    /// Emits the pauses between two looks at a token that wakes nothing.
    pub(super) fn tick(&self) -> TokenStream {
        // The future owns the pause, since it cannot borrow an argument of its maker.
        let slept = self.slept();
        emit! {
            |pause| {
                let pause = ::core::cell::Cell::new(pause);
                async { let pause = pause.into_inner(); #slept; }
            }
        }
    }
}
