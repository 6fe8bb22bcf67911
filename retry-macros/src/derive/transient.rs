//! `#[derive(Transient)]`: errors whose attributes state whether another attempt can help.
//!
//! ```text
//! // Input
//! #[derive(Transient)]
//! enum ApiError {
//!     #[transient] Timeout,
//!     #[transient(retry_after = after)] RateLimited { after: Duration },
//!     #[transient(source)] Io(io::Error),          // or Io(#[transient] io::Error)
//!     Unauthorized,
//! }
//!
//! // Output, paths shortened
//! impl Transient for ApiError {
//!     fn verdict(&self) -> Verdict {
//!         match self {
//!             Self::Timeout { .. } => Verdict::Retry,
//!             Self::RateLimited { after: found, .. } => RetryAfter::verdict(found),
//!             Self::Io { 0: found, .. } => Transient::verdict(found),
//!             _ => Verdict::Final,
//!         }
//!     }
//!     fn unsent(&self) -> bool {
//!         match self {
//!             Self::Io { 0: found, .. } => Transient::unsent(found),
//!             _ => false,
//!         }
//!     }
//!     fn unsent_without_redirects(&self) -> bool { .. }   // the same, where a source is asked
//!     fn health(&self) -> Health {
//!         match self {
//!             Self::Io { 0: found, .. } => Transient::health(found),
//!             _ => From::from(Transient::verdict(self)),
//!         }
//!     }
//! }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ConstParam, Fields, GenericParam, Generics, Item, Path, TypeParam, parse_quote};

use super::field::{self, Asked};
use super::mark::{Health, Mark, Says};
use crate::diagnostics::Errors;
use crate::lower::tokens;
use crate::parse::function::mentions;

/// Derives the implementation, or emits every mistake and a stand-in.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let Some(target) = Target::of(&item, &mut errors) else {
        return errors.into_compile_error();
    };
    if target.has_nameless_parameter() {
        // The compiler has said so, and would not parse an implementation.
        return errors.into_compile_error();
    }
    let derived = target.implementation(errors.is_empty());
    let errors = errors.into_compile_error();
    quote!(#derived #errors)
}

/// A marked variant or struct.
struct Arm {
    pattern: TokenStream,
    unsent: bool,
    health: Option<Health>,
    answer: Says<Asked>,
}

/// The type, with its marked parts.
struct Target<'a> {
    name: &'a Ident,
    generics: &'a Generics,
    krate: Option<Path>,
    arms: Vec<Arm>,
    /// Whether an unmarked variant or struct remains.
    rest: bool,
}

