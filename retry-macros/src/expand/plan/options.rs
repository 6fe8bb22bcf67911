//! Keys of a call besides its strategies: `enabled`, `reset_after`, `stats`, `sleep`, `fallback`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::check;
use crate::diagnostics::text;
use crate::expand::model::ExpandCtx;
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{expect, take};
use crate::parse::inspect::{bare_word, is_place};
use persevere_words::Key;

impl ExpandCtx<'_> {
    pub(super) fn plan_options(&mut self, lowering: &mut Lowering<'_>) {
        let private = self.private.clone();
        let enabled = match self.args.get(Key::Enabled) {
            Some(expr) => {
                let enabled = lowering.typed(&quote!(::core::primitive::bool), expr);
                Some(lowering.bind("enabled", enabled, expr.span()))
            }
            None => self.policy.then(|| self.parts(quote!(.is_enabled()))),
        };
        if let Some(enabled) = enabled {
            let stop = &self.stop;
            self.stop = quote!(#private::Enabled(#enabled, &#stop));
        }
        if let Some(expr) = self.args.get(Key::ResetAfter) {
            let long = lowering.typed(&quote!(::core::time::Duration), expr);
            self.reset_after = Some(lowering.bind("reset_after", long, expr.span()));
        }
        if let Some(expr) = self.args.get(Key::Stats) {
            let value = lowering.kept("stats", expr);
            self.stats = Some(if is_borrowed_place(expr) {
                expect(&private, "stats", &quote!(), &value)
            } else {
                let kept = take(&private, "shared_stats", &quote!(), &value);
                let kept = lowering.bind("shared_stats", kept, expr.span());
                quote!(#private::expect::SharedStats::shared(&#kept))
            });
        }
        if let Some(expr) = self.args.get(Key::Sleep) {
            let value = lowering.kept("sleeper", expr);
            self.sleeper = Some(self.plan_sleeper(expr, value, lowering));
        }
        self.plan_reserve(lowering);
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
                        _ => check::callback::closure(closure, expected),
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

    /// Reads `within(200ms, |give_up| ..)`, the time before the deadline that is reserved for a fallback.
    fn plan_reserve(&mut self, lowering: &mut Lowering<'_>) {
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
        check::limit::limit("within", &time, lowering.errors);
        let value = lowering.typed(&quote!(::core::time::Duration), &time);
        self.reserve = Some(lowering.bind("reserve", value, time.span()));
        self.fallback = Some(fallback);
    }

    /// Takes the sleeper where it stands.
    pub(super) fn plan_sleeper(
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
                _ => check::callback::closure(closure, "a sleeper takes the pause: `|pause| ..`"),
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
                let bound = lowering.bind("sleeper", taken, expr.span());
                syn::parse_quote!(#bound)
            }
        }
    }
}

/// Returns whether a value is `&STATS` or `&self.stats`, which is cheaper to write again than to keep
/// borrowed.
pub(super) fn is_borrowed_place(expr: &Expr) -> bool {
    matches!(expr, Expr::Reference(reference) if is_place(&reference.expr))
}

/// Returns whether a call is `Ok(..)`, `Err(..)` or `Some(..)`.
pub(super) fn is_outcome(call: &syn::ExprCall) -> bool {
    crate::parse::inspect::bare_word(&call.func)
        .is_some_and(|(word, _)| word == "Ok" || word == "Err" || word == "Some")
}
