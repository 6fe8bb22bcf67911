//! The decision after the verdict: a pause, or the end of the call.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{Case, ExpandCtx};
use crate::lower::tokens::emit;
use crate::parse::function::mentions;
use crate::parse::role::Role;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the code from the verdict to the pause, or out of the function.
    pub(super) fn decide(&self) -> TokenStream {
        let amend = self.args.attempt.as_ref().map(|_| {
            let amended = emit!(mark.apply_to(verdict));
            let amended = self.judged_unless_halted(emit!(verdict), amended);
            // The breaker sees the verdict from before the body's mark amends it.
            let own = self.has_gate().then(|| emit!(let own = verdict;));
            emit!(#own let verdict = #amended;)
        });
        let finish_early = (!self.observed()).then(|| self.finish_unseen());
        let give_up = self.give_up();
        let reason = if self.reads_reason() {
            emit!(reason)
        } else {
            quote!(_)
        };
        // Another place: one that is borrowed cannot be the one that the function returns, in which the attempt
        // writes its outcome.
        let moved = self.guards.is_none().then(|| emit!(let outcome = outcome;));
        if self.is_quiet() {
            // One call in place of three, which shortens users' builds the most.
            let (stop, wait) = (&self.stop, &self.wait);
            let (path, elapsed) = (self.path(), self.elapsed());
            let decide = match self.shape.is_async() {
                true => emit!(decide),
                false => emit!(decide_blocking),
            };
            return emit! {
                #finish_early
                #moved
                match (&call).#decide(#path, #elapsed, &outcome, verdict, &#stop, &#wait) {
                    ::core::result::Result::Ok(pause) => pause,
                    ::core::result::Result::Err(#reason) => { #give_up }
                }
            };
        }
        let recorded = self.record_outcome();
        let state = self.state(&emit!(::core::option::Option::Some(&outcome)));
        let reset = self.reset();
        let classify = self.classify();
        let mask = self.set_event_mask();
        let after = self.unless_halted(self.event(Key::After));
        let finish = self.observed().then(|| self.finish_seen());
        let decided = match self.args.kind.is_once() {
            true => {
                let conclude = self.conclude();
                emit!(let #reason = #conclude; #give_up)
            }
            false => {
                let (decide, again) = (self.decide_guarded(), self.go_on());
                emit! {
                    match #decide {
                        ::core::result::Result::Ok(_) => { #again }
                        ::core::result::Result::Err(#reason) => { #give_up }
                    }
                }
            }
        };
        let private = &self.private;
        let moved = moved.filter(|_| self.args.kind.is_once());
        emit! {
            #amend
            #recorded
            #finish_early
            #moved
            #reset
            let mut state = #state;
            #private::Decide::judge(&mut state, verdict);
            #classify
            #mask
            #after
            #finish
            #decided
        }
    }

    /// Emits the code from the decision to go on to the pause.
    fn go_on(&self) -> TokenStream {
        let before_pause = self.before_pause();
        // The pause is taken by value, because a borrowed one would stay in the future while it sleeps.
        let private = &self.private;
        let mut pause = emit!(#private::Decide::to_sleep(&state));
        if self.guards.as_ref().is_some_and(|guards| guards.limited) {
            pause = emit!(#private::fit(of, &guard, #pause));
        }
        let keep = self.retain();
        match keep.is_empty() {
            true => quote!(#before_pause #pause),
            false => emit!(#before_pause let pause = #pause; #keep pause),
        }
    }

    /// Emits the reason for the end of a call whose function is tried once.
    fn conclude(&self) -> TokenStream {
        let private = &self.private;
        let halted = match &self.guards {
            Some(_) => emit!(halted),
            None => quote!(::core::option::Option::None),
        };
        emit!(#private::Decide::conclude(&mut state, #halted))
    }

    /// Returns whether nothing reads the state of the call between the verdict and the pause.
    pub(super) fn is_quiet(&self) -> bool {
        let watched = self.observed() || self.has_ledger() || self.guards.is_some();
        !watched && self.cases().is_empty() && !self.args.kind.is_once()
    }

    /// Reports the outcome of the attempt to breaker and budgets.
    fn record_outcome(&self) -> TokenStream {
        let private = &self.private;
        if self.guards.is_none() {
            return TokenStream::new();
        }
        let failed = emit!(#private::inspect(&outcome).is_failure());
        let health = self.health();
        self.unless_halted(emit! {
            #private::CallGuard::judged(&mut guard, &outcome, verdict, || #health, #failed);
        })
    }

    /// Emits code that is skipped in a halted call.
    fn unless_halted(&self, done: TokenStream) -> TokenStream {
        if self.guards.is_none() || done.is_empty() {
            return done;
        }
        emit!(if (&halted).is_none() { #done })
    }

    /// Resets the counts and the schedule.
    fn reset(&self) -> TokenStream {
        let mut causes = Vec::new();
        if self.args.attempt.is_some() {
            causes.push(emit!(mark.reset()));
        }
        if self.reset_after.is_some() || self.policy {
            let elapsed = self.elapsed();
            let ran_long = match &self.reset_after {
                Some(long) => emit!((&call).ran(#elapsed) >= #long),
                None => {
                    let parts = self.parts(quote!());
                    emit!(#parts.resets_after((&call).ran(#elapsed)))
                }
            };
            causes.push(match &self.guards {
                // An attempt that a limit has cut was not a long success.
                Some(guards) if guards.cut || self.attempt_timeout.is_some() => {
                    let private = &self.private;
                    emit!(!#private::was_cut(of, &guard) && #ran_long)
                }
                _ => ran_long,
            });
        }
        if causes.is_empty() || self.args.kind.is_once() {
            return TokenStream::new();
        }
        let counts = self.for_cases(&|case| {
            let count = case.count();
            quote!(#count = 0;)
        });
        let counters = self
            .judged_by_policy()
            .then(|| emit!(counters = ::core::default::Default::default();));
        self.unless_halted(emit! {
            if verdict.is_retry() && (#(#causes)||*) {
                (&mut call).restart();
                #counts
                #counters
            }
        })
    }

    /// Records in the state which case took the outcome, where callbacks can see it.
    fn classify(&self) -> TokenStream {
        let private = &self.private;
        if self.judged_by_policy() {
            return emit!(#private::Decide::classify(&mut state, class););
        }
        let visible = self.has_callbacks() || self.needs.ask;
        let cases = self.for_cases(&|case| {
            let (slot, index) = (case.slot(), case.index);
            match visible {
                true => emit! {
                    if (&#slot).is_some() {
                        #private::Decide::classify(&mut state, ::core::option::Option::Some(#index));
                    }
                },
                false => TokenStream::new(),
            }
        });
        let own_counts = self.for_cases(&|case| {
            let count = case.stop.as_ref().map(|_| case.count());
            count.map_or_else(TokenStream::new, |count| quote!(+ #count))
        });
        let aside = (!own_counts.is_empty() && self.args.values.strategy(Role::Stop).is_none())
            .then(|| emit!(#private::Decide::set_aside(&mut state, 0 #own_counts);));
        quote!(#cases #aside)
    }

    /// Emits the pause, or the reason for giving up: the strategies decide, and the guards allow it.
    fn decide_guarded(&self) -> TokenStream {
        let decided = self.decide_by_strategy();
        if self.guards.is_none() {
            return decided;
        }
        let private = &self.private;
        emit! {
            match halted {
                ::core::option::Option::Some(reason) => {
                    ::core::result::Result::Err(#private::Decide::halt(&mut state, reason))
                }
                ::core::option::Option::None => {
                    let decision = #decided;
                    #private::CallGuard::allow(&mut guard, &mut state, decision)
                }
            }
        }
    }

    fn decide_by_strategy(&self) -> TokenStream {
        let private = &self.private;
        let (stop, wait) = (&self.stop, &self.wait);
        if self.judged_by_policy() {
            let parts = self.parts(quote!());
            return emit! {
                #parts.decide(&mut counters, &mut state, &#stop, &#wait)
            };
        }
        let otherwise = emit!(#private::Decide::decide(&mut state, &#stop, &#wait));
        let cases = self.for_cases(&|case| {
            let decided = self.decide_case(case);
            quote!(#decided else)
        });
        match cases.is_empty() {
            true => otherwise,
            false => emit!(#cases { #otherwise }),
        }
    }

    /// Emits `if let Some(bindings) = case { .. }`, in which the case counts and decides.
    fn decide_case(&self, case: &Case) -> TokenStream {
        let private = &self.private;
        let count = case.count();
        let (stop, wait) = (&self.stop, &self.wait);
        let stop = match &case.stop {
            Some(own) => quote! {
                #private::OwnStop { count: #count, own: &#own, call: &#stop }
            },
            None => quote!(#stop),
        };
        let wait = match &case.wait {
            Some(own) => quote!(#private::OwnWait { count: #count, own: &#own }),
            None => quote!(#wait),
        };
        let mut decided = emit!(#private::Decide::decide(&mut state, &#stop, &#wait));
        if let Some(budget) = case.budget_name() {
            decided = emit!({ (&mut guard).charge(#budget); #decided });
        }
        case.taken(&emit!(#count += 1; #decided))
    }

    /// Emits the callbacks before the pause.
    fn before_pause(&self) -> TokenStream {
        let event = self.event(Key::BeforeSleep);
        let cases = self.for_cases(&|case| match &case.before_sleep {
            Some(before_sleep) => case.taken(&before_sleep.call(self)),
            None => TokenStream::new(),
        });
        let paused = self
            .has_ledger()
            .then(|| emit!((&mut call).paused(&state);));
        let counted = self.count(Key::BeforeSleep);
        quote!(#event #cases #counted #paused)
    }
}

impl Case {
    /// Emits code for an outcome that the case took, with the bindings that the code uses.
    fn taken(&self, code: &TokenStream) -> TokenStream {
        let slot = self.slot();
        let bindings = self.bindings.iter().map(|name| {
            if mentions(code.clone(), name) {
                quote!(#name)
            } else {
                quote!(_)
            }
        });
        emit! {
            if let ::core::option::Option::Some((#(#bindings,)*)) = #slot { #code }
        }
    }
}
