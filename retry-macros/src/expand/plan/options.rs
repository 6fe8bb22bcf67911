//! Keys of a call besides its strategies: `enabled`, `reset_after`, `stats`, `sleep`.

use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::check::callback::Kind;
use crate::diagnostics::text;
use crate::expand::model::{ExpandCtx, Sleeper};
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{emit, expect, take};
use crate::parse::inspect::{is_duration, is_place};
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
        if let Some(stream) = &mut self.stream {
            stream.enabled = enabled;
        } else if let Some(enabled) = enabled.filter(|_| !self.args.kind.is_once()) {
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
        self.plan_fallbacks(lowering);
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
            Expr::Closure(closure) => Kind::Sleeper.check(closure, self.shape.cannot_wait()),
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
