//! The ends of a call.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::ExpandCtx;
use crate::lower::tokens::{emit, local};
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits the end of a call with a final outcome that nothing observes.
    pub(super) fn finish_unseen(&self) -> TokenStream {
        let (path, reported) = (self.path(), self.reported_finality());
        let leave = self.leave(&emit!(outcome), &self.finality(quote!(true)));
        emit! {
            if !verdict.is_retry() {
                (&call).ended(#path, &outcome, #reported);
                #leave
            }
        }
    }

    /// Emits the reason that reports of the process have for a final outcome that nothing else observes.
    fn reported_finality(&self) -> TokenStream {
        if self.retries_every_failure() {
            return quote!(::core::option::Option::None);
        }
        let private = &self.private;
        self.finality(emit!(#private::inspect(&outcome).is_failure()))
    }

    /// Returns whether a final outcome can only be a success.
    fn retries_every_failure(&self) -> bool {
        let judges = self.policy || self.when.is_some() || !self.arms.is_empty();
        !judges && self.args.attempt.is_none() && !self.args.kind.is_once()
    }

    /// Emits the end of a call with a final outcome that callbacks or statistics observe.
    pub(super) fn finish_seen(&self) -> TokenStream {
        let private = &self.private;
        let finality = self.finality(emit!(failed));
        let (on_success, on_failure) = (self.report(Key::OnSuccess), self.report(Key::OnFailure));
        let recorded = self.record_end(&emit!(reason));
        let leave = self.leave(&emit!(outcome), &emit!(reason));
        emit! {
            if !verdict.is_retry() {
                let failed = #private::inspect(&outcome).is_failure();
                let reason = #finality;
                #private::Decide::finish(&mut state, reason);
                if failed { #on_failure } else { #on_success }
                #recorded
                #leave
            }
        }
    }

    /// Emits the reason for the end of a call with a final outcome.
    fn finality(&self, failed: TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.args.attempt {
            Some(_) => emit!(mark.final_reason_if(#failed)),
            None => quote!(#failed.then_some(#private::StopReason::Final)),
        }
    }

    /// Returns whether the end of a call that gives up reads its reason.
    pub(super) fn reads_reason(&self) -> bool {
        let recorded = self.stats.is_some() || self.args.values.flag(Key::Span).is_some();
        recorded || !self.fallbacks.is_empty() || self.policy || self.args.wraps()
    }

    /// Emits the end of a call that gives up after a retryable outcome.
    pub(super) fn give_up(&self) -> TokenStream {
        let reported = self.report(Key::OnFailure);
        let recorded = self.record_end(&emit!(::core::option::Option::Some(reason)));
        let fallback = self.fall_back();
        let leave = self.leave_giving_up();
        quote!(#reported #recorded #fallback #leave)
    }
    /// Emits `return` in a call that gave up. Under `wrap_err` a value is then no success, unless a fallback
    /// made it.
    fn leave_giving_up(&self) -> TokenStream {
        let leave = self.leave(
            &emit!(outcome),
            &emit!(::core::option::Option::Some(reason)),
        );
        if !self.args.wraps() || !self.fallbacks.is_empty() {
            return leave;
        }
        let private = &self.private;
        let give_up = self.leave_with_error(&emit! {
            #private::last_value(&outcome).text(),
            ::core::option::Option::Some(outcome)
        });
        if !self.policy {
            return give_up;
        }
        let hooks = self.parts(quote!(.hooks()));
        emit! {
            if #private::has_fallback(of, #hooks) { #leave }
            #give_up
        }
    }

    /// Emits the end of a call for a `reason`, without an outcome.
    pub(super) fn end_without(&self) -> TokenStream {
        let private = &self.private;
        let state = self.state(&emit!(#private::no_outcome(of)));
        let mask = self.set_event_mask();
        let reported = self.report(Key::OnFailure);
        let recorded = self.record_end(&emit!(::core::option::Option::Some(reason)));
        let leave = self.leave_with_error(&quote! {
            ::core::option::Option::None,
            ::core::option::Option::None
        });
        emit! {
            let mut state = #state;
            #private::Decide::judge(&mut state, #private::Verdict::Retry);
            #mask
            #private::Decide::halt(&mut state, reason);
            #reported
            #recorded
            #leave
        }
    }

    /// Emits `return` with the function's value for this outcome.
    pub(super) fn leave(&self, outcome: &TokenStream, reason: &TokenStream) -> TokenStream {
        if self.args.wraps() {
            self.leave_wrapped("wrap", outcome, reason)
        } else {
            emit!(return #outcome;)
        }
    }

    /// Emits `return` with the `RetryError` of `wrap_err`, for the text of a value and the outcome.
    fn leave_with_error(&self, outcome: &TokenStream) -> TokenStream {
        let reason = emit!(::core::option::Option::Some(reason));
        self.leave_wrapped("give_up", outcome, &reason)
    }

    fn leave_wrapped(
        &self,
        method: &str,
        outcome: &TokenStream,
        reason: &TokenStream,
    ) -> TokenStream {
        let (private, elapsed) = (&self.private, self.elapsed());
        let (returned, method) = (&self.returned, local(method));
        emit! {
            return #private::wrapping::<#returned>().#method(
                #outcome,
                ((&call).attempt(), #elapsed, #reason),
            );
        }
    }

    /// Records the end in statistics and in the span.
    pub(super) fn record_end(&self, reason: &TokenStream) -> TokenStream {
        let stats = self
            .stats
            .as_ref()
            .map(|stats| emit!(#stats.record_end((&call).attempt(), #reason);));
        let span = self
            .args
            .values
            .flag(Key::Span)
            .map(|_| emit!(span.end((&call).attempt(), #reason);));
        quote!(#stats #span)
    }
}
