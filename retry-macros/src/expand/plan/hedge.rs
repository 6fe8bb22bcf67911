//! `hedge`: the race that makes up an attempt.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use crate::check;
use crate::expand::model::ExpandCtx;
use crate::lower::configured;
use crate::lower::rebind::How;
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{at, take};
use crate::parse::configured::Configured;
use crate::parse::inspect::word_call;
use persevere_words::{HEDGE, Key};

impl ExpandCtx<'_> {
    /// Reads `hedge`. Returns the name of the race.
    pub(super) fn plan_hedge(&mut self, lowering: &mut Lowering<'_>) -> Option<&'static str> {
        let expr = self.args.values.get(Key::Hedge)?;
        if !self.shape.is_async() {
            let message =
                "a blocking call cannot run beside a copy of itself; `hedge` needs an `async fn`";
            lowering.errors.push_at(expr, message);
            return None;
        }
        self.refuse_mutable(
            "copies of an attempt run at the same time and cannot share a `&mut`; borrow it shared, or leave `hedge` away",
            lowering,
        );
        let configured = Configured::of(expr, Key::Hedge.name());
        let expr = configured.as_ref().map_or(expr, |of_a_set| &of_a_set.own);
        check::hedge::hedge(expr, lowering.own, lowering.errors);
        let (base, copies) = match expr {
            Expr::MethodCall(call) if call.method == "copies" && call.args.len() == 1 => {
                (&*call.receiver, Some(call))
            }
            other => (other, None),
        };
        // The smallest race with room for the copies.
        let race = match copies.map(check::hedge::count) {
            _ if configured.is_some() => "race4",
            Some(Some(3)) => "race3",
            Some(Some(4)) => "race4",
            None if word_call(base, &HEDGE).is_none() => "race4",
            _ => "race2",
        };
        let mut hedge = self.pace(base, lowering);
        if let Some(call) = copies {
            let count = &call.args[0];
            hedge = quote!(#hedge.copies(#count));
        }
        if let Some(configured) = &configured {
            hedge = configured::hedge(&self.private, configured, &hedge);
        }
        let hedge = take(&self.private, "hedge", &quote!(), &hedge);
        lowering.bind("hedge", hedge, expr.span());
        Some(race)
    }

    /// Emits `delay(50ms)`, `quantile(&LATENCY, 0.95)`, or a value of the user's own.
    fn pace(&mut self, base: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        let Some((name, call)) = word_call(base, &HEDGE) else {
            return lowering.plain(base);
        };
        let private = at(&self.private, name.span());
        let args = lowering.plain(call);
        let args = args.into_iter().last();
        quote_spanned!(name.span()=> #private::hedge::#name #args)
    }

    /// Reports mutable borrows of the function.
    pub(super) fn refuse_mutable(&self, message: &str, lowering: &mut Lowering<'_>) {
        let own = self.function.sig.receiver();
        let own = own.filter(|own| quote!(#own).to_string().contains("& mut"));
        if let Some(own) = own {
            lowering.errors.push_at(own, message);
        }
        for rebound in &self.rebound {
            if !matches!(rebound.how, How::Clone(_)) {
                lowering.errors.push(rebound.name.span(), message);
            }
        }
    }
}
