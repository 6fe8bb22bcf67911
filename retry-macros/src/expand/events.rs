//! Calls of callbacks, and counters of events.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ExprClosure;

use super::model::{Callback, ExpandCtx, Form};
use crate::lower::tokens::{at, emit, expect, local};
use persevere_words::Key;

impl Callback {
    /// Calls the callback with `state`. An error that it returns ends the call.
    pub(super) fn call(&self, plan: &ExpandCtx<'_>) -> TokenStream {
        let private = &plan.private;
        let site = Span::mixed_site();
        let state = emit!(&state,);
        let ending = match &self.form {
            Form::Log(log) => {
                let line = emit!(#private::describe(&state).line(),);
                let written = expect(private, "line", &line, log);
                return quote!(#written;);
            }
            Form::Value(door, value) => expect(private, door, &state, value),
            Form::Async(closure) => {
                let of = local("of");
                let returned = in_place(closure, &emit!(&state));
                let span = closure.asyncness.map_or(site, |token| token.span);
                let private = at(private, span);
                let none = quote!(::core::time::Duration::ZERO);
                match plan.limited(&returned, &none, &|token| plan.abort_callback(token)) {
                    None => quote_spanned!(span=> #private::ending(#of, #returned)),
                    Some(bounded) => quote_spanned! {span=>
                        match #bounded {
                            ::core::result::Result::Ok(returned) => #private::ending(#of, returned),
                            ::core::result::Result::Err(_) => ::core::option::Option::None,
                        }
                    },
                }
            }
        };
        let reason = quote!(::core::option::Option::Some(#private::StopReason::GivenUp));
        // A callback at the end runs once the end is counted.
        let early = matches!(self.key, Key::Before | Key::After | Key::BeforeSleep);
        let counts = early && plan.args.values.flag(Key::Metrics).is_some();
        let counted =
            counts.then(|| emit!(#private::Metrics::new().ended(&state); counted.ends();));
        let recorded = plan.record_end(&reason);
        let leave = plan.leave(&emit!(end), &reason);
        emit! {
            if let ::core::option::Option::Some(end) = #ending {
                #counted
                #recorded
                #leave
            }
        }
    }
}

/// Emits `{ let PATTERN = argument; async { BODY }.await }`.
pub(super) fn in_place(closure: &ExprClosure, argument: &TokenStream) -> TokenStream {
    let (capture, body) = (&closure.capture, &closure.body);
    let bind = closure.inputs.first();
    let bind = bind.map(|pattern| quote!(let #pattern = #argument;));
    let span = closure.asyncness.map_or_else(Span::mixed_site, |token| {
        Span::mixed_site().located_at(token.span)
    });
    let made = quote_spanned!(span=> async #capture { #body }.await);
    let inside = emit!(#bind #made);
    // At the closure, because its value may be of a wrong type.
    let mut block = Group::new(Delimiter::Brace, inside);
    block.set_span(
        closure
            .asyncness
            .map_or_else(Span::mixed_site, |token| token.span),
    );
    block.into_token_stream()
}

impl ExpandCtx<'_> {
    /// Notifies the attribute's callback of an event, or else the policy's.
    pub(super) fn event(&self, key: Key) -> TokenStream {
        if let Some(callback) = self.callback(key) {
            return callback.call(self);
        }
        if !self.policy {
            return TokenStream::new();
        }
        let (private, hook) = (&self.private, local(key.name()));
        let hooks = self.parts(quote!(.hooks()));
        emit!(#private::Hooks::#hook(#hooks, &state);)
    }

    /// Reports an event at the end of the call, to metrics and to callbacks.
    pub(super) fn report(&self, key: Key) -> TokenStream {
        let (counted, event) = (self.count(key), self.event(key));
        quote!(#counted #event)
    }

    /// Records in the state which events the callbacks handle. Process-wide reports skip those.
    pub(super) fn set_event_mask(&self) -> TokenStream {
        let private = &self.private;
        let retries = self.callback(Key::BeforeSleep).is_some();
        let give_ups = self.callback(Key::OnFailure).is_some();
        let own = (retries || give_ups)
            .then(|| emit!(#private::Decide::handled(&mut state, #private::EventMask::new(#retries, #give_ups));));
        let of_policy = self.policy.then(|| {
            let hooks = self.parts(quote!(.hooks()));
            emit!(#private::Decide::handled(&mut state, #private::handles(of, #hooks));)
        });
        quote!(#own #of_policy)
    }

    /// Counts an event as metrics do, if the call is counted.
    pub(super) fn count(&self, key: Key) -> TokenStream {
        if self.args.values.flag(Key::Metrics).is_none() {
            return TokenStream::new();
        }
        let (private, hook) = (&self.private, local(key.name()));
        // The policy may count the events that it is notified of.
        let metrics = match self.policy && self.callback(key).is_none() {
            true => {
                let (outcome, hooks) = (&self.outcome, self.parts(quote!(.hooks())));
                quote!(#private::Metrics::beside::<#outcome, _>(#hooks))
            }
            false => quote!(#private::Metrics::new()),
        };
        let heard = match key {
            Key::BeforeSleep => emit!(counted.pauses();),
            _ => emit!(counted.ended(&state);),
        };
        emit!(#private::Hooks::#hook(&#metrics, &state); #heard)
    }
}
