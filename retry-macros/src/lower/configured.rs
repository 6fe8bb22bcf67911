//! Values that a set of configurations may change, looked up by a literal name.
//!
//! ```text
//! // Input
//! when = CONFIG.when("payments", transient())
//!
//! // Output, the first line once for each call
//! let file_when = { static NAMED: Named = RetryConfigs::named_when(&CONFIG, "payments"); Named::file_when(NAMED) };
//! when_or(expect::file_when(of, file_when).into_value(), expect::transient(of).into_value())
//! ```

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Path};

use super::facts::Requirements;
use super::strategy::Lowering;
use super::tokens::{at, into_value};
use crate::parse::configured::Configured;
use crate::parse::strategy::Strategy;

/// Emits a policy of a set, found at compile time by a function of `RetryConfigs`.
fn found<T>(private: &Path, configured: &Configured<T>, function: &str) -> TokenStream {
    let (set, name) = (&configured.set, &configured.name);
    let site = Span::mixed_site().located_at(name.span());
    let private = at(private, site);
    let function = Ident::new(function, site);
    quote_spanned!(site=> static NAMED: #private::Named = #private::RetryConfigs::#function(&#set, #name);)
}

/// Emits the hedge of a set, or the program's `own`.
pub(crate) fn hedge(
    private: &Path,
    configured: &Configured<Expr>,
    own: &TokenStream,
) -> TokenStream {
    let found = found(private, configured, "named_hedge");
    quote!({ #found #private::Named::hedge(NAMED, #own) })
}

impl Lowering<'_> {
    /// Lowers `CONFIG.when("payments", own)`. The configuration is asked once for each call.
    pub(super) fn configured(&mut self, configured: &Configured<Box<Strategy>>) -> TokenStream {
        let private = self.private;
        let found = found(private, configured, "named_when");
        let site = Span::mixed_site().located_at(configured.name.span());
        let file = Ident::new(&format!("file_when{}", self.once.len()), site);
        let asked = quote_spanned!(site=> #private::Named::file_when(NAMED));
        self.once
            .push(quote_spanned!(site=> let #file = { #found #asked };));
        self.facts.needs.add(Requirements {
            witness: true,
            ..Requirements::default()
        });
        let (of, door) = (self.of(), at(private, site));
        // An error about the outcome's type is placed at the witness.
        let mut witness = Group::new(Delimiter::Brace, quote!(#of));
        witness.set_span(site);
        let taken = quote_spanned!(site=> #door::expect::file_when(#witness, #file));
        let (file, own) = (into_value(&self.asking(taken)), self.lower(&configured.own));
        quote!(#private::when_or(#file, #own))
    }
}