impl<'a> Target<'a> {
    fn of(item: &'a Item, errors: &mut Errors) -> Option<Self> {
        let mut target;
        match item {
            Item::Enum(item) => {
                let own = Mark::parse(&item.attrs, errors);
                if let Some(span) = own.says_something() {
                    let message =
                        "on an enum, `#[transient]` goes on each variant that is transient";
                    errors.push(span, message);
                }
                target = Target::new(&item.ident, &item.generics, own.krate);
                for variant in &item.variants {
                    let name = &variant.ident;
                    // With the span of the expansion, because a derive may name deprecated items.
                    let mut own = name.clone();
                    own.set_span(Span::call_site().located_at(name.span()));
                    let mark = Mark::parse(&variant.attrs, errors);
                    target.take(name, mark, &variant.fields, quote!(Self::#own), errors);
                }
            }
            Item::Struct(item) => {
                let mark = Mark::parse(&item.attrs, errors);
                target = Target::new(&item.ident, &item.generics, mark.krate.clone());
                target.take(&item.ident, mark, &item.fields, quote!(Self), errors);
            }
            other => {
                errors.push_at(other, "`#[derive(Transient)]` goes on an enum or a struct");
                return None;
            }
        }
        target.expect_a_mark(errors);
        Some(target)
    }

    fn new(name: &'a Ident, generics: &'a Generics, krate: Option<Path>) -> Self {
        Target {
            name,
            generics,
            krate,
            arms: Vec::new(),
            rest: false,
        }
    }

    /// Reads a variant or the struct.
    fn take(
        &mut self,
        name: &Ident,
        mark: Mark,
        fields: &Fields,
        pattern: TokenStream,
        errors: &mut Errors,
    ) {
        let answer = match (mark.says, field::marked(name, fields, errors)) {
            (None, None) => {
                self.rest = true;
                return;
            }
            (None | Some(Says::Source(None)), Some((field, _))) => Some(Says::Source(field)),
            (Some(_), Some((_, place))) => {
                let message = format!(
                    "`#[transient]` stands on `{name}` and on its field, which is asked instead; remove one"
                );
                errors.push(place, message);
                None
            }
            (Some(says), None) => says.find(|member| match member {
                Some(member) => field::named(name, fields, member, errors),
                None => field::source(name, fields, mark.span, errors),
            }),
        };
        self.arms.extend(answer.map(|answer| Arm {
            pattern,
            unsent: mark.unsent,
            health: mark.health,
            answer,
        }));
    }

    fn expect_a_mark(&self, errors: &mut Errors) {
        if self.arms.is_empty() && errors.is_empty() {
            let name = self.name;
            let message = format!(
                "nothing of `{name}` is transient; mark what another attempt can help: `#[transient]`"
            );
            errors.push(name.span(), message);
        }
    }

    /// Returns whether a parameter of the type is `_`.
    fn has_nameless_parameter(&self) -> bool {
        self.generics
            .params
            .iter()
            .any(|parameter| match parameter {
                GenericParam::Type(TypeParam { ident, .. })
                | GenericParam::Const(ConstParam { ident, .. }) => ident == "_",
                GenericParam::Lifetime(_) => false,
            })
    }

    fn implementation(&self, sound: bool) -> TokenStream {
        let (name, private) = (self.name, tokens::private(self.krate.as_ref()));
        let generics = self.bounded(&private);
        let (impl_generics, type_generics, bounds) = generics.split_for_impl();
        // The rest of the crate still compiles against a derive with mistakes.
        let methods = match sound {
            true => self.methods(&private),
            false => quote! {
                fn verdict(&self) -> #private::Verdict { #private::Verdict::Final }
                fn unsent(&self) -> bool { false }
            },
        };
        quote! {
            #[automatically_derived]
            impl #impl_generics #private::Transient for #name #type_generics #bounds {
                #methods
            }
        }
    }

    fn methods(&self, private: &Path) -> TokenStream {
        let (verdict, health) = (quote!(#private::Verdict), quote!(#private::Health));
        let is_unsent = |arm: &Arm| arm.unsent.then(|| quote!(true));
        let shown = |arm: &Arm| {
            let shown = Ident::new(arm.health?.0, Span::call_site());
            Some(quote!(#health::#shown))
        };
        let retry = |arm: &Arm| match arm.answer {
            Says::Final => Some(quote!(#verdict::Final)),
            _ => Some(quote!(#verdict::Retry)),
        };
        let unsent = |name| self.method(private, name, &quote!(bool), &is_unsent, &quote!(false));
        // The defaults of the trait apply, unless a source is asked.
        let mut arms = self.arms.iter();
        let asks = arms.any(|arm| matches!(arm.answer, Says::Source(_)));
        let is_final = quote!(#verdict::Final);
        let by_verdict = quote!(::core::convert::From::from(#private::Transient::verdict(self)));
        let verdict = self.method(private, "verdict", &verdict, &retry, &is_final);
        let never = || {
            quote!(
                fn unsent(&self) -> bool {
                    false
                }
            )
        };
        let is_unsent = unsent("unsent").unwrap_or_else(never);
        let without_redirects = unsent("unsent_without_redirects").filter(|_| asks);
        let health = self.method(private, "health", &health, &shown, &by_verdict);
        quote!(#verdict #is_unsent #without_redirects #health)
    }

    /// Emits a method of the trait that answers arm by arm, or `None` if no arm answers and the trait's
    /// default applies.
    fn method(
        &self,
        private: &Path,
        name: &str,
        returns: &TokenStream,
        own: &dyn Fn(&Arm) -> Option<TokenStream>,
        otherwise: &TokenStream,
    ) -> Option<TokenStream> {
        let method = Ident::new(name, Span::call_site());
        let mut rest = self.rest;
        let mut arms = TokenStream::new();
        for arm in &self.arms {
            // At the field's type, which is the part that may not fit.
            let (field, answer) = match &arm.answer {
                Says::Source(Asked { member, ty }) => {
                    let asked = quote_spanned!(ty.span()=> #private::Transient::#method(found));
                    (Some(member), Some(asked))
                }
                Says::RetryAfter(Asked { member, ty }) if name == "verdict" => {
                    let asked = quote_spanned!(ty.span()=> #private::RetryAfter::verdict(found));
                    (Some(member), Some(asked))
                }
                _ => (None, own(arm)),
            };
            let Some(answer) = answer else {
                rest = true;
                continue;
            };
            let (pattern, field) = (&arm.pattern, field.map(|member| quote!(#member: found,)));
            arms.extend(quote!(#pattern { #field .. } => #answer,));
        }
        if arms.is_empty() {
            return None;
        }
        let rest = rest.then(|| quote!(_ => #otherwise,));
        Some(quote!(fn #method(&self) -> #returns { match self { #arms #rest } }))
    }

    /// Returns the generics, with a `Transient` bound for each generic source.
    ///
    /// A source that contains the type itself, such as `Box<Self>`, is transient if the others are. A bound
    /// for it would be circular.
    fn bounded(&self, private: &Path) -> Generics {
        let mut generics = self.generics.clone();
        let clause = generics.make_where_clause();
        for arm in &self.arms {
            let Says::Source(Asked { ty, .. }) = &arm.answer else {
                continue;
            };
            let contains = |name: &Ident| mentions(ty.to_token_stream(), name);
            let mut parameters = self.generics.type_params();
            if parameters.any(|parameter| contains(&parameter.ident)) && !contains(self.name) {
                let bound = parse_quote!(#ty: #private::Transient);
                clause.predicates.push(bound);
            }
        }
        generics
    }
}
