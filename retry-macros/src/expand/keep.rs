//! The part of a retried outcome that is kept over the pause, and what stands for the rest.
//!
//! A value is dropped before the pause: it may hold a connection, a permit, a transaction. An interrupt
//! stands for it should the call end there, or the `RetryError` of `wrap_err`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::plan::{Plan, Token};
use crate::check::retried::Retries;
use crate::lower::tokens::{at, local};
use crate::parse::pattern::Kind;
use persevere_words::Key;

/// What stands for a retried value in a call that ends after the pause.
pub(super) enum StandIn {
    /// An outcome, or else an error of the compiler.
    Outcome,
    /// Nothing: an error is kept, and a value that is retried because it knows that it is transient.
    Itself,
    /// The `RetryError` of a call that ends without an outcome.
    RetryError,
    /// An outcome if the type of outcomes can be made of an interrupt; else the value is kept.
    IfMade,
    /// What the policy says; else the value is kept.
    Policy,
}

impl Plan<'_> {
    fn retries(&self) -> Retries {
        let arms = self.args.arms.iter();
        let patterns = arms
            .filter(|arm| arm.kind != Kind::Unless)
            .map(|arm| Retries::by_pattern(&arm.pattern));
        // The body can ask for another attempt whatever it returns.
        let marked = self.args.attempt.iter().map(|_| Retries::Unknown);
        let when = self.args.get(Key::When).map(Retries::by_predicate);
        patterns
            .chain(when)
            .chain(marked)
            .fold(Retries::Errors, Retries::or)
    }

    /// Whether a token, or a budget that `pays`, may end the call after the pause that follows a value.
    pub(super) fn ends_after_values(&self, pays: bool) -> bool {
        (pays || self.token.is_some()) && self.retries() != Retries::Errors
    }

    /// What a call becomes that nothing but a token or a budget can end after a pause, and what that asks of
    /// the outcome.
    pub(super) fn ended_after_pause(&self) -> (TokenStream, StandIn) {
        let private = &self.private;
        let (interrupt, of, ty) = (local("interrupt"), local("of"), &self.outcome);
        let retries = self.retries();
        let hidden = self.token.as_ref().is_some_and(|token| token.hidden);
        if retries == Retries::Errors && !hidden {
            return (quote!(#private::uninterrupted), StandIn::Itself);
        }
        if self.args.wraps() && self.fallback.is_none() {
            let ended =
                quote!(|#interrupt| ::core::result::Result::Err(#private::ended(#interrupt)));
            return (ended, StandIn::RetryError);
        }
        let site = Span::mixed_site();
        // Any other value may hold a token, and a budget may refuse a retry after its pause, or not.
        let surely = self.token.as_ref().is_some_and(|token| token.named) && !hidden;
        if retries == Retries::Values && surely {
            let made = quote_spanned! {site=>
                |#interrupt| <#ty as #private::retain::StandsIn>::stand_in(#interrupt)
            };
            return (made, StandIn::Outcome);
        }
        // At the user's type, should nothing stand for a value of it.
        let span = site.located_at(ty.span());
        let private = at(private, span);
        let ended = match surely {
            true => quote_spanned!(span=> outcome(#interrupt)),
            false => quote_spanned!(span=> outcome_perhaps(#interrupt)),
        };
        let made = quote_spanned!(span=> |#interrupt| #private::retain::ended(#of).#ended);
        (made, StandIn::IfMade)
    }

    /// The same for a policy, which knows what an interrupt becomes, if it becomes anything.
    pub(super) fn ended_by_policy(&self) -> (TokenStream, StandIn) {
        let private = &self.private;
        let (interrupt, guard, of) = (local("interrupt"), local("guard"), local("of"));
        let made = match &self.token {
            // Its token may cut a first attempt, if an outcome can be made by its type.
            Some(token) if token.cuts => quote_spanned! {Span::mixed_site()=>
                match #private::interrupts(#of, &#guard) {
                    true => #private::CallGuard::outcome(&#guard, #interrupt),
                    false => #private::retain::ended(#of).outcome_perhaps(#interrupt),
                }
            },
            _ => quote!(#private::CallGuard::outcome(&#guard, #interrupt)),
        };
        if !self.args.wraps() || self.fallback.is_some() {
            return (quote!(|#interrupt| #made), StandIn::Policy);
        }
        let ended = quote_spanned! {Span::mixed_site()=>
            |#interrupt| match #private::interrupts(#of, &#guard) {
                true => ::core::result::Result::Ok(#made),
                false => ::core::result::Result::Err(#private::ended(#interrupt)),
            }
        };
        (ended, StandIn::Policy)
    }

    /// Whether the call may end without an outcome.
    pub(super) fn may_end_without(&self, stand_in: &StandIn) -> bool {
        match stand_in {
            StandIn::RetryError => true,
            StandIn::Policy => self.args.wraps() && self.fallback.is_none(),
            StandIn::Outcome | StandIn::Itself | StandIn::IfMade => false,
        }
    }

    /// `outcome` is dropped but for the part that is kept, where the call may have to end with it.
    pub(super) fn keep(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let Some(guards) = self.guards.as_ref().filter(|guards| guards.keeps) else {
            return TokenStream::new();
        };
        let (guard, kept, outcome) = (local("guard"), local("kept"), local("outcome"));
        let of = local("of");
        let retried = quote!(#private::retain::error(#outcome));
        let part = match &guards.stand_in {
            StandIn::Outcome | StandIn::RetryError => quote!(#retried.kept()),
            StandIn::Itself => quote!(#private::retain::error_or_transient(#outcome).kept()),
            StandIn::IfMade => quote!(#private::retain::error_if_made(#outcome).kept()),
            StandIn::Policy => {
                let mut replaceable = quote!(#private::interrupts(#of, &#guard));
                if self.may_end_without(&guards.stand_in) {
                    let hooks = self.parts(quote!(.hooks()));
                    replaceable = quote!(#replaceable || !#private::has_fallback(#of, #hooks));
                }
                quote!(#retried.kept_if(#replaceable))
            }
        };
        let keep = quote_spanned!(site=> #kept = #part;);
        let keeps = quote!(#private::keeps(#of, &#guard));
        let keeps = match &self.token {
            Some(token) if token.named => return keep,
            Some(Token { stop, .. }) => quote!(#keeps || #private::holds_token(&#stop)),
            None => keeps,
        };
        quote_spanned!(site=> if #keeps { #keep })
    }
}
