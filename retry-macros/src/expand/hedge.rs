//! The race of an attempt's copies.
//!
//! ```text
//! // Input
//! #[retry(hedge = delay(50ms).copies(2), on = Err(Error::Busy), clone(query))]
//! async fn read(&self, query: Query) -> Result<Row, Error> { self.replica.read(query).await }
//!
//! // Output, paths shortened
#![doc = include_str!("../tests/snapshots/hedged.snap")]
//! ```

use proc_macro2::TokenStream;
use quote::quote;

use super::attempt::clone_of;
use super::model::{ExpandCtx, Guards};
use crate::lower::rebind::How;
use crate::lower::tokens::{emit, local};

impl ExpandCtx<'_> {
    /// Emits an attempt that is a race of its copies. `edged` is the body of each.
    pub(super) fn hedged(&self, race: &str, guards: &Guards, edged: &TokenStream) -> TokenStream {
        let (private, name) = (&self.private, self.name());
        let race = local(race);
        let (clones, moved) = self.for_each_copy();
        let mut copy = emit!(async { #moved #edged });
        if self.has_breaker() {
            copy = emit!(bodies.copy(#copy));
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
            emit!(let #handle = (&#handle).for_copy(#limit);)
        });
        let tick = self.tick();
        let is_final = self.is_final();
        emit! {
            #private::hedge::#race(
                hedge,
                || { #handle #(#clones)* #copy },
                #tick,
                || (&mut copies).draw_copy(#name),
                #is_final,
                #private::read_async,
            ).hears_of_drops(#private::read_async)
        }
    }

    /// Emits a copy that is cut when its own time is over.
    fn timed_copy(&self, guards: &Guards, limit: &TokenStream, copy: &TokenStream) -> TokenStream {
        let (private, slept) = (&self.private, self.slept());
        let outcome = &guards.outcome;
        // The outcome of the attempt is that of the copy that ended last.
        let ends = emit!(was_cut.store);
        let order = quote!(::core::sync::atomic::Ordering::Relaxed);
        emit! {
            async {
                let timer = async {
                    let pause = #limit;
                    #slept;
                    #private::Interrupt::AttemptTimeout
                };
                match #private::timeout(#copy, timer).await {
                    ::core::result::Result::Ok(outcome) => {
                        #ends(false, #order);
                        outcome
                    }
                    ::core::result::Result::Err(interrupt) => {
                        hedge.cut(#limit);
                        #ends(true, #order);
                        (#outcome)(interrupt)
                    }
                }
            }
        }
    }

    /// Emits the parameters of each copy: their clones beside it, and their moves into it.
    fn for_each_copy(&self) -> (Vec<TokenStream>, TokenStream) {
        let own = self.rebound.iter().filter_map(|rebound| {
            let How::Clone(place) = rebound.how else {
                return None;
            };
            let name = &rebound.name;
            let clone = rebound.bind(None, clone_of(name, place));
            Some((clone, rebound.bind(rebound.mutability, quote!(#name))))
        });
        own.unzip()
    }

    /// Emits whether an outcome ends the race.
    fn is_final(&self) -> TokenStream {
        let ty = &self.outcome;
        let asked = self.verdict_of(&emit!(*outcome));
        let private = &self.private;
        let (made, ty, amended) = match &self.args.attempt {
            Some(handle) => (
                emit!((outcome, #handle)),
                quote!((#ty, #private::Attempt)),
                quote!(#handle.directive().apply_to(#asked)),
            ),
            None => (emit!(outcome), quote!(#ty), asked),
        };
        emit! {
            |#made: &#ty| {
                let verdict = #amended;
                !verdict.is_retry()
            }
        }
    }
}

/// Emits a copy that returns its handle beside its outcome.
fn with_handle(handle: &syn::Ident, copy: &TokenStream) -> TokenStream {
    emit! {
        async {
            let #handle = #handle;
            let outcome = #copy.await;
            (outcome, #handle)
        }
    }
}
