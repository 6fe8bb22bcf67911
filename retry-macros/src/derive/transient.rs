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
use syn::{Attribute, Fields, Generics, Item, Path, Type};

use crate::diagnostics::Errors;
use crate::lower::tokens;

use super::field::Member;
use super::mark::{Health, Mark, Says};

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
    let derived = target.implementation(errors.is_empty());
    let errors = errors.into_compile_error();
    quote!(#derived #errors)
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

/// A marked variant or struct.
struct Arm {
    pattern: TokenStream,
    unsent: bool,
    health: Option<Health>,
    answer: Answer,
}

/// An answer to whether and when to retry. A field is kept with its type.
enum Answer {
    /// The mark: retry at once.
    Mark,
    /// A field with the pause.
    Pause(Member, Type),
    /// The source, to which every question is passed on.
    Source(Member, Type),
    /// The mark: never retry.
    Final,
}

impl<'a> Target<'a> {
    fn of(item: &'a Item, errors: &mut Errors) -> Option<Self> {
        match item {
            Item::Enum(item) => {
                let own = Mark::parse(&item.attrs, errors);
                if let Some(span) = own.says_something() {
                    let message =
                        "on an enum, `#[transient]` goes on each variant that is transient";
                    errors.push(span, message);
                }
                let mut target = Target::new(&item.ident, &item.generics, own.krate);
                for variant in &item.variants {
                    let name = &variant.ident;
                    // With the span of the expansion, because a derive may name deprecated items.
                    let mut own = name.clone();
                    own.set_span(Span::call_site().located_at(name.span()));
                    let pattern = quote!(Self::#own);
                    target.take(name, &variant.attrs, &variant.fields, pattern, errors);
                }
                target.expect_a_mark(errors);
                Some(target)
            }
            Item::Struct(item) => {
                let mut target = Target::new(&item.ident, &item.generics, None);
                let pattern = quote!(Self);
                target.krate = target.take(&item.ident, &item.attrs, &item.fields, pattern, errors);
                target.expect_a_mark(errors);
                Some(target)
            }
            other => {
                errors.push_at(other, "`#[derive(Transient)]` goes on an enum or a struct");
                None
            }
        }
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

    /// Reads a variant or the struct. Returns the path of the crate, if the attribute has one.
    fn take(
        &mut self,
        name: &Ident,
        attributes: &[Attribute],
        fields: &Fields,
        pattern: TokenStream,
        errors: &mut Errors,
    ) -> Option<Path> {
        let marked = super::field::marked(name, fields, errors);
        let mark = Mark::parse(attributes, errors);
        let answer = match (mark.says, marked) {
            (None, None) => {
                self.rest = true;
                return mark.krate;
            }
            (None | Some(Says::Source(None)), Some(field)) => {
                Some(Answer::Source(field.member, field.ty))
            }
            (Some(_), Some(field)) => {
                let message = format!(
                    "`#[transient]` stands on `{name}` and on its field, which is asked instead; remove one"
                );
                errors.push(field.mark, message);
                None
            }
            (Some(Says::Retry), None) => Some(Answer::Mark),
            (Some(Says::Final), None) => Some(Answer::Final),
            (Some(Says::RetryAfter(member)), None) => {
                let field = super::field::named(name, fields, member, errors);
                field.map(|(member, ty)| Answer::Pause(member, ty))
            }
            (Some(Says::Source(member)), None) => {
                let field = match member {
                    Some(member) => super::field::named(name, fields, member, errors),
                    None => super::field::source(name, fields, mark.span, errors),
                };
                field.map(|(member, ty)| Answer::Source(member, ty))
            }
        };
        self.arms.extend(answer.map(|answer| Arm {
            pattern,
            unsent: mark.unsent,
            health: mark.health,
            answer,
        }));
        mark.krate
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

    fn implementation(&self, sound: bool) -> TokenStream {
        let (name, private) = (self.name, self.private());
        let (impl_generics, type_generics, _) = self.generics.split_for_impl();
        let bounds = self.bounds(&private);
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

    fn methods(&self, private: &TokenStream) -> TokenStream {
        let (verdict, health) = (quote!(#private::Verdict), quote!(#private::Health));
        let is_unsent = |arm: &Arm| arm.unsent.then(|| quote!(true));
        let shown = |arm: &Arm| {
            let shown = Ident::new(arm.health?.0, Span::call_site());
            Some(quote!(#health::#shown))
        };
        let retry = |arm: &Arm| match arm.answer {
            Answer::Final => Some(quote!(#verdict::Final)),
            _ => Some(quote!(#verdict::Retry)),
        };
        let unsent = |name| self.method(private, name, &quote!(bool), is_unsent, &quote!(false));
        let by_verdict = quote!(::core::convert::From::from(#private::Transient::verdict(self)));
        let methods = [
            self.method(
                private,
                "verdict",
                &verdict,
                retry,
                &quote!(#verdict::Final),
            ),
            unsent("unsent").or_else(|| {
                Some(quote!(
                    fn unsent(&self) -> bool {
                        false
                    }
                ))
            }),
            self.asks()
                .then(|| unsent("unsent_without_redirects"))
                .flatten(),
            self.method(private, "health", &health, shown, &by_verdict),
        ];
        methods.into_iter().flatten().collect()
    }

    /// Emits a method of the trait that answers arm by arm, or `None` if no arm answers and the trait's
    /// default applies.
    fn method(
        &self,
        private: &TokenStream,
        name: &str,
        returns: &TokenStream,
        own: impl Fn(&Arm) -> Option<TokenStream>,
        otherwise: &TokenStream,
    ) -> Option<TokenStream> {
        let method = Ident::new(name, Span::call_site());
        let mut rest = self.rest;
        let mut arms = TokenStream::new();
        for arm in &self.arms {
            // At the field's type, which is the part that may not fit.
            let (field, answer) = match &arm.answer {
                Answer::Source(member, ty) => {
                    let asked = quote_spanned!(ty.span()=> #private::Transient::#method(found));
                    (Some(member), Some(asked))
                }
                Answer::Pause(member, ty) if name == "verdict" => {
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

    /// Returns the crate's hidden module, in `::persevere` unless `crate` names another path.
    fn private(&self) -> TokenStream {
        match &self.krate {
            Some(path) => quote!(#path::__private),
            None => tokens::hidden(Span::call_site()).into_token_stream(),
        }
    }

    /// Emits the bounds of the type, and a `Transient` bound for each generic source.
    ///
    /// A source that contains the type itself, such as `Box<Self>`, is transient if the others are. A bound
    /// for it would be circular.
    fn bounds(&self, private: &TokenStream) -> TokenStream {
        let own = self
            .generics
            .where_clause
            .iter()
            .flat_map(|w| &w.predicates);
        let parameters: Vec<_> = self.generics.type_params().map(|p| &p.ident).collect();
        let sources = self.arms.iter().filter_map(|arm| match &arm.answer {
            Answer::Source(_, ty)
                if super::field::mentions(ty, &parameters)
                    && !super::field::mentions(ty, &[self.name]) =>
            {
                Some(ty)
            }
            _ => None,
        });
        let sources = sources.map(|ty| quote!(#ty: #private::Transient));
        quote!(where #(#own,)* #(#sources,)*)
    }

    /// Returns whether a source is asked. Otherwise the trait's defaults apply.
    fn asks(&self) -> bool {
        let mut arms = self.arms.iter();
        arms.any(|arm| matches!(arm.answer, Answer::Source(..)))
    }
}
