//! The opening of a stream: the user's body, with the cursor.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use crate::expand::attempt::clone_of;
use crate::expand::model::{ExpandCtx, StreamPlan};
use crate::lower::rebind::{How, Rebound};
use crate::lower::stream_shape::Opening;
use crate::lower::tokens::{emit, local, with_stream};

impl ExpandCtx<'_> {
    /// Emits the function that opens the stream at a cursor.
    pub(super) fn open(&self, plan: &StreamPlan) -> TokenStream {
        let cursor = plan.cursor.as_ref().map(|(name, _)| name);
        let argument = match cursor {
            Some(_) => emit!(cursor),
            None => quote!(()),
        };
        match plan.shape.opening {
            Opening::Direct => self.open_directly(plan, cursor, &argument),
            Opening::Awaited | Opening::Fallible => self.open_later(plan, cursor, &argument),
        }
    }

    /// Emits `|cursor| -> S { let after = cursor; BODY.. }`.
    fn open_directly(
        &self,
        plan: &StreamPlan,
        cursor: Option<&Ident>,
        argument: &TokenStream,
    ) -> TokenStream {
        let body = self.shape.attempt(self.function);
        let owned = self.rebound.iter().map(|rebound| {
            let value = self.opened_with(rebound, cursor);
            rebound.bind(rebound.mutability, value)
        });
        // In the user's own braces: the compiler would advise against a second pair.
        let user = body.stream();
        let (ty, open) = (&plan.returned, with_stream(body, quote!(#(#owned)* #user)));
        let span = Span::mixed_site().located_at(self.function.sig.fn_token.span);
        quote_spanned!(span=> |#argument| -> #ty #open)
    }

    /// Emits `|cursor| items.open(async { BODY })`.
    ///
    /// The block takes what it owns out of values that are never `Copy`, which it would borrow.
    fn open_later(
        &self,
        plan: &StreamPlan,
        cursor: Option<&Ident>,
        argument: &TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let (mut owned, mut moved, mut taken) = (Vec::new(), Vec::new(), TokenStream::new());
        for rebound in &self.rebound {
            let (attrs, mutability, name) = (&rebound.attrs, rebound.mutability, &rebound.name);
            let held = local(&format!("moved_{}", name.unraw()));
            owned.push(rebound.bind(None, self.opened_with(rebound, cursor)));
            moved.push(quote!(#(#attrs)* let #held = #private::stream::Moved(#name);));
            taken.extend(emit!(#(#attrs)* let #mutability #name = #held.take();));
        }
        let opened = self.opened(plan, &taken);
        emit! {
            |#argument| {
                #(#owned)*
                #(#moved)*
                items.open(#opened)
            }
        }
    }

    /// Emits the `async` block of an opening, a `Result` of the stream.
    fn opened(&self, plan: &StreamPlan, taken: &TokenStream) -> TokenStream {
        let (private, returned) = (&self.private, &plan.returned);
        let body = self.shape.attempt(self.function);
        let asyncness = self.function.sig.asyncness;
        let span = asyncness.map_or(body.span_open(), |token| token.span);
        let span = Span::mixed_site().located_at(span);
        let user = body.stream();
        let user = emit! {
            if false { return #private::infer_output::<#returned>(); }
            #user
        };
        if plan.shape.opening == Opening::Fallible {
            let block = with_stream(body, quote!(#taken #user));
            return quote_spanned!(span=> async #block);
        }
        let block = with_stream(body, user);
        quote_spanned!(span=> async { #taken ::core::result::Result::Ok(async #block.await) })
    }

    /// Emits the value of a parameter for one opening.
    fn opened_with(&self, rebound: &Rebound, cursor: Option<&Ident>) -> TokenStream {
        match rebound.how {
            _ if Some(&rebound.name) == cursor => emit!(cursor),
            // An opening must not move it, even in a place that is never reached.
            How::Clone(place) => clone_of(&rebound.name, place),
            How::Reborrow | How::Repin => self.renewed(rebound),
        }
    }
}
