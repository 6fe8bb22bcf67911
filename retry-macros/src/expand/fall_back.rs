//! Fallbacks, which replace the outcome of a call that gave up: one after the other, while it is a failure.
//!
//! ```text
//! // Input
//! #[guard(deadline = 2s, fallback = [within(200ms, async |_| self.replica.read(key).await), |_| Ok(Row::default())])]
//! async fn read(&self, key: Key) -> Result<Row, Error> { self.primary.read(key).await }
//!
//! // Output, paths shortened
#![doc = include_str!("../tests/snapshots/fallbacks.snap")]
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::events::in_place;
use super::model::{ExpandCtx, Fallback};
use crate::lower::tokens::emit;

impl ExpandCtx<'_> {
    /// Emits `let outcome = ..;` in a call that gave up, with the fallbacks applied, if there are any.
    pub(super) fn fall_back(&self) -> TokenStream {
        let Some((first, further)) = self.fallbacks.split_first() else {
            return match self.policy {
                true => self.fall_back_by(&self.fall_back_of_policy()),
                false => TokenStream::new(),
            };
        };
        let mut applied = self.fall_back_by(&self.made_by(first));
        let (ty, verdict) = (&self.outcome, self.verdict_of(&emit!(outcome)));
        for fallback in further {
            let made = self.fall_back_by(&self.made_by(fallback));
            applied.extend(emit! {
                let verdict = #verdict;
                let outcome: #ty = if verdict.is_retry() { #made outcome } else { outcome };
            });
        }
        applied
    }

    /// Emits `let outcome = ..;` by an expression over `give_up`.
    fn fall_back_by(&self, made: &TokenStream) -> TokenStream {
        let (private, ty, elapsed) = (&self.private, &self.outcome, self.elapsed());
        emit! {
            let give_up = #private::GiveUp::new(outcome, (&call).attempt(), #elapsed, reason);
            let outcome: #ty = #made;
        }
    }

    fn made_by(&self, fallback: &Fallback) -> TokenStream {
        let private = &self.private;
        match &fallback.value {
            Expr::Closure(closure) if closure.asyncness.is_some() => {
                let made = in_place(closure, &emit!(give_up));
                self.limit_fallback(made, &fallback.reserved)
            }
            value => emit!(#private::fall_back(give_up, #value)),
        }
    }

    fn fall_back_of_policy(&self) -> TokenStream {
        let (private, ty) = (&self.private, &self.outcome);
        let hooks = self.parts(quote!(.hooks()));
        let verdict = self.verdict_of(&emit!(*outcome));
        emit! {
            #private::Hooks::fall_back(#hooks, give_up, &|outcome: &#ty| {
                let verdict = #verdict;
                verdict.is_retry()
            }).into_outcome()
        }
    }

    /// Emits an async fallback, cut by the deadline or a token. It is polled once after them.
    fn limit_fallback(&self, made: TokenStream, reserved: &TokenStream) -> TokenStream {
        let limited = self.limited(&made, reserved, &|token| self.abort_signal(token, None));
        let (Some(limited), Some(guards)) = (limited, &self.guards) else {
            return made;
        };
        let convert = &guards.outcome;
        emit! {
            match #limited {
                ::core::result::Result::Ok(outcome) => outcome,
                ::core::result::Result::Err(interrupt) => (#convert)(interrupt),
            }
        }
    }
}
