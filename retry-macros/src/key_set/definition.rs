//! `policy!`, the definition of a set.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path, Token, Visibility};

use crate::diagnostics::Errors;
use crate::expand;
use crate::lower::tokens::with_stream;
use crate::parse::attribute::Args;
use crate::parse::inspect::is_upper_case;
use crate::parse::syntax::can_name;
use crate::parse::tokens::{is_punct, is_word};

/// A definition, up to its keys: `pub net: ..`.
struct Definition {
    attrs: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    keys: TokenStream,
}

/// Expands `policy!`. A set with mistakes is defined too, and the functions that use it cause no further
/// errors.
pub(crate) fn define(tokens: TokenStream) -> TokenStream {
    let definition = match Definition::parse.parse2(tokens) {
        Ok(definition) => definition,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let keys = resolved(definition.keys.clone(), definition.is_public(), &mut errors);
    let args = Args::parse_set(keys, &mut errors);
    expand::check_keys(&args, &mut errors);
    let set = match errors.is_empty() {
        true => {
            let keys = &definition.keys;
            quote!({ #keys })
        }
        false => quote!(!),
    };
    let defined = definition.define(&root(args.crate_path), &set);
    let errors = errors.into_compile_error();
    quote!(#defined #errors)
}

impl Definition {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let example = "`policy! { net: stop = after_attempt(5), wait = 1s }`";
        if input.is_empty() {
            let message = format!("a set has a name and keys: {example}");
            return Err(syn::Error::new(Span::call_site(), message));
        }
        let keyed = input.peek(Ident::peek_any) && input.peek2(Token![=]);
        if keyed || !input.peek(Ident::peek_any) {
            let message = format!("a set starts with its name: {example}");
            return Err(input.error(message));
        }
        let name = input.call(Ident::parse_any)?;
        can_name(&name)?;
        if is_upper_case(&name) {
            let message =
                format!("the name of a set is in lower case, as that of a macro: {example}");
            return Err(syn::Error::new(name.span(), message));
        }
        if input.peek(Token![::]) || !input.peek(Token![:]) {
            let message = format!("write `{name}:` before the keys: {example}");
            return Err(syn::Error::new(name.span(), message));
        }
        let colon: Token![:] = input.parse()?;
        if input.is_empty() {
            let message = format!("`{name}` has no keys: {example}");
            return Err(syn::Error::new_spanned(quote!(#name #colon), message));
        }
        Ok(Definition {
            attrs,
            vis,
            name,
            keys: input.parse()?,
        })
    }

    fn is_public(&self) -> bool {
        matches!(self.vis, Visibility::Public(_))
    }

    /// Emits the macro of the set, and its name where it stands.
    ///
    /// An exported macro is at the root of its crate, whatever module it stands in. So it has a name of its
    /// own there, and is re-exported under the set's.
    fn define(&self, root: &TokenStream, set: &TokenStream) -> TokenStream {
        let Definition {
            attrs, vis, name, ..
        } = self;
        let conditions = attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
        let export = self
            .is_public()
            .then(|| quote!(#[doc(hidden)] #[macro_export]));
        let hidden = self.hidden_name();
        let named = quote_spanned!(name.span()=> use #hidden as #name;);
        quote! {
            #(#conditions)*
            #export
            macro_rules! #hidden {
                ($($call:tt)*) => { #root::__retry_by_set! { #set $($call)* } };
            }
            #(#attrs)*
            #vis #named
        }
    }

    fn hidden_name(&self) -> Ident {
        let name = self.name.unraw();
        let mut hidden = format!("__persevere_{name}");
        if self.is_public() {
            // Sets of other modules may have the same name and keys, and turns of a `macro_rules!` the same
            // place too. Each definition has a call site of its own.
            let mut hasher = DefaultHasher::new();
            self.keys.to_string().hash(&mut hasher);
            format!("{:?}", Span::call_site()).hash(&mut hasher);
            hidden.push_str(&format!("_{:016x}", hasher.finish()));
        }
        Ident::new(&hidden, self.name.span())
    }
}

/// Returns the path of `persevere`, as the macro of the set names it wherever it is used.
fn root(written: Option<Path>) -> TokenStream {
    match written {
        Some(path) if path.segments[0].ident == "crate" => quote!($ #path),
        Some(path) => quote!(#path),
        None => quote!(::persevere),
    }
}

/// Replaces `$crate` by `crate`, as the keys are checked in the crate that defines them. Reports names that a
/// set does not see.
fn resolved(tokens: TokenStream, public: bool, errors: &mut Errors) -> TokenStream {
    let mut resolved = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_path = |next: Option<&TokenTree>| next.is_some_and(|next| is_punct(next, ':'));
        match token {
            TokenTree::Group(group) => {
                let inside = self::resolved(group.stream(), public, errors);
                resolved.extend([TokenTree::Group(with_stream(&group, inside))]);
            }
            token if is_punct(&token, '$') => match tokens.next_if(|next| is_word(next, "crate")) {
                Some(root) => resolved.extend([root]),
                None => errors.push(token.span(), "`$` stands only before `crate`: `$crate::..`"),
            },
            token if is_word(&token, "self") && !is_path(tokens.peek()) => {
                errors.push(
                    token.span(),
                    "a set has no `self`; write this key at the functions that have one",
                );
                resolved.extend([token]);
            }
            token if public && is_word(&token, "crate") && is_path(tokens.peek()) => {
                errors.push(
                    token.span(),
                    "in a `pub` set `crate` is the crate that uses it; write `$crate` for this one",
                );
                resolved.extend([token]);
            }
            token => resolved.extend([token]),
        }
    }
    resolved
}
