//! Strategies: `stop`, `wait`, `when`, and the arms of `on`, `unless` and `case`.

use crate::lower::tokens::emit;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

use crate::expand::model::{Callback, Case, ExpandCtx, MatchArm, Token};
use crate::lower::facts::{EvaluatedAt, Requirements, Value};
use crate::lower::strategy::Lowering;
use crate::parse::function::mentions;
use crate::parse::pattern::Kind;
use crate::parse::role::Role;
use crate::parse::strategy::Strategy;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Returns an expression for a strategy that is borrowed in several places of one iteration.
    pub(super) fn place(
        &mut self,
        strategy: &Strategy,
        name: &str,
        mut value: Value,
        several: bool,
    ) -> TokenStream {
        let span = strategy.written.span();
        self.needs = self.needs.and(value.needs);
        self.once.extend(value.kept.take());
        // Only a value that is made before the first attempt can be asked.
        let asks = value.needs.ask && value.made == EvaluatedAt::Once;
        self.needs.clock |= value.needs.ask && !asks;
        match value.made {
            EvaluatedAt::Once => {
                let made = self.bind(name, value.into_value(), span);
                if asks {
                    self.asked.push((strategy.role, made.clone()));
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
        self.stop = match self.args.strategy(Role::Stop) {
            Some(strategy) => {
                let mut value = lowering.strategy(strategy);
                let held = value.token;
                if held.named {
                    value.made = EvaluatedAt::Once;
                }
                let may_end = (held.named || held.perhaps) && value.made == EvaluatedAt::Once;
                let may_abort = may_end && self.shape.is_async();
                let hidden = may_abort && held.perhaps && !held.aborts;
                let stop = self.place(strategy, "stop", value, cases);
                self.token = may_end.then(|| Token {
                    stop: stop.clone(),
                    cuts: hidden || may_abort && held.aborts,
                    named: held.named,
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
        self.wait = match self.args.strategy(Role::Wait) {
            Some(strategy) => {
                let value = lowering.strategy(strategy);
                self.place(strategy, "wait", value, cases)
            }
            None if self.policy => {
                let wait = self.parts(quote!(.own_wait()));
                quote!(*#wait)
            }
            None => quote!(#private::wait::standard()),
        };
        if let Some(strategy) = self.args.strategy(Role::When) {
            let mut value = lowering.strategy(strategy);
            // A predicate needs the outcome alone.
            value.needs = Requirements {
                witness: value.needs.witness,
                ..Requirements::default()
            };
            self.needs = self.needs.and(value.needs);
            self.once.extend(value.kept.take());
            self.when = Some(match value.made {
                EvaluatedAt::Once => {
                    let span = strategy.written.span();
                    self.bind("when", value.into_value(), span)
                }
                EvaluatedAt::InPlace | EvaluatedAt::AfterAttempt => value.into_value(),
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
                let mut own = |name: &str, strategy: &Option<Strategy>| {
                    let strategy = strategy.as_ref()?;
                    let mut value = lowering.strategy(strategy);
                    let written = strategy.written.to_token_stream();
                    if bindings.iter().any(|name| mentions(written.clone(), name)) {
                        value.made = EvaluatedAt::AfterAttempt;
                    }
                    Some(self.place(strategy, &format!("{name}{index}"), value, false))
                };
                let stop = own("stop", &arm.stop);
                let wait = own("wait", &arm.wait);
                if let Some(expr) = &arm.budget {
                    let name = format!("budget{index}");
                    let value = self.guard_value("budget", expr, lowering);
                    self.bind(&name, value, Span::mixed_site());
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
