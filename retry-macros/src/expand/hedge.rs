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
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprMethodCall, Lit};

use super::attempt::clone_of;
use super::guards::Guards;
use super::plan::Plan;
use crate::check;
use crate::error::text;
use crate::key::Key;
use crate::renew::{How, Renewed};
use crate::value::{Reader, at, bare_word, is_duration, local, take};

/// How many copies an attempt has room for, where that is told.
const COPIES: [(u32, &str); 3] = [(2, "race2"), (3, "race3"), (4, "race4")];

impl Plan<'_> {
    /// Reads `hedge`; gives the name of the race.
    pub(super) fn read_hedge(&mut self, reader: &mut Reader<'_>) -> Option<&'static str> {
        let expr = self.args.get(Key::Hedge)?;
        if !self.shape.is_async() {
            let message =
                "a blocking call cannot run beside a copy of itself; `hedge` needs an `async fn`";
            reader.errors.push_at(expr, message);
            return None;
        }
        self.refuse_mutable(reader);
        let (base, copies) = match expr {
            Expr::MethodCall(call) if call.method == "copies" && call.args.len() == 1 => {
                (&*call.receiver, Some(call))
            }
            other => (other, None),
        };
        let race = match copies {
            Some(call) => copies_of(call, reader),
            None if word(base).is_some() => "race2",
            None => "race4",
        };
        let hedge = self.pace(base, reader);
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
    fn pace(&mut self, base: &Expr, reader: &mut Reader<'_>) -> TokenStream {
        if let Some((name, call)) = word(base) {
            match (name.to_string().as_str(), call.args.len()) {
                ("delay", 1) => check::limit("hedge", &call.args[0], reader.errors),
                ("quantile", 2) => check::quantile(&call.args[1], reader.errors),
                ("delay", _) => reader.errors.push_at(
                    base,
                    "`delay` takes the time after which an attempt is slow: `delay(50ms)`",
                ),
                _ => reader.errors.push_at(
                    base,
                    "`quantile` takes what measures, and a quantile: `quantile(&LATENCY, 0.95)`",
                ),
            }
            let private = at(&self.private, name.span());
            let args = reader.plain(&syn::parse_quote!(#call));
            let args = args.into_iter().last();
            return quote_spanned!(name.span()=> #private::hedge::#name #args);
        }
        let message = match base {
            Expr::Path(_) => bare_word(base)
                .filter(|(word, _)| *word == "delay" || *word == "quantile")
                .map(|(word, _)| format!("a bare word is yours; write `hedge = {word}(..)`")),
            _ if is_duration(base) => {
                Some(format!("did you mean `hedge = delay({})`?", text(base)))
            }
            Expr::Lit(_) => Some(format!(
                "`{}` does not say when an attempt is slow; write `hedge = delay(50ms)`",
                text(base)
            )),
            _ => None,
        };
        if let Some(message) = message {
            reader.errors.push_at(base, message);
        }
        reader.plain(base)
    }

    /// Copies run at the same time, so nothing can be borrowed mutably.
    fn refuse_mutable(&self, reader: &mut Reader<'_>) {
        let message = "copies of an attempt run at the same time and cannot share a `&mut`; \
                       borrow it shared, or leave `hedge` away";
        let own = self.function.sig.receiver();
        let own = own.filter(|own| quote!(#own).to_string().contains("& mut"));
        if let Some(own) = own {
            reader.errors.push_at(own, message);
        }
        for renewed in &self.renewed {
            if !matches!(renewed.how, How::Clone(_)) {
                reader.errors.push(renewed.name.span(), message);
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
        let copy = match &self.attempt_timeout {
            Some(limit) => self.timed_copy(guards, limit, &quote!(async { #moved #edged })),
            None => quote_spanned!(site=> async { #moved #edged }),
        };
        let tick = self.tick();
        let is_final = self.is_final();
        quote_spanned! {site=>
            #private::hedge::#race(
                #hedge,
                || { #(#clones)* #copy },
                #tick,
                || (&mut #purses).draw_copy(),
                #is_final,
                #private::read_async,
            )
        }
    }

    /// A copy that is cut when its own time is over.
    fn timed_copy(&self, guards: &Guards, limit: &TokenStream, copy: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let (private, pause, slept) = (&self.private, local("pause"), self.slept());
        let outcome = &guards.outcome;
        quote_spanned! {site=>
            async {
                let timer = async {
                    let #pause = #limit;
                    #slept;
                    #private::Interrupt::AttemptTimeout
                };
                match #private::cut(#copy, timer).await {
                    ::core::result::Result::Ok(outcome) => outcome,
                    ::core::result::Result::Err(interrupt) => (#outcome)(interrupt),
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
        let amend =
            self.args.attempt.as_ref().map(
                |handle| quote_spanned!(site=> let #verdict = (&#handle).mark().amend(#verdict);),
            );
        quote_spanned! {site=>
            |#outcome: &#ty| {
                let #verdict = #asked;
                #amend
                !#verdict.is_retry()
            }
        }
    }
}

/// `delay(..)` or `quantile(..)`.
fn word(value: &Expr) -> Option<(&syn::Ident, &syn::ExprCall)> {
    let Expr::Call(call) = value else { return None };
    let (word, turbofish) = bare_word(&call.func)?;
    let ours = turbofish.is_none() && (word == "delay" || word == "quantile");
    ours.then_some((word, call))
}

/// The race that has room for the copies, which are told as a literal.
fn copies_of(call: &ExprMethodCall, reader: &mut Reader<'_>) -> &'static str {
    let count = &call.args[0];
    let told = match count {
        Expr::Lit(ExprLit {
            lit: Lit::Int(told),
            ..
        }) => told.base10_parse::<u32>().ok(),
        _ => None,
    };
    let race = COPIES.iter().find(|(count, _)| Some(*count) == told);
    match race {
        Some((_, race)) => race,
        None => {
            let message = "`copies` takes how many copies of an attempt there are in all, the first \
                           included: 2, 3 or 4, as a literal";
            reader.errors.push_at(count, message);
            "race2"
        }
    }
}
