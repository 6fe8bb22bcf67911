//! Strategies: `stop`, `wait`, `when`, and the arms of `on`, `unless` and `case`.

use crate::lower::tokens::emit;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::expand::model::{Callback, Case, ExpandCtx, MatchArm, Token, When};
use crate::lower::facts::Value;
use crate::lower::strategy::{EvaluatedAt, Lowering, Requirements};
use crate::parse::function::{has_ident, mentions};
use crate::parse::pattern::Kind;
use crate::parse::role::Role;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// An expression for a strategy that is borrowed in several places of one iteration.
    pub(super) fn place(
        &mut self,
        role: Role,
        name: &str,
        mut value: Value,
        span: Span,
        several: bool,
    ) -> TokenStream {
        self.needs = self.needs.and(value.needs);
        self.once.extend(value.kept.take());
        // Only a value that is made before the first attempt can be asked.
        let asks = value.needs.ask && value.made == EvaluatedAt::Once;
        self.needs.clock |= value.needs.ask && !asks;
        match value.made {
            EvaluatedAt::Once => {
                let made = self.bind(name, value.into_value(), span);
                if asks {
                    self.asked.push((role, made.clone()));
                }
                made
            }
            EvaluatedAt::AfterAttempt if several => {
                let name = Ident::new(name, Span::mixed_site().located_at(span));
                let tokens = value.into_value();
                self.after.push(emit!(let #name = #tokens;));
                quote!(#name)
            }
            EvaluatedAt::InPlace | EvaluatedAt::AfterAttempt => value.into_value(),
        }
    }

    pub(super) fn plan_strategies(&mut self, lowering: &mut Lowering<'_>) {
        let private = self.private.clone();
        let cases = self.cases().count() > 0;
        self.stop = match self.args.get(Key::Stop) {
            Some(expr) => {
                let mut value = lowering.strategy(Role::Stop, expr);
                let names = |word| has_ident(quote!(#expr), word);
                if names("cancelled") && value.needs.token {
                    value.made = EvaluatedAt::Once;
                }
                let token = value.needs.token && value.made == EvaluatedAt::Once;
                let cuts = token && self.shape.is_async();
                let hidden = cuts && value.needs.ask && !names("abort_attempt");
                let cuts = hidden || cuts && names("abort_attempt");
                let stop = self.place(Role::Stop, "stop", value, expr.span(), cases);
                self.token = token.then(|| Token {
                    stop: stop.clone(),
                    cuts,
                    named: names("cancelled"),
                    hidden,
                });
                stop
            }
            None if self.policy => {
                let stop = self.parts(quote!(.own_stop()));
                self.token = Some(Token {
                    stop: quote!(*#stop),
                    cuts: self.shape.is_async(),
                    named: false,
                    hidden: self.shape.is_async(),
                });
                quote!(*#stop)
            }
            None if self.cases().any(|case| case.stop.is_some()) => quote!(#private::DefaultStop),
            None => quote!(#private::stop::after_attempt(3)),
        };
        self.wait = match self.args.get(Key::Wait) {
            Some(expr) => {
                let value = lowering.strategy(Role::Wait, expr);
                self.place(Role::Wait, "wait", value, expr.span(), cases)
            }
            None if self.policy => {
                let wait = self.parts(quote!(.own_wait()));
                quote!(*#wait)
            }
            None => quote!(#private::wait::standard()),
        };
        if let Some(expr) = self.args.get(Key::When) {
            let mut value = lowering.strategy(Role::When, expr);
            // What a predicate needs is the outcome.
            value.needs = Requirements {
                witness: value.needs.witness,
                ..Requirements::default()
            };
            self.needs = self.needs.and(value.needs);
            self.once.extend(value.kept.take());
            self.when = Some(match value.made {
                EvaluatedAt::Once if !crate::parse::inspect::has_closure(expr) => {
                    When::Place(self.bind("when", value.into_value(), expr.span()))
                }
                _ if value.taken => When::Expected(value.open()),
                _ => When::Place(value.into_value()),
            });
        }
    }

    pub(super) fn plan_arms(&mut self, lowering: &mut Lowering<'_>) {
        let mut index = 0;
        for arm in &self.args.arms {
            arm.check(lowering.errors);
            let guard = arm.guard.as_ref().map(|guard| lowering.plain(guard));
            let case = (arm.kind == Kind::Case).then(|| {
                let bindings = arm.bindings();
                let mut own = |role, name: &str, value: &Option<Expr>| {
                    let expr = value.as_ref()?;
                    let mut value = lowering.strategy(role, expr);
                    let bound = bindings.iter().any(|name| mentions(quote!(#expr), name));
                    if bound {
                        value.made = EvaluatedAt::AfterAttempt;
                    }
                    Some(self.place(role, &format!("{name}{index}"), value, expr.span(), false))
                };
                let stop = own(Role::Stop, "stop", &arm.stop);
                let wait = own(Role::Wait, "wait", &arm.wait);
                if let Some(expr) = &arm.budget {
                    let purse = format!("purse{index}");
                    let value = self.guard_value("budget", expr, lowering);
                    self.bind(&purse, value, Span::mixed_site());
                }
                let before_sleep = arm
                    .before_sleep
                    .as_ref()
                    .map(|expr| Callback::read(Key::BeforeSleep, expr, self.shape, lowering));
                Case {
                    index,
                    bindings,
                    stop,
                    wait,
                    before_sleep,
                    budget: arm.budget.is_some(),
                }
            });
            index += usize::from(case.is_some());
            self.arms.push(MatchArm { arm, guard, case });
        }
    }
}
