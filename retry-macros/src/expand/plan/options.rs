//! Keys of a call besides its strategies: `enabled`, `reset_after`, `stats`, `sleep`, `fallback`.

use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::check;
use crate::check::callback::Kind;
use crate::diagnostics::text;
use crate::expand::model::{ExpandCtx, Sleeper};
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{emit, expect, take};
use crate::parse::inspect::{bare_word, is_duration, is_outcome, is_place};
use persevere_words::Key;

impl ExpandCtx<'_> {
    pub(super) fn plan_options(&mut self, lowering: &mut Lowering<'_>) {
        let private = self.private.clone();
        let enabled = match self.args.values.get(Key::Enabled) {
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
        if let Some(expr) = self.args.values.get(Key::ResetAfter) {
            let long = lowering.typed(&quote!(::core::time::Duration), expr);
            self.reset_after = Some(lowering.bind("reset_after", long, expr.span()));
        }
        if let Some(expr) = self.args.values.get(Key::Stats) {
            let value = lowering.kept("stats", expr);
            // `&STATS` or `&self.stats` is cheaper to write again than to keep borrowed.
            let is_place = matches!(expr, Expr::Reference(stats) if is_place(&stats.expr));
            self.stats = Some(if is_place {
                expect(&private, "stats", &quote!(), &value)
            } else {
                let kept = take(&private, "shared_stats", &quote!(), &value);
                let kept = lowering.bind("shared_stats", kept, expr.span());
                quote!(#private::expect::SharedStats::shared(&#kept))
            });
        }
        self.sleeper = self.plan_sleeper(lowering);
        self.plan_fallback(lowering);
    }

    fn plan_fallback(&mut self, lowering: &mut Lowering<'_>) {
        let Some(written) = self.args.values.get(Key::Fallback) else {
            return;
        };
        let fallback = self.plan_reserve(written, lowering).unwrap_or(written);
        let message = match fallback {
            Expr::Closure(closure) => Kind::Fallback.check(closure, self.shape.is_async()),
            value if matches!(value, Expr::Lit(_)) || is_outcome(value) => {
                let written = text(value);
                Some(format!("a fallback is a closure; write `|_| {written}`"))
            }
            _ => None,
        };
        match message {
            Some(message) => lowering.errors.push_at(fallback, message),
            None => {
                let value = lowering.plain(fallback);
                self.fallback = Some(syn::parse_quote!(#value));
            }
        }
    }

    /// Reads `within(200ms, |give_up| ..)`, the time before the deadline that is reserved for a fallback.
    ///
    /// Returns the fallback.
    fn plan_reserve<'f>(
        &mut self,
        fallback: &'f Expr,
        lowering: &mut Lowering<'_>,
    ) -> Option<&'f Expr> {
        let Expr::Call(call) = fallback else {
            return None;
        };
        let (word, _) = bare_word(&call.func)?;
        if word != "within" || lowering.own.contains(word) || call.args.len() != 2 {
            return None;
        }
        let ends = [Key::Deadline, Key::Policy, Key::Nested];
        if !ends.into_iter().any(|key| self.args.values.has(key)) {
            let message =
                "`within` reserves time before a deadline; write `deadline = ..` beside it";
            lowering.errors.push_at(call, message);
        }
        let time = &call.args[0];
        let message = check::limit::limit("within", time);
        lowering.errors.report(time, message);
        let value = lowering.typed(&quote!(::core::time::Duration), time);
        self.reserve = Some(lowering.bind("reserve", value, time.span()));
        Some(&call.args[1])
    }

    /// Takes the sleeper where it stands.
    fn plan_sleeper(&self, lowering: &mut Lowering<'_>) -> Sleeper {
        let (private, is_async) = (&self.private, self.shape.is_async());
        let Some(expr) = self.args.values.get(Key::Sleep) else {
            return if self.policy {
                Sleeper::Borrowed(self.parts(quote!(.sleeper())))
            } else if is_async {
                Sleeper::Taken(emit!(#private::expect::timer(#private::DefaultSleeper)))
            } else {
                Sleeper::Borrowed(quote!(&#private::DefaultSleeper))
            };
        };
        let message = match expr {
            Expr::Closure(closure) => Kind::Sleeper.check(closure, is_async),
            _ if is_duration(expr) => Some(format!(
                "`sleep` is what pauses the call; a pause of {0} is `wait = fixed({0})`",
                text(expr)
            )),
            _ => None,
        };
        lowering.errors.report(expr, message);
        let value = lowering.kept("sleeper", expr);
        let door = match (expr, is_async) {
            (Expr::Closure(closure), _) if closure.asyncness.is_some() => {
                return Sleeper::Async(syn::parse_quote!(#value));
            }
            (Expr::Closure(_), true) => "async_sleeper_closure",
            (Expr::Closure(_), false) => "sleeper_closure",
            (_, true) => "async_sleeper",
            (_, false) => "sleeper",
        };
        if let Expr::Closure(_) | Expr::Path(_) = expr {
            return Sleeper::Taken(expect(private, door, &quote!(), &value));
        }
        let taken = take(private, door, &quote!(), &value);
        let sleeper = lowering.bind("sleeper", taken, expr.span());
        Sleeper::Borrowed(quote!(&#sleeper))
    }
}
