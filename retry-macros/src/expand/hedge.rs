//! `hedge`: further copies of a slow attempt.
//!
//! ```text
//! // Input
//! #[retry(hedge = delay(50ms).copies(2), clone(query))]
//!
//! // Output, paths shortened: an attempt is a race of its copies
//! hedge::race2(
//!     hedge,
//!     || {
//!         let query = Clone::clone(&query);
//!         async { let query = query; .. the body .. }
//!     },
//!     |pause| .. a timer ..,
//!     || purses.draw_copy(),
//!     |outcome| .. the verdict is final ..,
//!     read_async,
//! )
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::attempt::clone_of;
use super::guards::Guards;
use super::plan::Plan;
use crate::check;
use crate::lower::rebind::{How, Renewed};
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{at, local, take};
use crate::parse::inspect::bare_word;
use persevere_words::{HEDGE, Key};

impl Plan<'_> {
    /// Reads `hedge`; gives the name of the race.
    pub(super) fn read_hedge(&mut self, lowering: &mut Lowering<'_>) -> Option<&'static str> {
        let expr = self.args.get(Key::Hedge)?;
        if !self.shape.is_async() {
            let message =
                "a blocking call cannot run beside a copy of itself; `hedge` needs an `async fn`";
            lowering.errors.push_at(expr, message);
            return None;
        }
        self.refuse_mutable(lowering);
        check::hedge::hedge(expr, lowering.own, lowering.errors);
        let (base, copies) = match expr {
            Expr::MethodCall(call) if call.method == "copies" && call.args.len() == 1 => {
                (&*call.receiver, Some(call))
            }
            other => (other, None),
        };
        // The race that has room for the copies.
        let race = match copies.map(check::hedge::count) {
            Some(Some(3)) => "race3",
            Some(Some(4)) => "race4",
            None if word(base).is_none() => "race4",
            _ => "race2",
        };
        let hedge = self.pace(base, lowering);
        let hedge = match copies {
            Some(call) => {
                let count = &call.args[0];
                quote!(#hedge.copies(#count))
            }
            None => hedge,
        };
        let private = self.private.clone();
        let hedge = take(&private, "hedge", &quote!(), &hedge);
        self.bind("hedge", hedge, expr.span());
        Some(race)
    }

    /// `delay(50ms)`, `quantile(&LATENCY, 0.95)`, or a value of the user's own.
    fn pace(&mut self, base: &Expr, lowering: &mut Lowering<'_>) -> TokenStream {
        let Some((name, call)) = word(base) else {
            return lowering.plain(base);
        };
        let private = at(&self.private, name.span());
        let args = lowering.plain(call);
        let args = args.into_iter().last();
        quote_spanned!(name.span()=> #private::hedge::#name #args)
    }

    /// Copies run at the same time, so nothing can be borrowed mutably.
    fn refuse_mutable(&self, lowering: &mut Lowering<'_>) {
        let message = "copies of an attempt run at the same time and cannot share a `&mut`; \
                       borrow it shared, or leave `hedge` away";
        let own = self.function.sig.receiver();
        let own = own.filter(|own| quote!(#own).to_string().contains("& mut"));
        if let Some(own) = own {
            lowering.errors.push_at(own, message);
        }
        for renewed in &self.renewed {
            if !matches!(renewed.how, How::Clone(_)) {
                lowering.errors.push(renewed.name.span(), message);
            }
        }
    }

    /// An attempt that is a race of its copies, with `edged` as the body of each.
    pub(super) fn hedged(&self, race: &str, guards: &Guards, edged: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (hedge, purses) = (local("hedge"), local("purses"));
        let race = local(race);
        let (clones, moved) = self.for_each_copy();
        let mut copy = quote_spanned!(site=> async { #moved #edged });
        if guards.panics {
            let bodies = local("bodies");
            copy = quote_spanned!(site=> #bodies.copy(#copy));
        }
        if let Some(limit) = &self.attempt_timeout {
            copy = self.timed_copy(guards, limit, &copy);
        }
        let handle = self.args.attempt.as_ref().map(|handle| {
            copy = with_handle(handle, &copy);
            let limit = match &self.attempt_timeout {
                Some(limit) => quote!(::core::option::Option::Some(#limit)),
                None => quote!(::core::option::Option::None),
            };
            quote_spanned!(site=> let #handle = (&#handle).for_copy(#limit);)
        });
        let tick = self.tick();
        let is_final = self.is_final();
        quote_spanned! {site=>
            #private::hedge::#race(
                #hedge,
                || { #handle #(#clones)* #copy },
                #tick,
                || (&mut #purses).draw_copy(),
                #is_final,
                #private::read_async,
            ).hears_of_drops(#private::read_async)
        }
    }

    /// A copy that is cut when its own time is over.
    fn timed_copy(&self, guards: &Guards, limit: &TokenStream, copy: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let (private, pause, slept) = (&self.private, local("pause"), self.slept());
        let (outcome, hedge, was_cut) = (&guards.outcome, local("hedge"), local("was_cut"));
        // The outcome of the attempt is that of the copy that ended last.
        let ends = quote!(#was_cut.store);
        let order = quote!(::core::sync::atomic::Ordering::Relaxed);
        quote_spanned! {site=>
            async {
                let timer = async {
                    let #pause = #limit;
                    #slept;
                    #private::Interrupt::AttemptTimeout
                };
                match #private::timeout(#copy, timer).await {
                    ::core::result::Result::Ok(outcome) => {
                        #ends(false, #order);
                        outcome
                    }
                    ::core::result::Result::Err(interrupt) => {
                        #hedge.cut(#limit);
                        #ends(true, #order);
                        (#outcome)(interrupt)
                    }
                }
            }
        }
    }

    /// What each copy has of its own: cloned beside it, and moved into it.
    fn for_each_copy(&self) -> (Vec<TokenStream>, TokenStream) {
        let own = self.renewed.iter().filter_map(|renewed| match renewed.how {
            How::Clone(place) => Some((renewed, clone_of(&renewed.name, place))),
            How::Reborrow | How::Repin => None,
        });
        let pairs = own.map(|(renewed, clone)| {
            let Renewed {
                attrs,
                mutability,
                name,
                ..
            } = renewed;
            (
                quote!(#(#attrs)* let #name = #clone;),
                quote!(#(#attrs)* let #mutability #name = #name;),
            )
        });
        pairs.unzip()
    }

    /// Whether an outcome ends the race.
    fn is_final(&self) -> TokenStream {
        let site = Span::mixed_site();
        let (outcome, verdict, ty) = (local("outcome"), local("verdict"), &self.outcome);
        let asked = self.verdict_of(&quote!(*#outcome));
        let private = &self.private;
        let (made, ty, amended) = match &self.args.attempt {
            Some(handle) => (
                quote!((#outcome, #handle)),
                quote!((#ty, #private::Attempt)),
                quote!(#handle.directive().apply_to(#asked)),
            ),
            None => (quote!(#outcome), quote!(#ty), asked),
        };
        quote_spanned! {site=>
            |#made: &#ty| {
                let #verdict = #amended;
                !#verdict.is_retry()
            }
        }
    }
}

/// A copy that gives its handle beside its outcome.
fn with_handle(handle: &syn::Ident, copy: &TokenStream) -> TokenStream {
    let outcome = local("outcome");
    quote_spanned! {Span::mixed_site()=>
        async {
            let #handle = #handle;
            let #outcome = #copy.await;
            (#outcome, #handle)
        }
    }
}

/// `delay(..)` or `quantile(..)`.
fn word(value: &Expr) -> Option<(&syn::Ident, &syn::ExprCall)> {
    let Expr::Call(call) = value else { return None };
    let (word, turbofish) = bare_word(&call.func)?;
    let ours = turbofish.is_none() && HEDGE.has(&word.to_string());
    ours.then_some((word, call))
}
