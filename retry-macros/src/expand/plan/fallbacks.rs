//! Fallbacks: `fallback = |give_up| ..`, or a list of them, each with time of its own or without.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::check;
use crate::expand::model::{ExpandCtx, Fallback};
use crate::lower::strategy::Lowering;
use persevere_words::Key;

impl ExpandCtx<'_> {
    pub(super) fn plan_fallbacks(&mut self, lowering: &mut Lowering<'_>) {
        let Some(written) = self.args.values.get(Key::Fallback) else {
            return;
        };
        check::fallback::check_list(written, lowering.own, lowering.errors);
        for listed in check::fallback::list(written) {
            let before = self.reserves.len();
            let fallback = match check::fallback::reserving(listed, lowering.own) {
                Some((time, fallback)) => {
                    self.plan_reserve(listed, time, lowering);
                    fallback
                }
                None => listed,
            };
            let cannot_wait = self.shape.cannot_wait();
            let message = check::fallback::fallback(fallback, cannot_wait, lowering.own);
            lowering.errors.report(fallback, message);
            let value = lowering.plain(fallback);
            let value = syn::parse_quote!(#value);
            let reserved = self.reserved();
            let own = self.reserves.get(before).cloned();
            self.fallbacks.push(Fallback {
                value,
                own,
                reserved,
            });
        }
    }

    /// Binds the time before the deadline that is reserved for a fallback.
    fn plan_reserve(&mut self, listed: &Expr, time: &Expr, lowering: &mut Lowering<'_>) {
        let ends = [Key::Deadline, Key::Policy, Key::Nested];
        if !ends.into_iter().any(|key| self.args.values.has(key)) {
            let message =
                "`within` reserves time before a deadline; write `deadline = ..` beside it";
            lowering.errors.push_at(listed, message);
        }
        lowering.errors.report(time, check::fallback::time(time));
        let value = lowering.typed(&quote!(::core::time::Duration), time);
        let name = match self.reserves.len() {
            0 => "reserve".to_owned(),
            before => format!("reserve{before}"),
        };
        let place = lowering.bind(&name, value, time.span());
        self.reserves.push(place);
    }

    /// Emits the sum of the times that are reserved so far.
    fn reserved(&self) -> TokenStream {
        let mut times = self.reserves.iter();
        match times.next() {
            None => quote!(::core::time::Duration::ZERO),
            Some(first) => quote!(#first #(.saturating_add(#times))*),
        }
    }
}
