//! Reads what the keys say into a plan.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type, TypeParamBound};

use super::{Case, Plan, PlannedArm, Token, When};
use crate::check;
use crate::diagnostics::{Errors, text};
use crate::expand::events::Callback;
use crate::lower::facts::Value;
use crate::lower::named_policy::named_policy;
use crate::lower::strategy::{EvaluatedAt, Lowering, Requirements};
use crate::lower::tokens::{at, expect, local, take};
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::function::{has_ident, mentions};
use crate::parse::inspect::{bare_word, is_place};
use crate::parse::pattern::Kind;
use crate::parse::role::Role;
use persevere_words::Key;

impl<'a> Plan<'a> {
    /// `once` bindings and the policy, in the order of their use.
    pub(super) fn bind_once(&mut self, lowering: &mut Lowering<'_>) {
        for (name, value) in &self.args.once {
            let value = lowering.plain(value);
            self.once.push(quote!(let #name = #value;));
        }
        if let Some(value) = self.args.get(Key::Policy) {
            let policy = local("policy");
            let of = local("of");
            let value = named_policy(lowering.private, value);
            let (kept, value) = lowering.keep("policy", &value);
            self.once.extend(kept);
            let mut value = lowering.plain(&value);
            if self.args.get(Key::Interrupt).is_some() {
                let private = at(lowering.private, value.span());
                value =
                    quote_spanned!(value.span()=> #private::override_interrupt(#value).policy());
            }
            let value = take(lowering.private, "policy", &quote!(#of,), &value);
            self.once
                .push(quote_spanned!(Span::mixed_site()=> let #policy = #value;));
        }
        self.name = match self.args.get(Key::Name) {
            None => {
                let name = self.function.sig.ident.to_string();
                quote!(::core::concat!(::core::module_path!(), "::", #name))
            }
            Some(value @ Expr::Lit(lit)) => {
                if !matches!(lit.lit, syn::Lit::Str(_)) {
                    let message = format!("`name` takes a text: `name = \"{}\"`", text(lit));
                    lowering.errors.push_at(value, message);
                }
                quote!(#value)
            }
            Some(value) => {
                let name = Ident::new("name", Span::mixed_site().located_at(value.span()));
                let private = lowering.private;
                let value = lowering.plain(value);
                self.once.push(
                    quote_spanned! {Span::mixed_site()=>
                        let #name = #private::expect::TypeHint::<&::core::primitive::str> { value: #value }.value;
                    },
                );
                quote!(#name)
            }
        };
    }

    /// Makes a value once, before the first attempt.
    pub(in super::super) fn bind(
        &mut self,
        name: &str,
        value: TokenStream,
        span: Span,
    ) -> TokenStream {
        let name = Ident::new(name, Span::mixed_site().located_at(span));
        self.once
            .push(quote_spanned!(Span::mixed_site()=> let #name = #value;));
        quote!(#name)
    }

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
                self.after
                    .push(quote_spanned!(Span::mixed_site()=> let #name = #tokens;));
                quote!(#name)
            }
            EvaluatedAt::InPlace | EvaluatedAt::AfterAttempt => value.into_value(),
        }
    }

    pub(super) fn read_strategies(&mut self, lowering: &mut Lowering<'_>) {
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
                _ if value.taken => When::Taken(value.open()),
                _ => When::Place(value.into_value()),
            });
        }
    }

    pub(super) fn read_arms(&mut self, lowering: &mut Lowering<'_>) {
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
            self.arms.push(PlannedArm { arm, guard, case });
        }
    }

    pub(super) fn read_rest(&mut self, lowering: &mut Lowering<'_>) {
        let private = self.private.clone();
        let enabled = match self.args.get(Key::Enabled) {
            Some(expr) => {
                let value = lowering.plain(expr);
                let enabled = Ident::new("enabled", Span::mixed_site().located_at(expr.span()));
                self.once
                    .push(quote_spanned! {Span::mixed_site()=>
                        let #enabled = #private::expect::TypeHint::<::core::primitive::bool> { value: #value }.value;
                    });
                Some(quote!(#enabled))
            }
            None => self.policy.then(|| self.parts(quote!(.is_enabled()))),
        };
        if let Some(enabled) = enabled {
            let stop = &self.stop;
            self.stop = quote!(#private::Enabled(#enabled, &#stop));
        }
        if let Some(expr) = self.args.get(Key::ResetAfter) {
            let value = lowering.plain(expr);
            let long = Ident::new("reset_after", Span::mixed_site().located_at(expr.span()));
            let site = Span::mixed_site();
            self.once
                .push(quote_spanned! {site=>
                    let #long = #private::expect::TypeHint::<::core::time::Duration> { value: #value }.value;
                });
            self.reset_after = Some(quote!(#long));
        }
        if let Some(expr) = self.args.get(Key::Stats) {
            let (kept, value) = lowering.keep("stats", expr);
            self.once.extend(kept);
            let value = lowering.plain(&value);
            self.stats = Some(if is_borrowed_place(expr) {
                expect(&private, "stats", &quote!(), &value)
            } else {
                let kept = take(&private, "shared_stats", &quote!(), &value);
                let kept = self.bind("shared_stats", kept, expr.span());
                quote!(#private::expect::SharedStats::shared(&#kept))
            });
        }
        if let Some(expr) = self.args.get(Key::Sleep) {
            let (kept, value) = lowering.keep("sleeper", expr);
            self.once.extend(kept);
            let value = lowering.plain(&value);
            self.sleeper = Some(self.read_sleeper(expr, value, lowering));
        }
        self.read_reserve(lowering);
        if let Some(fallback) = &self.fallback {
            let value = lowering.plain(fallback);
            let message = match fallback {
                Expr::Closure(closure) => {
                    let expected = "a fallback takes the call that gave up: `|give_up| ..`";
                    match closure.asyncness {
                        Some(_) if !self.shape.is_async() => Some(
                            "a blocking function cannot wait for an async fallback; write `|give_up| ..`"
                                .to_owned(),
                        ),
                        _ => check::strategy::closure(closure, expected),
                    }
                }
                Expr::Lit(_) => Some(format!(
                    "a fallback is a closure; write `|_| {}`",
                    text(fallback)
                )),
                Expr::Call(call) if is_outcome(call) => Some(format!(
                    "a fallback is a closure; write `|_| {}`",
                    text(fallback)
                )),
                Expr::Path(path) if path.path.is_ident("None") => {
                    Some("a fallback is a closure; write `|_| None`".to_owned())
                }
                _ => None,
            };
            if let Some(message) = message {
                lowering.errors.push_at(fallback, message);
                self.fallback = None;
            } else {
                self.fallback = Some(syn::parse_quote!(#value));
            }
        }
    }

    /// `within(200ms, |give_up| ..)`: the time that a fallback has before the deadline.
    fn read_reserve(&mut self, lowering: &mut Lowering<'_>) {
        let Some(Expr::Call(call)) = &self.fallback else {
            return;
        };
        let word = bare_word(&call.func).filter(|(word, _)| *word == "within");
        if word.is_none_or(|(word, _)| lowering.own.contains(word)) || call.args.len() != 2 {
            return;
        }
        let (time, fallback) = (call.args[0].clone(), call.args[1].clone());
        let ends = [Key::Deadline, Key::Policy, Key::Nested];
        if !ends.into_iter().any(|key| self.args.get(key).is_some()) {
            let message =
                "`within` reserves time before a deadline; write `deadline = ..` beside it";
            lowering.errors.push_at(call, message);
        }
        check::strategy::limit("within", &time, lowering.errors);
        let value = lowering.plain(&time);
        let private = &self.private;
        let value =
            quote!(#private::expect::TypeHint::<::core::time::Duration> { value: #value }.value);
        self.reserve = Some(self.bind("reserve", value, time.span()));
        self.fallback = Some(fallback);
    }

    /// What pauses the call, taken where it stands.
    pub(super) fn read_sleeper(
        &mut self,
        expr: &Expr,
        value: TokenStream,
        lowering: &mut Lowering<'_>,
    ) -> Expr {
        let is_async = self.shape.is_async();
        let private = &self.private;
        let kind = |name: &'static str, in_async: &'static str| match is_async {
            true => in_async,
            false => name,
        };
        let message = match expr {
            Expr::Closure(closure) => match closure.asyncness {
                Some(_) if !is_async => Some(
                    "a blocking function cannot wait for an async sleeper; write `|pause| ..`"
                        .to_owned(),
                ),
                _ => check::strategy::closure(closure, "a sleeper takes the pause: `|pause| ..`"),
            },
            Expr::Lit(_) => Some(format!(
                "`sleep` is what pauses the call; a pause of {0} is `wait = fixed({0})`",
                text(expr)
            ))
            .filter(|_| crate::parse::inspect::is_duration(expr)),
            _ => None,
        };
        if let Some(message) = message {
            lowering.errors.push_at(expr, message);
        }
        match expr {
            Expr::Closure(closure) if closure.asyncness.is_some() => syn::parse_quote!(#value),
            Expr::Closure(_) => {
                let kind = kind("sleeper_closure", "async_sleeper_closure");
                let taken = expect(private, kind, &quote!(), &value);
                syn::parse_quote!(#taken)
            }
            Expr::Path(_) => {
                let taken = expect(private, kind("sleeper", "async_sleeper"), &quote!(), &value);
                syn::parse_quote!(#taken)
            }
            _ => {
                let taken = take(private, kind("sleeper", "async_sleeper"), &quote!(), &value);
                let bound = self.bind("sleeper", taken, expr.span());
                syn::parse_quote!(#bound)
            }
        }
    }

    pub(super) fn read_callbacks(&mut self, lowering: &mut Lowering<'_>) {
        for (key, _, expr) in &self.args.values {
            if Callback::KEYS.contains(key) {
                self.callbacks
                    .push(Callback::read(*key, expr, self.shape, lowering));
            }
        }
    }

    /// Without a key that judges, the outcome must tell success from failure.
    pub(super) fn check_outcome(&self, outcome: &Type, errors: &mut Errors) {
        let Some(name) = whole(outcome) else {
            return;
        };
        let asks = [
            "err",
            "ok",
            "transient",
            "unsent",
            "idempotent",
            "any_failure",
            "err_is",
            "cause_is",
            "transient_cause",
            "unsent_cause",
            "idempotent_cause",
            "message",
        ];
        let asking = |when: &Expr| {
            asks.into_iter()
                .find(|word| crate::parse::inspect::calls(when, word))
        };
        if let Some(word) = self.args.get(Key::When).and_then(asking) {
            errors.push_at(
                outcome,
                format_args!(
                    "`{word}` tells success from failure, which `{name}` does not; return `Result` or \
                     `Option`, or judge the outcome as a whole: `when = outcome(|o| ..)`"
                ),
            );
            return;
        }
        if self.when.is_none() && self.arms.is_empty() && !self.policy {
            let whole = match self.args.kind {
                AttributeKind::Retry => {
                    ", or judge the outcome as a whole: `on = PATTERN` or `when = outcome(|o| ..)`"
                }
                AttributeKind::CircuitBreaker => "",
            };
            errors.push_at(
                outcome,
                format_args!(
                    "cannot tell success from failure in `{name}`; return `Result` or `Option`{whole}"
                ),
            );
        }
    }
}

/// `&STATS`, `&self.stats`: cheaper to write again than to keep borrowed.
pub(super) fn is_borrowed_place(expr: &Expr) -> bool {
    matches!(expr, Expr::Reference(reference) if is_place(&reference.expr))
}

/// `Ok(..)`, `Err(..)`, `Some(..)`
pub(super) fn is_outcome(call: &syn::ExprCall) -> bool {
    crate::parse::inspect::bare_word(&call.func)
        .is_some_and(|(word, _)| word == "Ok" || word == "Err" || word == "Some")
}

/// The name of a well-known type that is neither a success nor a failure.
pub(super) fn whole(ty: &Type) -> Option<String> {
    const WHOLE: [&str; 22] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char", "String", "Vec", "PathBuf", "HashMap", "Duration", "Instant",
    ];
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            let name = &path.path.segments.last()?.ident;
            let known = WHOLE.iter().any(|whole| name == whole);
            known.then(|| text(ty))
        }
        Type::Tuple(tuple) if !tuple.elems.is_empty() => Some(text(ty)),
        Type::Array(_) => Some(text(ty)),
        // Of any other trait only the compiler knows whether it is an outcome's.
        Type::ImplTrait(opaque) => {
            let known = opaque.bounds.iter().all(tells_nothing);
            known.then(|| text(ty))
        }
        Type::Reference(reference) if matches!(&*reference.elem, Type::Slice(_)) => Some(text(ty)),
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => Some("&str".to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a bound is a well-known trait that neither a success nor a failure has.
fn tells_nothing(bound: &TypeParamBound) -> bool {
    const TRAITS: [&str; 17] = [
        "AsRef",
        "AsyncFn",
        "Clone",
        "Copy",
        "Debug",
        "Display",
        "DoubleEndedIterator",
        "ExactSizeIterator",
        "Fn",
        "FnMut",
        "IntoIterator",
        "Iterator",
        "Send",
        "Sized",
        "Sync",
        "ToString",
        "Unpin",
    ];
    match bound {
        TypeParamBound::Trait(bound) => {
            let name = bound.path.segments.last().map(|segment| &segment.ident);
            name.is_some_and(|name| TRAITS.iter().any(|known| name == known))
        }
        _ => true,
    }
}
