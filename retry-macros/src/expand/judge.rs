//! The verdict on an outcome: the arms of `on`, `unless` and `case`, then `when`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::model::{ExpandCtx, MatchArm, number};
use crate::lower::tokens::{emit, ends};
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Emits `let verdict = ..;`, and records which case took the outcome.
    pub(super) fn judge(&self) -> TokenStream {
        let private = &self.private;
        if self.judged_by_policy() {
            let rule = self.parts(quote!(.rule));
            let attempt = number();
            let unjudged = quote!((::core::option::Option::None, #private::Verdict::Retry));
            let rule = self.judged_unless_halted(unjudged, emit!(#rule(&outcome, #attempt)));
            return emit!(let (class, verdict) = #rule;);
        }
        let slots = self.for_cases(&|case| {
            let slot = case.slot();
            emit!(let mut #slot = ::core::option::Option::None;)
        });
        let constants = self.constants();
        let asked = self.matched(&emit!(outcome), true);
        let asked = self.judged_unless_halted(quote!(#private::Verdict::Retry), asked);
        emit! {
            #constants
            #slots
            let verdict = #asked;
        }
    }

    /// Emits the verdict alone, on an outcome at another place.
    pub(super) fn verdict_of(&self, outcome: &TokenStream) -> TokenStream {
        if self.judged_by_policy() {
            let rule = self.parts(quote!(.rule));
            let attempt = number();
            return quote!(#rule(&#outcome, #attempt).1);
        }
        self.matched(outcome, false)
    }

    /// Emits the health of the service that the outcome shows, which only a breaker asks.
    ///
    /// `when` decides it, whichever arm the outcome matches. A body that gives up reveals nothing about the
    /// service.
    pub(super) fn health(&self) -> TokenStream {
        let verdict = match &self.args.attempt {
            Some(_) if self.has_gate() => emit!(own.or(verdict)),
            _ => emit!(verdict),
        };
        match &self.when {
            Some(when) if self.has_gate() => {
                let private = &self.private;
                emit!(#private::Predicate::health(&#when, &outcome, #verdict))
            }
            None if self.judged_by_policy() => {
                let health = self.parts(quote!(.health));
                emit!(#health(&outcome, #verdict))
            }
            _ => quote!(::core::convert::From::from(#verdict)),
        }
    }

    /// Emits the verdict of the arms, or of `when` after them. With `take`, a case may take the outcome.
    fn matched(&self, outcome: &TokenStream, take: bool) -> TokenStream {
        if self.arms.is_empty() {
            return self.ask(outcome);
        }
        let private = &self.private;
        // `unless` comes first. The other arms keep the order in which they are written.
        let (mut unless, mut others) = (TokenStream::new(), TokenStream::new());
        for arm in &self.arms {
            let place = match arm.arm.key {
                Key::Unless => &mut unless,
                _ => &mut others,
            };
            self.arm(arm, take).to_tokens(place);
        }
        let rest = if self.when.is_some() || others.is_empty() {
            self.ask(outcome)
        } else {
            quote!(#private::Verdict::Final)
        };
        emit! {
            match &#outcome {
                #unless
                #others
                _ => #rest,
            }
        }
    }

    /// Emits the judgement of an outcome, or `halted` in a halted call, whose end is not an outcome to judge.
    pub(super) fn judged_unless_halted(
        &self,
        halted: TokenStream,
        judged: TokenStream,
    ) -> TokenStream {
        if self.guards.is_none() {
            return judged;
        }
        emit! {
            if (&halted).is_some() { #halted } else { #judged }
        }
    }

    /// Returns whether the policy judges, because the attribute has no key that does.
    pub(super) fn judged_by_policy(&self) -> bool {
        self.policy && self.when.is_none() && self.arms.is_empty()
    }

    /// Emits the verdict of `when`, or of the default.
    fn ask(&self, outcome: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.when {
            Some(when) => {
                let attempt = number();
                quote!(#private::Predicate::verdict_at(&#when, &#outcome, #attempt))
            }
            // A type that is written out and belongs to the function itself.
            None if !self.args.wraps() && !self.infers => {
                let ty = &self.outcome;
                // At the user's type, because that may not tell success from failure.
                quote!(#private::any_failure::<#ty>(&#outcome))
            }
            // Only the body knows the type.
            None => {
                let asked = emit!(&#outcome);
                let asked = underline(asked, self.written);
                quote!(#private::any_failure(#asked))
            }
        }
    }

    fn arm(&self, arm: &MatchArm<'_>, take: bool) -> TokenStream {
        let private = &self.private;
        let pattern = &arm.arm.pattern;
        // With a guard, the compiler reports no arm as unreachable.
        let guard = arm.guard.clone().unwrap_or_else(|| quote!(true));
        let verdict = match arm.arm.key {
            Key::Unless => quote!(#private::Verdict::Final),
            _ => quote!(#private::Verdict::Retry),
        };
        let taken = arm.case.as_ref().map(|case| {
            let (slot, bindings) = (case.slot(), &case.bindings);
            match take {
                true => quote!(#slot = ::core::option::Option::Some((#(#bindings,)*));),
                false => quote!(let _ = (#(&#bindings,)*);),
            }
        });
        match taken {
            Some(taken) => emit!(#pattern if #guard => { #taken #verdict }),
            None => emit!(#pattern if #guard => #verdict,),
        }
    }

    /// Emits the index of the case that takes the outcome at a place, if any.
    pub(super) fn case_of(&self, outcome: &TokenStream) -> TokenStream {
        let (mut unless, mut others) = (TokenStream::new(), TokenStream::new());
        for arm in &self.arms {
            let (pattern, bindings) = (&arm.arm.pattern, arm.arm.bindings());
            let guard = arm.guard.clone().unwrap_or_else(|| quote!(true));
            let taken = match &arm.case {
                Some(case) => {
                    let index = case.index;
                    quote!(::core::option::Option::Some(#index))
                }
                None => quote!(::core::option::Option::None),
            };
            let place = match arm.arm.key {
                Key::Unless => &mut unless,
                _ => &mut others,
            };
            place.extend(emit!(#pattern if #guard => { let _ = (#(&#bindings,)*); #taken }));
        }
        emit! {
            match &#outcome {
                #unless
                #others
                _ => ::core::option::Option::None,
            }
        }
    }

    /// Uses the names in patterns that look like constants. One that is not in scope would match anything.
    pub(super) fn constants(&self) -> TokenStream {
        let mut uses = TokenStream::new();
        for arm in &self.arms {
            for name in arm.arm.constants() {
                uses.extend(emit!(let _ = #name;));
            }
        }
        match uses.is_empty() {
            true => uses,
            false => emit!(if false { #uses }),
        }
    }
}

/// Moves the first and the last token to those of the type, so that an error underlines all of it.
fn underline(tokens: TokenStream, ty: &syn::Type) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some((first, last)) = ends(&ty.to_token_stream()) {
        for (at, place) in [(0, first), (tokens.len() - 1, last)] {
            let token = &mut tokens[at];
            token.set_span(token.span().located_at(place));
        }
    }
    tokens.into_iter().collect()
}
