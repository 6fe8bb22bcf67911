//! One iteration of a guarded loop: admission, the attempt, and its one outcome.
//!
//! ```text
//! // Input
//! #[retry(deadline = 10s, breaker = &PAYMENTS, interrupt = |i| Err(Error::from(i)))]
//! async fn charge(&self, order: &Order) -> Result<Receipt, Error> { self.client.post(order).await }
//!
//! // Output, paths shortened
#![doc = include_str!("../tests/snapshots/guarded.snap")]
//! ```

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{ExpandCtx, Guards, StandIn, Token};
use crate::lower::tokens::emit;

impl ExpandCtx<'_> {
    /// Emits `let mut guard = ..;`, with the variables kept beside it.
    pub(super) fn guard(&self) -> Option<TokenStream> {
        let guards = self.guards.as_ref()?;
        let private = &self.private;
        let made = &guards.made;
        let kept = guards
            .retains_outcome
            .then(|| emit!(let mut kept = ::core::option::Option::None;));
        let cancelled = self
            .token
            .as_ref()
            .map(|_| emit!(let mut cancelled = false;));
        let reserved = (self.policy && self.fallbacks.is_empty())
            .then(|| emit!(#private::reserve(of, &mut guard, &policy);));
        Some(emit! {
            let mut guard = #private::watch(of, &#made, watch);
            #reserved
            #kept
            #cancelled
        })
    }

    /// Emits one iteration of a guarded call, whose value is the pause. `begun` begins an attempt, and `made`
    /// makes it.
    pub(super) fn guarded_iteration(
        &self,
        guards: &Guards,
        begun: &TokenStream,
        made: &TokenStream,
        mark: Option<&TokenStream>,
        settled: &TokenStream,
    ) -> TokenStream {
        let (private, path) = (&self.private, self.path());
        let (ty, convert) = (&self.outcome, &guards.outcome);
        let kept = match guards.retains_outcome {
            true => emit!(|| #private::retain::take(&mut kept)),
            false => quote!(|| ::core::option::Option::None),
        };
        let settle = match self.may_end_without(&guards.stand_in) {
            true => {
                let end = self.end_without();
                emit! {
                    match #private::try_resolve_outcome(attempted, #kept, #convert) {
                        ::core::result::Result::Ok(settled) => settled,
                        ::core::result::Result::Err(reason) => { #end }
                    }
                }
            }
            false => emit!(#private::resolve_outcome(attempted, #kept, #convert)),
        };
        let cut = guards.cut || self.token.as_ref().is_some_and(|token| token.cuts);
        let interrupted = cut.then(|| {
            emit! {
                if let ::core::result::Result::Err(interrupt) = attempted {
                    #private::interrupted(of, &mut guard, interrupt);
                }
            }
        });
        // The handle of an attempt goes with its result.
        let handle = &self.args.attempt;
        let with_handle = |result: TokenStream, handle: TokenStream| match &self.args.attempt {
            Some(_) => quote!((#result, #handle)),
            None => result,
        };
        let unmarked = self.handle(&quote!(::core::option::Option::None));
        let error = emit!(::core::result::Result::Err(interrupt));
        let halt = with_handle(error.clone(), unmarked);
        let bound = with_handle(emit!(attempted), quote!(#handle));
        let made_of = match (handle, self.hedge) {
            (Some(handle), Some(_)) => emit! {
                match attempted {
                    ::core::result::Result::Ok((outcome, handle)) => {
                        (::core::result::Result::Ok(outcome), handle)
                    }
                    ::core::result::Result::Err(interrupt) => (#error, #handle),
                }
            },
            _ => bound.clone(),
        };
        let admitted = match self.token {
            Some(_) => emit!(#private::admit_unless(of, &mut guard, cancelled)),
            None => emit!(#private::admit(of, &mut guard)),
        };
        let counted = self.is_counted().then(|| emit!(counted.attempts();));
        let concluded = |admission: TokenStream| {
            emit! {
                let #bound = match #admission {
                    #private::Admission::Halt(interrupt) => #halt,
                    _ => {
                        (&mut call).begin(#path);
                        #counted
                        #begun
                        let attempted = #made;
                        #interrupted
                        #made_of
                    }
                };
                let (outcome, halted): (#ty, _) = #settle;
                #mark
                #settled
            }
        };
        if !self.loops() {
            return concluded(quote!({ #admitted }));
        }
        let concluded = concluded(emit!(admission));
        emit! {
            match { #admitted } {
                #private::Admission::Wait(pause) => ::core::option::Option::Some(pause),
                admission => { #concluded }
            }
        }
    }

    /// Emits a blocking attempt, whose result is its outcome.
    pub(super) fn guarded_blocking(&self, guards: &Guards, closure: &TokenStream) -> TokenStream {
        let private = &self.private;
        match guards.visible_to_nested {
            true => emit!(::core::result::Result::Ok(
                #private::BodyScope::inside(&mut guard, #closure)
            )),
            false => quote!(::core::result::Result::Ok((#closure)())),
        }
    }

    /// Emits the drop of `outcome`, all but the kept part, if the call may have to end with it.
    pub(super) fn retain(&self) -> TokenStream {
        let private = &self.private;
        let Some(guards) = self.guards.as_ref().filter(|guards| guards.retains_outcome) else {
            return TokenStream::new();
        };
        let retried = emit!(#private::retain::error(outcome));
        let part = match &guards.stand_in {
            StandIn::Outcome | StandIn::RetryError => quote!(#retried.kept()),
            StandIn::Itself => emit!(#private::retain::error_or_transient(outcome).kept()),
            StandIn::IfMade => emit!(#private::retain::error_if_made(outcome).kept()),
            StandIn::Policy => {
                let mut replaceable = emit!(#private::interrupts(of, &guard));
                if self.may_end_without(&guards.stand_in) {
                    let hooks = self.parts(quote!(.hooks()));
                    replaceable = emit!(#replaceable || !#private::has_fallback(of, #hooks));
                }
                quote!(#retried.kept_if(#replaceable))
            }
        };
        let keep = emit!(kept = #part;);
        let keeps = emit!(#private::keeps(of, &guard));
        let keeps = match &self.token {
            Some(token) if token.held.named => return keep,
            Some(Token { stop, .. }) => quote!(#keeps || #private::holds_token(&#stop)),
            None => keeps,
        };
        emit!(if #keeps { #keep })
    }

    /// Returns whether the call may end without an outcome.
    pub(super) fn may_end_without(&self, stand_in: &StandIn) -> bool {
        let may = matches!(stand_in, StandIn::RetryError | StandIn::Policy);
        may && self.args.wraps() && self.fallbacks.is_empty()
    }
}
