//! The call around the loop.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::ExpandCtx;
use crate::lower::tokens::{at, emit, local};
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the body of the function.
    pub(super) fn body(&self) -> TokenStream {
        if let Some(stream) = &self.stream {
            return self.stream_body(stream);
        }
        let private = &self.private;
        let once = &self.once;
        let memory = if self.has_ledger() {
            quote!(#private::FullHistory)
        } else {
            quote!(())
        };
        let watch = self.watch.as_ref().map(|wanted| {
            let read = if self.shape.is_async() {
                "read_async"
            } else {
                "read_blocking"
            };
            let read = local(read);
            emit!(let watch = #private::Stopwatch::start(#private::#read, #wanted);)
        });
        let of_early = self.of_early().then(|| {
            // The type is given where it can be, so that a policy for another outcome is the part that does
            // not fit.
            let ty = &self.outcome;
            emit!(let of: #private::OutcomeType<#ty> = #private::OutcomeType::new();)
        });
        if self.is_driven() {
            let driven = self.driven();
            return quote!(#of_early #(#once)* #driven);
        }
        let guard = self.guard();
        let counters = self.counters();
        let turn = self.iteration();
        let (path, call) = (self.path(), self.call(&memory));
        // A guarded call begins an attempt once its guards have admitted it.
        let (new, begin) = match &self.guards {
            Some(_) => (emit!(let mut call = #call::new();), None),
            None => {
                let mutable = self.loops().then(|| quote!(mut));
                (
                    emit!(let #mutable call = #call::begun(#path);),
                    Some(emit!((&mut call).begin(#path);)),
                )
            }
        };
        let counts = self.counts();
        let counted = self.is_counted().then(|| emit!(counted.attempts();));
        let attempts = match self.loops() {
            true => {
                let sleep = self.sleep();
                let begin = begin.as_ref().map(|begin| quote!(#begin #counted));
                emit!(loop { let pause = #turn; #sleep #begin })
            }
            false => turn,
        };
        let counted = begin.is_some().then_some(counted);
        let made = self.in_span(emit! {
            #counts
            #new
            #counted
            #watch
            #guard
            #counters
            #attempts
        });
        emit! {
            #of_early
            #(#once)*
            #made
        }
    }

    /// Returns whether the call is counted as metrics do.
    pub(super) fn is_counted(&self) -> bool {
        self.args.values.flag(Key::Metrics).is_some()
    }

    /// Emits the count of a call that is dropped, if it is counted; an error at `metrics = true` if nothing counts.
    pub(super) fn counts(&self) -> Option<TokenStream> {
        let metrics = self.args.values.flag(Key::Metrics)?;
        let (private, path) = (at(&self.private, metrics.span()), self.path());
        let call = self.call(&quote!(()));
        // At the flag, because no feature may be there that counts.
        let needed = quote_spanned! {metrics.span()=>
            #private::expect::metrics(#private::Metrics::new());
        };
        Some(emit!(#needed let counted = #call::counted(#path);))
    }

    /// Emits the call inside its span, if it has one. No guard of the span is held over an await.
    fn in_span(&self, made: TokenStream) -> TokenStream {
        let Some(asked) = self.args.values.flag(Key::Span) else {
            return made;
        };
        let (private, name) = (&self.private, self.name());
        let begun = {
            let private = at(private, asked.span());
            let taken = quote_spanned! {asked.span()=>
                #private::expect::span(#private::CallSpan::new(#name))
            };
            emit!(let span = #taken;)
        };
        if !self.shape.is_async() {
            return emit!(#begun let entered = span.enter(); #made);
        }
        let returned = &self.returned;
        emit! {
            #begun
            span.around(async {
                if false { return #private::infer_output::<#returned>(); }
                #made
            }).await
        }
    }

    fn counters(&self) -> TokenStream {
        let counts = self.for_cases(&|case| {
            let count = case.count();
            let budget = case.budget_name().map(|budget| {
                let private = &self.private;
                emit!(
                    let #budget = (&mut guard).case(#private::Budget::budget(&#budget));)
            });
            emit!(let mut #count = 0u32; #budget)
        });
        let counts_cases = self.judged_by_policy() && !self.args.kind.is_once();
        let policy =
            counts_cases.then(|| emit!(let mut counters = ::core::default::Default::default();));
        quote!(#counts #policy)
    }
}
