//! Strategies: `stop`, `wait`, `when`, and the arms of `on`, `unless` and `case`.

use crate::lower::tokens::emit;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

use crate::expand::model::{Callback, Case, ExpandCtx, MatchArm, Token};
use crate::lower::facts::{EvaluatedAt, Facts, HeldToken, Requirements};
use crate::lower::strategy::Lowering;
use crate::parse::function::mentions;
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use crate::parse::strategy::Strategy;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Returns an expression for a strategy that is borrowed in several places of one iteration.
    fn place(
        &mut self,
        strategy: &Strategy,
        name: &str,
        (value, facts): (TokenStream, Facts),
        lowering: &mut Lowering<'_>,
        several: bool,
    ) -> TokenStream {
        let span = strategy.written.span();
        self.needs.add(facts.needs);
        // Only a value that is made before the first attempt can be asked.
        let asks = facts.needs.ask && facts.made == EvaluatedAt::Once;
        self.needs.clock |= facts.needs.ask && !asks;
        if self.stream.is_some() {
            return lowering.bind(name, value, span);
        }
        match facts.made {
            EvaluatedAt::Once => {
                let made = lowering.bind(name, value, span);
                if asks {
                    self.asked.push((strategy.role, made.clone()));
                }
                made
            }
            EvaluatedAt::AfterAttempt if several => {
                let name = Ident::new(name, Span::mixed_site().located_at(span));
                self.after.push(emit!(let #name = #value;));
                quote!(#name)
            }
            EvaluatedAt::InPlace | EvaluatedAt::AfterAttempt => value,
        }
    }

    pub(super) fn plan_strategies(&mut self, lowering: &mut Lowering<'_>) {
        let private = self.private.clone();
        let cases = !self.cases().is_empty();
        self.stop = match self.args.values.strategy(Role::Stop) {
            Some(strategy) => {
                let (stop, mut facts) = lowering.strategy(strategy);
                let held = facts.token;
                if held.named {
                    facts.made = EvaluatedAt::Once;
                }
                let may_end = (held.named || held.perhaps) && facts.made == EvaluatedAt::Once;
                let stop = self.place(strategy, "stop", (stop, facts), lowering, cases);
                if may_end {
                    self.token = Some(self.token(stop.clone(), held));
                }
                stop
            }
            None if self.policy => {
                let stop = self.parts(quote!(.own_stop()));
                let held = HeldToken {
                    perhaps: true,
                    ..HeldToken::default()
                };
                self.token = Some(self.token(quote!(*#stop), held));
                quote!(*#stop)
            }
            // The one attempt asks no stop.
            None if self.args.kind.is_once() => TokenStream::new(),
            None if self.cases().iter().any(|case| case.stop.is_some()) => {
                quote!(#private::DefaultStop)
            }
            None => {
                let attempts = Literal::u8_unsuffixed(3);
                quote!(#private::stop::after_attempt(#attempts))
            }
        };
        self.wait = match self.args.values.strategy(Role::Wait) {
            Some(strategy) => {
                let value = lowering.strategy(strategy);
                self.place(strategy, "wait", value, lowering, cases)
            }
            None if self.policy => {
                let wait = self.parts(quote!(.own_wait()));
                quote!(*#wait)
            }
            None if self.args.kind.is_once() => TokenStream::new(),
            None => quote!(#private::wait::standard()),
        };
        if let Some(strategy) = self.args.values.strategy(Role::When) {
            let (when, mut facts) = lowering.strategy(strategy);
            // A predicate needs the outcome alone.
            facts.needs = Requirements {
                witness: facts.needs.witness,
                ..Requirements::default()
            };
            self.when = Some(self.place(strategy, "when", (when, facts), lowering, false));
        }
    }

    /// Emits the strategy of a stream's case whose value depends on what the pattern binds.
    fn of_the_item(
        &self,
        arm: &Arm,
        role: Role,
        value: &TokenStream,
        lowering: &mut Lowering<'_>,
    ) -> TokenStream {
        let (private, pattern) = (&self.private, &arm.pattern);
        if role == Role::Stop {
            let message = "the stop of a case of a stream cannot depend on the error; write it without what the pattern \
                           binds";
            lowering.errors.push_at(pattern, message);
            return value.clone();
        }
        let guard = arm.guard.as_ref().map(|guard| {
            let guard = lowering.plain(guard);
            quote!(if #guard)
        });
        emit! {
            #private::expect::wait_closure(of, |state| match state.outcome() {
                ::core::option::Option::Some(#pattern) #guard => #private::Wait::pause(&#value, state),
                _ => ::core::time::Duration::ZERO,
            }).into_value()
        }
    }

    fn token(&self, stop: TokenStream, held: HeldToken) -> Token {
        Token {
            stop,
            held,
            cuts: self.shape.is_async() && (held.aborts || held.perhaps),
        }
    }

    pub(super) fn plan_arms(&mut self, lowering: &mut Lowering<'_>) {
        let mut index = 0;
        for arm in &self.args.arms {
            arm.check(self.args.kind, lowering.errors);
            let guard = arm.guard.as_ref().map(|guard| lowering.plain(guard));
            let case = (arm.key == Key::Case).then(|| {
                let bindings = arm.bindings();
                let mut own = |role: Role| {
                    let strategy = arm.own.strategy(role)?;
                    let (value, mut facts) = lowering.strategy(strategy);
                    let written = strategy.written.to_token_stream();
                    let name = format!("{}{index}", role.key());
                    if bindings.iter().any(|name| mentions(written.clone(), name)) {
                        facts.made = EvaluatedAt::AfterAttempt;
                        if self.stream.is_some() {
                            let value = self.of_the_item(arm, role, &value, lowering);
                            return Some(lowering.bind(&name, value, written.span()));
                        }
                    }
                    Some(self.place(strategy, &name, (value, facts), lowering, false))
                };
                let (stop, wait) = (own(Role::Stop), own(Role::Wait));
                let budget = arm.own.get(Key::Budget);
                if let Some(expr) = budget {
                    let name = format!("budget{index}");
                    let value = self.guard_value("budget", expr, lowering);
                    lowering.bind(&name, value, Span::mixed_site());
                }
                let before_sleep = arm
                    .own
                    .get(Key::BeforeSleep)
                    .map(|expr| Callback::read(Key::BeforeSleep, expr, self.shape, lowering));
                Case {
                    index,
                    bindings,
                    stop,
                    wait,
                    before_sleep,
                    budget: budget.is_some(),
                }
            });
            index += usize::from(case.is_some());
            self.arms.push(MatchArm { arm, guard, case });
        }
    }
}
