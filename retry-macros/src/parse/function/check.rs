//! Mistakes of the function that do not depend on the keys.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ReceiverKind, ReturnType, Type};

use super::Function;
use super::names::has_ident;
use crate::diagnostics::Errors;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::tokens::is_punct;

impl Function {
    /// Reports a `const fn`, a second attribute, and outcomes that cannot be judged.
    pub(crate) fn check(&self, kind: AttributeKind, errors: &mut Errors) {
        if let Some(token) = &self.sig.constness {
            let cannot = match kind {
                AttributeKind::Retry => "pause between attempts",
                AttributeKind::Guard => "ask its guards",
                AttributeKind::CircuitBreaker => "ask a breaker",
            };
            let message = format!("a `const fn` cannot {cannot}; remove `const`");
            errors.push(token.span, message);
        }
        for attr in &self.attrs {
            errors.report(attr, second(kind, attr).map(str::to_owned));
        }
        // An `async` block that runs once may return its borrows, but a closure may not.
        let kept = !kind.is_once() || self.sig.asyncness.is_none();
        if let Some(borrow) = self.borrows_from_mut_self().filter(|_| kept) {
            let what = match kind {
                AttributeKind::Retry => "an attempt",
                AttributeKind::Guard => "a guarded call",
                AttributeKind::CircuitBreaker => "a call behind a breaker",
            };
            let which = kind.pick(", which the next attempt needs", "");
            let message = format!(
                "{what} cannot return what it borrows from `&mut self`{which}; return an owned value"
            );
            errors.push_at(borrow, message);
        }
        let tell = kind.pick("whether to retry", "whether the call failed");
        let instead = "return `Result` or `Option`";
        match &self.sig.output {
            ReturnType::Default => errors.push_at(
                &self.sig.ident,
                format_args!("the function returns nothing that tells {tell}; {instead}"),
            ),
            ReturnType::Type(_, ty) => match &**ty {
                Type::Tuple(tuple) if tuple.elems.is_empty() => {
                    errors.push_at(ty, format_args!("`()` does not tell {tell}; {instead}"));
                }
                Type::Never(_) => {
                    let lacks = match kind {
                        AttributeKind::Retry => "has nothing to retry",
                        AttributeKind::Guard => "tells its guards nothing",
                        AttributeKind::CircuitBreaker => "tells a breaker nothing",
                    };
                    let message = format!("a function that never returns {lacks}; {instead}");
                    errors.push_at(ty, message);
                }
                _ => {}
            },
        }
    }

    /// Returns the type of `fn(&mut self) -> Result<&mut T, E>`, if its lifetime can only be that of `self`.
    fn borrows_from_mut_self(&self) -> Option<&Type> {
        let receiver = self.sig.receiver()?;
        let by_mut = matches!(receiver.kind, ReceiverKind::Reference(_, _, Some(_)));
        let ReturnType::Type(_, ty) = &self.sig.output else {
            return None;
        };
        if !by_mut {
            return None;
        }
        let tokens = ty.to_token_stream();
        let callable = ["Fn", "FnMut", "FnOnce", "fn", "dyn"];
        let plain = !callable.iter().any(|word| has_ident(tokens.clone(), word));
        (plain && has_elided_mut(tokens)).then_some(&**ty)
    }
}

/// Returns the message for a second attribute of ours, below `kind`.
fn second(kind: AttributeKind, attr: &Attribute) -> Option<&'static str> {
    let name = attr.path().segments.last()?.ident.to_string();
    let message = match (kind, name.as_str()) {
        (AttributeKind::Retry, "guard") => {
            "the guards would stand around the retries and count them as one call; `#[retry]` has the same keys, \
             write them there"
        }
        (AttributeKind::Guard, "retry") => {
            "write the keys of `#[guard]` in `#[retry]`, which asks its guards before each attempt, and keep that alone"
        }
        (AttributeKind::Guard, "guard") => "write all keys in one `#[guard]`",
        (AttributeKind::CircuitBreaker, "circuit_breaker") => {
            "a function has one breaker; remove one, and call it in the body"
        }
        (AttributeKind::Guard | AttributeKind::CircuitBreaker, "circuit_breaker" | "guard") => {
            "keep `#[guard]` alone, and write the breaker in it: `#[guard(breaker = &BREAKER)]`"
        }
        (AttributeKind::Retry, "retry") => {
            "another `#[retry]` here would multiply the attempts; remove one"
        }
        (AttributeKind::Retry, "circuit_breaker") => {
            "the breaker would stand around the retries and count them as one call; write \
             `#[retry(breaker = &BREAKER)]`"
        }
        (AttributeKind::CircuitBreaker, "retry") => {
            "keep this attribute alone, which asks a breaker before each attempt: \
             `#[retry(breaker = &BREAKER)]`"
        }
        _ => return None,
    };
    Some(message)
}

/// Returns whether the tokens contain a `&mut` without a lifetime.
fn has_elided_mut(tokens: TokenStream) -> bool {
    let mut after_and = false;
    tokens.into_iter().any(|token| {
        let was_and = std::mem::replace(&mut after_and, is_punct(&token, '&'));
        match token {
            TokenTree::Ident(word) => was_and && word == "mut",
            TokenTree::Group(group) => has_elided_mut(group.stream()),
            _ => false,
        }
    })
}
