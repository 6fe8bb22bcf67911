//! Guards: `deadline`, `attempt_timeout`, `breaker`, `rate_limiter`, `bulkhead`, `budget`, `nested`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

use crate::check;
use crate::expand::model::{ExpandCtx, GATES, Guards, Token};
use crate::lower::strategy::Lowering;
use crate::lower::stream_shape::Opening;
use crate::lower::tokens::{at, emit, local, take};
use crate::parse::inspect::{bare_word, is_place, within, word_call};
use crate::parse::role::Role;
use crate::parse::strategy::Strategy;
use persevere_words::{Key, NESTED};

impl ExpandCtx<'_> {
    /// Reads the keys that guard a call.
    pub(super) fn plan_guards(&mut self, lowering: &mut Lowering<'_>) {
        const KEYS: [Key; 7] = [
            Key::Deadline,
            Key::AttemptTimeout,
            Key::Breaker,
            Key::RateLimiter,
            Key::Bulkhead,
            Key::Budget,
            Key::Nested,
        ];
        let case_pays = self.cases().iter().any(|case| case.budget);
        let has = |key: Key| self.args.values.has(key);
        let keys = KEYS.into_iter().any(has) || has(Key::Hedge);
        let any = keys || case_pays || !self.reserves.is_empty();
        let token = self.token.as_ref();
        let cuts = token.is_some_and(|token| token.cuts && token.held.aborts);
        let may_cut = token.is_some_and(Token::is_hidden);
        let shares = self
            .args
            .values
            .get(Key::Nested)
            .is_some_and(|value| !is_call(value, "single") && !is_call(value, "independent"));
        // The stream of a policy has its guards.
        let by_policy = self.policy && self.stream.is_none();
        let limited = has(Key::Deadline) || shares || by_policy;
        let gate = GATES.into_iter().any(has);
        // The stream itself has an end, and is idle, without a guard.
        let streams = self.stream.is_some();
        let may_stream = streams || self.args.is_set;
        let ends = may_stream && (has(Key::Endless) || has(Key::IdleTimeout));
        // A caller that awaits an opening gets an error for one that is aborted.
        let awaits = self
            .stream
            .as_ref()
            .is_some_and(|stream| stream.shape.opening != Opening::Direct);
        let any = any || ends && has(Key::Interrupt) || awaits && cuts;
        let interrupts = limited || cuts || has(Key::AttemptTimeout) || gate || ends;
        let pays = has(Key::Budget) || case_pays;
        if !interrupts && !may_cut && !self.ends_after_values(pays) {
            if let Some(value) = self.args.values.get(Key::Interrupt) {
                let message = "nothing interrupts an attempt here; `interrupt` goes with `deadline`, \
                               `attempt_timeout`, `breaker`, `rate_limiter` or `bulkhead`";
                lowering.errors.push_at(value, message);
            }
        }
        if streams && self.policy {
            return;
        }
        if !any && (streams || self.token.is_none() && !self.policy) {
            return;
        }
        let private = self.private.clone();
        let mut guards = match self.policy {
            true => {
                let own = self.parts(quote!(.guards()));
                match (keys, case_pays) {
                    (true, _) => emit!(#private::borrow_parts(of, #own)),
                    (false, true) => emit!(#private::borrow_all(of, #own)),
                    (false, false) => quote!(*#own),
                }
            }
            false if streams => quote!(#private::Guards::new()),
            false => quote!(#private::Guards::inline()),
        };
        for key in KEYS {
            let Some(value) = self.args.values.get(key) else {
                continue;
            };
            let value = match key {
                Key::Breaker => self.breaker(value, lowering),
                Key::RateLimiter => self.rate_limiter(value, lowering),
                Key::Nested => self.nested(value, lowering),
                Key::AttemptTimeout => self.attempt_timeout(value, lowering),
                _ => self.guard_value(key.name(), value, lowering),
            };
            // Each copy of a hedged attempt has its own.
            if key == Key::AttemptTimeout && self.args.values.has(Key::Hedge) && !streams {
                let limit = lowering.bind(key.name(), value, Span::mixed_site());
                self.attempt_timeout = Some(limit);
                continue;
            }
            let method = local(key.name());
            guards = quote!(#guards.#method(#value));
        }
        for time in &self.reserves {
            guards = quote!(#guards.reserve(#time));
        }
        self.hedge = self.plan_hedge(lowering);
        let has = |key: Key| self.args.values.has(key);
        if streams {
            // The stream of a policy hedges and converts interrupts by itself.
            if self.hedge.take().is_some() {
                guards = emit!(#guards.hedge(hedge));
            }
            if interrupts {
                let (convert, _) = self.interrupted(keys, interrupts, lowering);
                guards = emit!(#guards.interrupt(#private::expect::conversion(of, #convert)));
            }
        }
        let (outcome, stand_in) = self.interrupted(keys, interrupts, lowering);
        let retries = !self.args.kind.is_once();
        self.guards = Some(Guards {
            limited,
            cut: self.shape.is_async()
                && (limited || has(Key::AttemptTimeout) && self.attempt_timeout.is_none()),
            visible_to_nested: limited || self.has_gate() || has(Key::Budget) || has(Key::Nested),
            retains_outcome: retries && (limited || gate || pays || self.token.is_some()),
            outcome,
            stand_in,
            made: match self.policy && !any {
                true => guards,
                false => lowering.bind("guards", guards, Span::mixed_site()),
            },
        });
    }

    /// Takes a value as the type that its key wants.
    pub(super) fn guard_value(
        &mut self,
        kind: &str,
        value: &Expr,
        lowering: &mut Lowering<'_>,
    ) -> TokenStream {
        let message = match kind {
            "deadline" => check::limit::limit(kind, value),
            "budget" | "bulkhead" => check::guard::shared(self.args.kind, kind, value),
            _ => None,
        };
        lowering.errors.report(value, message);
        let value = lowering.kept(kind, value);
        take(&self.private, kind, &quote!(), &value)
    }

    /// Emits the timeout of attempts, which only async functions can have.
    fn attempt_timeout(&mut self, value: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        if !self.shape.is_async() {
            let message = "a blocking call cannot be interrupted, so `attempt_timeout` needs an `async fn`; \
                           limit the call with `deadline`, and give what it waits for a timeout of its own";
            lowering.errors.push_at(value, message);
        } else {
            let message = check::limit::limit("attempt_timeout", value);
            lowering.errors.report(value, message);
        }
        lowering.typed(&quote!(::core::time::Duration), value)
    }

    /// Emits `&PAYMENTS`, `wait_for(&PAYMENTS)` or `PAYMENTS.failures(err(|e| ..))`.
    fn breaker(&mut self, value: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        let kind = self.args.kind;
        let shared = |value| check::guard::shared(kind, "breaker", value);
        let value = match within(value) {
            value @ Expr::Call(call) if is_call(value, "wait_for") && call.args.len() == 1 => {
                let inner = self.breaker(&call.args[0], lowering);
                let private = at(&self.private, call.func.span());
                return quote!(#private::breaker::wait_for(#inner));
            }
            value @ Expr::MethodCall(call) => {
                lowering.errors.report(value, shared(value));
                let viewed = self.viewed(call, lowering);
                lowering.plain(&viewed)
            }
            value => {
                let message = check::guard::wait_for(kind, value, lowering.own);
                let message = message.or_else(|| shared(value));
                lowering.errors.report(value, message);
                lowering.kept("breaker", value)
            }
        };
        take(&self.private, "breaker", &emit!(of,), &value)
    }

    /// Emits `&GITHUB` or `fail_fast(&GITHUB)`.
    fn rate_limiter(&mut self, value: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        let kind = self.args.kind;
        if let Expr::Call(call) = within(value) {
            if is_call(value, "fail_fast") && call.args.len() == 1 {
                let inner = self.rate_limiter(&call.args[0], lowering);
                let private = at(&self.private, call.func.span());
                return quote!(#private::rate_limiter::fail_fast(#inner));
            }
        }
        let message = check::guard::fail_fast(value, lowering.own);
        let message = message.or_else(|| check::guard::shared(kind, "rate_limiter", value));
        lowering.errors.report(value, message);
        let value = lowering.kept("rate_limiter", value);
        take(&self.private, "rate_limiter", &quote!(), &value)
    }

    /// Returns a breaker with the predicates of its views, one after the other.
    fn viewed(&mut self, call: &ExprMethodCall, lowering: &mut Lowering<'_>) -> ExprMethodCall {
        let mut viewed = call.clone();
        match &*call.receiver {
            Expr::MethodCall(inner) if check::guard::is_view(inner) => {
                *viewed.receiver = Expr::MethodCall(self.viewed(inner, lowering));
            }
            // A view borrows its breaker, which needs a `let` of its own unless it is a place already.
            receiver if check::guard::is_view(call) && !is_place(receiver) => {
                let value = lowering.plain(receiver);
                let kept = lowering.bind("kept_breaker", value, receiver.span());
                *viewed.receiver = Expr::Verbatim(kept);
            }
            _ => {}
        }
        let mistaken = check::guard::view(call, lowering.errors);
        if !mistaken && check::guard::is_view(call) {
            for picks in &mut viewed.args {
                let (picked, _) = lowering.strategy(&Strategy::parse(Role::When, picks));
                *picks = Expr::Verbatim(picked);
            }
        }
        viewed
    }

    /// Emits `independent()`, `share()`, `single()`, or a value of the user's own.
    fn nested(&mut self, value: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        let message = check::guard::nested(value, lowering.own);
        lowering.errors.report(value, message);
        match word_call(value, &NESTED) {
            Some((word, call)) => {
                let (private, args) = (at(&self.private, word.span()), &call.args);
                quote_spanned!(word.span()=> #private::nested::#word(#args))
            }
            None => self.guard_value("nested", value, lowering),
        }
    }
}

/// Returns whether the value is `word(..)`.
fn is_call(value: &Expr, wanted: &str) -> bool {
    matches!(value, Expr::Call(call) if bare_word(&call.func).is_some_and(|(word, _)| word == wanted))
}
