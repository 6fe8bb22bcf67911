//! The loop of a function that leaves all but its attempts to a policy.
//!
//! ```text
//! // Input
//! #[retry(policy = database(3), clone(filter))]
//! async fn query(&self, filter: Filter) -> Result<Row, Error> { self.pool.query(filter).await }
//!
//! // Output, paths shortened
#![doc = include_str!("../tests/snapshots/driven.snap")]
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::model::ExpandCtx;
use crate::lower::tokens::{emit, local};
use crate::parse::role::Role;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Returns whether no key has to do with the loop but `policy`. The crate then drives the call, and the
    /// compiler has less to check in the function.
    pub(super) fn is_driven(&self) -> bool {
        // What the outcome's type can tell is asked before it could be inferred.
        if !self.policy || self.infers || self.args.kind.is_once() {
            return false;
        }
        let args = self.args;
        let values = &args.values;
        let roles = [Role::Stop, Role::Wait, Role::When];
        let others = values.others.iter().any(|(key, _, value)| match key {
            Key::Policy => false,
            // The name outlives the call.
            Key::Name => !matches!(value, Expr::Lit(_)),
            _ => true,
        });
        let decides = roles.iter().any(|role| values.strategy(*role).is_some());
        !others && !decides && self.arms.is_empty() && args.attempt.is_none()
    }

    /// Emits the call.
    pub(super) fn driven(&self) -> TokenStream {
        let (private, path) = (&self.private, self.path());
        let driven = self.call(&quote!(()));
        let made = self.run();
        let (read, paused) = match self.shape.is_async() {
            true => (local("read_async"), emit!(call.pause_async(pause).await)),
            false => (local("read_blocking"), emit!(call.pause(pause))),
        };
        emit! {
            let mut call = #driven::drive(
                of, &policy, #path, #private::#read, #private::failures(of).told(), #private::interrupts_of(of).made(),
            );
            loop {
                let attempted = match call.admit() {
                    ::core::result::Result::Ok(()) => #made,
                    ::core::result::Result::Err(refused) => ::core::result::Result::Err(refused),
                };
                match call.settle(attempted) {
                    ::core::ops::ControlFlow::Break(outcome) => return outcome,
                    ::core::ops::ControlFlow::Continue(pause) => #paused,
                }
            }
        }
    }

    /// Emits an attempt of a driven call.
    pub(super) fn driven_attempt(&self, body: &TokenStream) -> TokenStream {
        let call = local("call");
        match self.shape.is_async() {
            true => quote!(#call.attempt_async(#body).await),
            false => quote!(#call.attempt(#body)),
        }
    }
}
