//! The outcome of an interrupted call, and the replacement for a value that was dropped before the pause.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::check;
use crate::check::retried::Retries;
use crate::expand::model::{ExpandCtx, StandIn, Token};
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{at, emit, expect, local, located_at};
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::role::Role;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Plans the outcome of an interrupt, and the replacement for a retried value.
    pub(in super::super) fn interrupted(
        &mut self,
        keys: bool,
        interrupts: bool,
        lowering: &mut Lowering<'_>,
    ) -> (TokenStream, StandIn) {
        let (private, ty) = (&self.private, &self.outcome);
        let made = match self.args.values.get(Key::Interrupt) {
            Some(value) => {
                lowering
                    .errors
                    .report(value, check::guard::interrupt(value));
                let value = lowering.plain(value);
                let made = expect(private, "interrupted", &emit!(of, interrupt,), &value);
                emit!(|interrupt| #made)
            }
            None if self.policy && !keys => return self.ended_by_policy(),
            None if interrupts => {
                let ty = self.at_interrupting_key(ty.clone());
                emit!(|interrupt| <#ty as #private::FromInterrupt>::from_interrupt(interrupt))
            }
            None => return self.ended_after_pause(),
        };
        (made, StandIn::Outcome)
    }

    /// Moves a type to the key that interrupts an attempt, so that an error about the type names the key.
    fn at_interrupting_key(&self, ty: TokenStream) -> TokenStream {
        let keys = [
            Key::Deadline,
            Key::AttemptTimeout,
            Key::Breaker,
            Key::RateLimiter,
            Key::Bulkhead,
            Key::Nested,
        ];
        let name = keys.into_iter().find_map(|key| self.args.values.name(key));
        match name {
            Some(name) if self.args.kind != AttributeKind::CircuitBreaker => {
                located_at(ty, name.span())
            }
            _ => ty,
        }
    }

    /// Plans the outcome of a call that only a token or a budget can end after a pause, and its demand on the
    /// outcome.
    pub(super) fn ended_after_pause(&self) -> (TokenStream, StandIn) {
        let private = &self.private;
        let (interrupt, of, ty) = (local("interrupt"), local("of"), &self.outcome);
        let retries = self.retries();
        let hidden = self.token.as_ref().is_some_and(Token::is_hidden);
        if retries == Retries::Errors && !hidden {
            return (quote!(#private::uninterrupted), StandIn::Itself);
        }
        if self.args.wraps() && self.fallbacks.is_empty() {
            let ended = emit!(|interrupt| ::core::result::Result::Err(
                interrupt.reason().unwrap_or(#private::StopReason::GivenUp)
            ));
            return (ended, StandIn::RetryError);
        }
        let site = Span::mixed_site();
        // Any other value may hold a token, and a budget may refuse a retry after its pause.
        let surely = self.token.as_ref().is_some_and(|token| token.held.named) && !hidden;
        if retries == Retries::Values && surely {
            let made = emit! {
                |interrupt| <#ty as #private::retain::StandsIn>::stand_in(interrupt)
            };
            return (made, StandIn::Outcome);
        }
        // At the user's type, because its values may have no replacement.
        let span = site.located_at(ty.span());
        let private = at(private, span);
        let outcome = if surely { "outcome" } else { "outcome_perhaps" };
        let outcome = Ident::new(outcome, span);
        let made =
            quote_spanned!(span=> |#interrupt| #private::retain::ended(#of).#outcome(#interrupt));
        (made, StandIn::IfMade)
    }

    /// Plans the same for a policy, which knows the outcome of an interrupt, if it has one.
    pub(super) fn ended_by_policy(&self) -> (TokenStream, StandIn) {
        let private = &self.private;
        let made = match &self.token {
            // Its token may cut a first attempt, if the type of outcomes can be made from an interrupt.
            Some(token) if token.cuts => emit! {
                match #private::interrupts(of, &guard) {
                    true => #private::CallGuard::outcome(&guard, interrupt),
                    false => #private::retain::ended(of).outcome_perhaps(interrupt),
                }
            },
            _ => emit!(#private::CallGuard::outcome(&guard, interrupt)),
        };
        if !self.args.wraps() || !self.fallbacks.is_empty() {
            return (emit!(|interrupt| #made), StandIn::Policy);
        }
        let ended = emit! {
            |interrupt| match #private::interrupts(of, &guard) {
                true => ::core::result::Result::Ok(#made),
                false => ::core::result::Result::Err(
                interrupt.reason().unwrap_or(#private::StopReason::GivenUp)
            ),
            }
        };
        (ended, StandIn::Policy)
    }

    fn retries(&self) -> Retries {
        let mut retries = Retries::Errors;
        for arm in &self.args.arms {
            if arm.key != Key::Unless {
                retries = retries.or(Retries::by_pattern(&arm.pattern));
            }
        }
        if let Some(when) = self.args.values.strategy(Role::When) {
            retries = retries.or(Retries::by_predicate(when));
        }
        // The body can ask for another attempt, whatever it returns.
        match self.args.attempt {
            Some(_) => retries.or(Retries::Unknown),
            None => retries,
        }
    }

    /// Returns whether a token, or a budget that `pays`, may end the call after the pause that follows a
    /// value.
    pub(super) fn ends_after_values(&self, pays: bool) -> bool {
        (pays || self.token.is_some()) && self.retries() != Retries::Errors
    }
}
