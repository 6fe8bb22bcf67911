//! The part of a retried outcome that is kept over the pause, and what stands for the rest.
//!
//! A value is dropped before the pause: it may hold a connection, a permit, a transaction. An interrupt
//! stands for it should the call end there, or the `RetryError` of `wrap_err`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Pat, UnOp};

use super::plan::{Plan, Token};
use crate::key::Key;
use crate::pattern::Kind;
use crate::value::{at, bare_word, local};

/// What stands for a retried value in a call that ends after the pause.
pub(super) enum StandIn {
    /// An outcome, or else an error of the compiler.
    Outcome,
    /// The `RetryError` of a call that ends without an outcome.
    RetryError,
    /// An outcome if the type of outcomes can be made of an interrupt; else the value is kept.
    IfMade,
    /// What the policy says; else the value is kept.
    Policy,
}

/// Which outcomes the keys retry, as far as they can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retries {
    Errors,
    Values,
    Unknown,
}

impl Retries {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Retries::Values, _) | (_, Retries::Values) => Retries::Values,
            (Retries::Errors, Retries::Errors) => Retries::Errors,
            _ => Retries::Unknown,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Retries::Errors, _) | (_, Retries::Errors) => Retries::Errors,
            (Retries::Values, Retries::Values) => Retries::Values,
            _ => Retries::Unknown,
        }
    }

    /// By what a pattern matches.
    fn by_pattern(pattern: &Pat) -> Self {
        let named = |path: &syn::Path| match path.segments.last() {
            Some(last) if last.ident == "Err" || last.ident == "None" => Retries::Errors,
            Some(last) if last.ident == "Ok" || last.ident == "Some" => Retries::Values,
            _ => Retries::Unknown,
        };
        match pattern {
            Pat::Or(or) => {
                let cases = or.cases.iter().map(Retries::by_pattern);
                cases.fold(Retries::Errors, Retries::or)
            }
            Pat::Paren(paren) => Retries::by_pattern(&paren.pat),
            Pat::Reference(reference) => Retries::by_pattern(&reference.pat),
            Pat::TupleStruct(tuple) => named(&tuple.path),
            Pat::Path(path) => named(&path.path),
            Pat::Ident(ident) => match &ident.subpat {
                Some((_, inner)) => Retries::by_pattern(inner),
                None if ident.ident == "None" => Retries::Errors,
                None => Retries::Unknown,
            },
            _ => Retries::Unknown,
        }
    }

    /// By what a predicate asks for.
    fn by_predicate(when: &Expr) -> Self {
        match when {
            Expr::Paren(paren) => Retries::by_predicate(&paren.expr),
            Expr::Group(group) => Retries::by_predicate(&group.expr),
            Expr::Binary(binary) => {
                let (left, right) = (&binary.left, &binary.right);
                let (left, right) = (Retries::by_predicate(left), Retries::by_predicate(right));
                match binary.op {
                    BinOp::BitOr(_) => left.or(right),
                    BinOp::BitAnd(_) => left.and(right),
                    _ => Retries::Unknown,
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => Retries::Unknown,
            Expr::Call(call) => match bare_word(&call.func) {
                Some((word, _)) => match word.to_string().as_str() {
                    "err" | "transient" | "unsent" | "idempotent" | "any_failure" | "err_is"
                    | "cause_is" | "message" | "never" => Retries::Errors,
                    "ok" | "always" => Retries::Values,
                    _ => Retries::Unknown,
                },
                None => Retries::Unknown,
            },
            _ => Retries::Unknown,
        }
    }
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
        if retries == Retries::Errors {
            return (quote!(#private::uninterrupted), StandIn::Outcome);
        }
        if self.args.wraps() && self.fallback.is_none() {
            let ended =
                quote!(|#interrupt| ::core::result::Result::Err(#private::ended(#interrupt)));
            return (ended, StandIn::RetryError);
        }
        let site = Span::mixed_site();
        // Any other value may hold a token, and a budget may refuse a retry after its pause, or not.
        let surely = self.token.as_ref().is_some_and(|token| token.named);
        if retries == Retries::Values && surely {
            let made = quote_spanned! {site=>
                |#interrupt| <#ty as #private::kept::StandsIn>::stand_in(#interrupt)
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
        let made = quote_spanned!(span=> |#interrupt| #private::kept::Ended::new(#of).#ended);
        (made, StandIn::IfMade)
    }

    /// The same for a policy, which knows what an interrupt becomes, if it becomes anything.
    pub(super) fn ended_by_policy(&self) -> (TokenStream, StandIn) {
        let private = &self.private;
        let (interrupt, guard, of) = (local("interrupt"), local("guard"), local("of"));
        let made = quote!(#private::Watch::outcome(&#guard, #interrupt));
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
            StandIn::Outcome | StandIn::IfMade => false,
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
        let retried = quote!(#private::kept::Retried::new(#outcome));
        let part = match &guards.stand_in {
            StandIn::Outcome | StandIn::RetryError => quote!(#retried.kept()),
            StandIn::IfMade => quote!(#private::kept::Unsure::new(#outcome).kept()),
            StandIn::Policy => {
                let mut replaceable = quote!(#private::interrupts(#of, &#guard));
                if self.may_end_without(&guards.stand_in) {
                    let hooks = self.parts(quote!(.hooks()));
                    replaceable = quote!(#replaceable || !#private::falls_back(#of, #hooks));
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
