//! The policy of a stream, made from the keys.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::model::{CallName, Callback, Case, ExpandCtx, Form, Sleeper, StreamPlan};
use crate::lower::tokens::{at, emit, expect, local};
use crate::parse::role::Role;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits `let policy = ..;`, unless the attribute names one.
    pub(super) fn stream_policy(&self, plan: &StreamPlan) -> TokenStream {
        if self.policy {
            return TokenStream::new();
        }
        let (private, stop, wait) = (&self.private, &self.stop, &self.wait);
        let name = match &self.name {
            CallName::Text(text) => Some(quote!(.name(#text))),
            // It is given to the stream.
            CallName::Method(_) => None,
        };
        let shares = self.cases().iter().any(|case| case.wait.is_none());
        let (own, wait) = match shares {
            true => (
                Some(emit!(let own_wait = #wait;)),
                emit!(#private::stream::SameWait(&own_wait)),
            ),
            false => (None, wait.clone()),
        };
        let mut policy = emit! {
            #private::RetryPolicy::new() #name.stop(#stop).wait(#wait)
        };
        if let Some(when) = self.stream_predicate() {
            policy = quote!(#policy.when(#when));
        }
        for case in self.cases() {
            let (when, stop, wait) = self.stream_case(case);
            policy = quote!(#policy.case(#when, #stop, #wait));
        }
        for callback in &self.callbacks {
            let (event, hook) = (local(callback.key.name()), self.hook(callback));
            policy = quote!(#policy.#event(#hook));
        }
        if let Some(stats) = &self.stats {
            policy = quote!(#policy.stats(#stats));
        }
        if self.args.values.flag(Key::Metrics).is_some() {
            policy = quote!(#private::stream::hook(#policy, #private::Metrics::new()));
        }
        if self.args.values.flag(Key::Span).is_some() {
            policy = emit!(#private::stream::hook(#policy, &span));
        }
        for fallback in &self.fallbacks {
            let value = &fallback.value;
            let value = expect(private, "fallback", &emit!(of,), &quote!(#value));
            policy = match &fallback.own {
                Some(time) => quote!(#policy.fallback_within(#time, #value)),
                None => quote!(#policy.fallback(#value)),
            };
        }
        if let Some(long) = &self.reset_after {
            policy = quote!(#policy.reset_after(#long));
        }
        if let Some(enabled) = &plan.enabled {
            policy = quote!(#policy.enabled(#enabled));
        }
        policy = match &self.sleeper {
            Sleeper::Taken(taken) => quote!(#policy.sleep_async(#taken.into_value())),
            Sleeper::Borrowed(sleeper) => quote!(#policy.sleep_async(#sleeper)),
            // A mistake, which is reported.
            Sleeper::Async(_) => policy,
        };
        if let Some(guards) = &self.guards {
            let made = &guards.made;
            policy = quote!(#private::stream::guarded(#policy, #made));
        }
        emit!(#own let policy = #policy;)
    }

    /// Emits the span of the call, if it has one.
    pub(super) fn stream_span(&self) -> Option<TokenStream> {
        let asked = self.args.values.flag(Key::Span)?;
        let (private, name) = (at(&self.private, asked.span()), self.name());
        let taken = quote::quote_spanned! {asked.span()=>
            #private::expect::span(#private::CallSpan::new(#name))
        };
        Some(emit!(let span = #taken;))
    }

    /// Emits the predicate of the arms and `when`, if there is any.
    fn stream_predicate(&self) -> Option<TokenStream> {
        let private = &self.private;
        if self.arms.is_empty() {
            let when = self.when.as_ref()?;
            return Some(when.clone());
        }
        let constants = self.constants();
        let verdict = self.verdict_of(&emit!(*outcome));
        let health = match &self.when {
            Some(when) => emit!(#private::Predicate::health(&#when, outcome, verdict)),
            None => emit!(::core::convert::From::from(verdict)),
        };
        Some(emit! {
            #private::expect::verdicts(
                of,
                |outcome, call| { #constants #verdict },
                |outcome, verdict| #health,
            )
        })
    }

    /// Emits the predicate, the stop and the wait of a case.
    fn stream_case(&self, case: &Case) -> (TokenStream, TokenStream, TokenStream) {
        let (private, index) = (&self.private, case.index);
        let (constants, taken) = (self.constants(), self.case_of(&emit!(*outcome)));
        let when = emit! {
            #private::expect::outcome(of, |outcome| {
                #constants
                let case = #taken;
                case == ::core::option::Option::Some(#index)
            }).into_value()
        };
        let stop = match &case.stop {
            Some(stop) => stop.clone(),
            // That of the function holds for it too.
            None if self.args.values.strategy(Role::Stop).is_some() => {
                quote!(#private::stop::never())
            }
            None => quote!(#private::DefaultStop),
        };
        let wait = match &case.wait {
            Some(wait) => wait.clone(),
            None => emit!(#private::stream::SameWait(&own_wait)),
        };
        (when, stop, wait)
    }

    /// Emits a callback as a function over the state.
    fn hook(&self, callback: &Callback) -> TokenStream {
        let private = &self.private;
        let function = match &callback.form {
            Form::Log(log) => {
                let line = emit!(#private::describe(state).line(),);
                let written = expect(private, "line", &line, log);
                emit!(|state| #written)
            }
            Form::Value(_, value) => value.clone(),
            // A mistake, which is reported.
            Form::Async(_) => quote!(|_| ()),
        };
        expect(private, "hook", &emit!(of,), &function)
    }
}
