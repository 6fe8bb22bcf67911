//! A stream that is opened again where it broke.
//!
//! ```text
//! // Input
//! #[retry(when = transient(), idle_timeout = 30s, resume(after = |event| Some(event.id)))]
//! fn events(&self, after: Option<u64>) -> impl Stream<Item = Result<Event, Error>> { self.client.events(after) }
//!
//! // Output, paths shortened
#![doc = include_str!("../../tests/snapshots/stream.snap")]
//! ```

mod open;
mod policy;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{CallName, ExpandCtx, StreamPlan};
use crate::lower::stream_shape::Opening;
use crate::lower::tokens::{at, emit, located_at};
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the body of a function that returns a stream.
    ///
    /// An `async` block owns the policy and the stream that borrows it.
    pub(super) fn stream_body(&self, plan: &StreamPlan) -> TokenStream {
        let (private, key, ty, once) = (&self.private, &plan.key, &self.outcome, &self.once);
        let (counts, span) = (self.counts(), self.stream_span());
        let (policy, stream) = (self.stream_policy(plan), self.opened_again(plan));
        let give = match &span {
            Some(_) => emit!((&span).around(items.give(stream)).await),
            None => emit!(items.give(stream).await),
        };
        let given = emit! {
            #private::stream::stream(move |items| async move {
                let of: #private::OutcomeType<#ty> = #private::OutcomeType::new();
                #counts
                #(#once)*
                #span
                #policy
                #stream
                #give
            })
        };
        let returned = match plan.shape.opening {
            Opening::Direct if plan.shape.boxed => quote!(::std::boxed::Box::pin(#given)),
            Opening::Direct => given,
            Opening::Awaited => quote!(#private::stream::opened(#given).await),
            // Apart, so that a boxed stream of the function's own type can be made of it.
            Opening::Fallible => emit! {
                match #private::stream::opened_or_failed(#given).await {
                    ::core::result::Result::Ok(stream) => ::core::result::Result::Ok(stream),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            },
        };
        let private = at(private, key.span());
        quote_spanned!(key.span()=> #private::with_streams! { #key, #returned })
    }

    /// Emits `let stream = ..;`, the stream of the policy.
    fn opened_again(&self, plan: &StreamPlan) -> TokenStream {
        let (private, open) = (&self.private, self.open(plan));
        let (start, after) = match &plan.cursor {
            Some((name, after)) => (quote!(#name), after.clone()),
            None => (quote!(()), quote!(|_| ())),
        };
        let start = emit!(#private::stream::start(#start).cursor());
        let mut stream = emit! {
            let stream = #private::stream::run(of, &policy, #start, #open, #after);
            let stream = #private::stream::informed(stream).stream();
        };
        if self.policy || matches!(self.name, CallName::Method(_)) {
            let name = match &self.name {
                CallName::Text(text) => quote!(&#private::CallName::Text(#text)),
                CallName::Method(_) => {
                    let name = self.name();
                    quote!(const { &#name })
                }
            };
            stream.extend(emit!(let stream = stream.named(#name);));
        }
        if self.args.values.has(Key::Progress) {
            stream.extend(emit!(let stream = stream.without_progress();));
        }
        if self.args.values.flag(Key::Endless).is_some() {
            let ended = self.interrupted_by(Key::Endless);
            stream.extend(emit!(let stream = stream.endless_by(#ended);));
        }
        if let Some(limit) = &plan.idle_timeout {
            let idle = self.interrupted_by(Key::IdleTimeout);
            stream.extend(emit!(let stream = stream.idle_timeout_by(#limit, #idle);));
        }
        if plan.shape.opening != Opening::Direct {
            stream.extend(emit!(let stream = items.opened_later(stream);));
        }
        stream
    }

    /// Emits a function from an interrupt to an outcome, for a policy that converts none.
    fn interrupted_by(&self, key: Key) -> TokenStream {
        let private = &self.private;
        match self.args.values.get(Key::Interrupt) {
            Some(convert) if self.policy => quote!(#convert),
            Some(_) => quote!(#private::uninterrupted),
            None => {
                let name = self.args.values.name(key);
                let span = name.map_or_else(Span::call_site, |name| name.span());
                let ty = located_at(self.outcome.clone(), span);
                emit!(|interrupt| <#ty as #private::FromInterrupt>::from_interrupt(interrupt))
            }
        }
    }
}
