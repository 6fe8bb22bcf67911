//! Parameters that a body may move, with their replacements in each attempt.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Generics, Pat, PatIdent, PatSlice, PatTupleStruct, PatType, ReceiverKind,
    Signature, Token, Type,
};

use crate::diagnostics::{Errors, text};
use crate::parse::function::{Function, mentions, parameters_of};
use crate::parse::types::{Bounds, bounds, has_trait, types};
use persevere_words::closest;

/// A parameter that each attempt gets afresh, under its own name.
pub(crate) struct Rebound {
    /// `#[cfg(..)]`
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) how: How,
}

impl Rebound {
    /// Emits its `let`.
    pub(crate) fn bind(&self, mutability: Option<Token![mut]>, value: TokenStream) -> TokenStream {
        let (attrs, name) = (&self.attrs, &self.name);
        quote!(#(#attrs)* let #mutability #name = #value;)
    }
}

/// A way to make a parameter afresh.
pub(crate) enum How {
    /// `&mut *name`
    Reborrow,
    /// `Pin::as_mut(&mut name)`
    Repin,
    /// `Clone::clone(&name)`, for the name at this place in the attribute.
    Clone(Span),
}

/// Finds the parameters that each attempt needs afresh.
///
/// ```text
/// // Input
/// #[retry(clone(body))]
/// fn send(log: &mut Log, mut body: String, socket: Pin<&mut Socket>) -> .. { .. }
///
/// // Output
/// fn send(log: &mut Log, body: String, mut socket: Pin<&mut Socket>) -> .. {
///     loop {
///         let log = &mut *log;
///         let mut body = Clone::clone(&body);
///         let socket = Pin::as_mut(&mut socket);
///         ..
/// ```
///
/// `mut` moves from those parameters to their replacements. A pinned parameter gets a `mut`, because it is
/// pinned again. Unless the body `repeats`, it has only its clones afresh, and may move everything else.
pub(crate) fn parameters(
    function: &mut Function,
    clone: &[Ident],
    repeats: bool,
    errors: &mut Errors,
) -> Vec<Rebound> {
    let mut finder = Finder {
        clone,
        repeats,
        attrs: Vec::new(),
        found: Vec::new(),
        errors,
    };
    let body = function.body.stream();
    let sig = &mut function.sig;
    let generics = sig.generics.clone();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                // Only the body can pin a pinned `self` again, and it needs `mut` for that.
                let pinned = matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if is_pinned(ty));
                if let (Some(token), false, true) = (&receiver.mutability, pinned, repeats) {
                    carries_over(token.span(), "self", finder.errors);
                }
            }
            FnArg::Typed(typed) => match changing_closure(typed, clone, &generics) {
                Some((token, message)) if repeats => finder.errors.push(token, message),
                _ => {
                    finder.attrs.clone_from(&typed.attrs);
                    finder.attrs.retain(|attr| attr.path().is_ident("cfg"));
                    finder.pattern(&mut typed.pat, Some(&typed.ty));
                }
            },
        }
    }
    let Finder {
        mut found, errors, ..
    } = finder;
    for name in clone {
        if found.iter().any(|rebound| rebound.name == *name) {
            continue;
        }
        let message = if name == "self" {
            "`self` cannot be cloned for each attempt; take `&self` and clone it in the body"
                .to_owned()
        } else {
            no_parameter(sig, name)
        };
        errors.push(name.span(), message);
    }
    // A parameter that the body does not name is not moved.
    found.retain(|rebound| mentions(body.clone(), &rebound.name));
    found
}

/// A search for the names of a parameter.
struct Finder<'a> {
    clone: &'a [Ident],
    repeats: bool,
    /// The attributes of the parameter.
    attrs: Vec<Attribute>,
    found: Vec<Rebound>,
    errors: &'a mut Errors,
}

impl Finder<'_> {
    /// Finds the names of a pattern. Its type is known as far as it is visible.
    fn pattern(&mut self, pat: &mut Pat, ty: Option<&Type>) {
        match pat {
            Pat::Ident(pat) => {
                if let Some((_, inner)) = &mut pat.subpat {
                    self.pattern(inner, None);
                }
                self.name(pat, ty);
            }
            Pat::Tuple(tuple) => {
                let types = match ty {
                    Some(Type::Tuple(types)) if types.elems.len() == tuple.elems.len() => {
                        Some(&types.elems)
                    }
                    _ => None,
                };
                for (at, pat) in tuple.elems.iter_mut().enumerate() {
                    self.pattern(pat, types.and_then(|types| types.get(at)));
                }
            }
            Pat::Paren(paren) => self.pattern(&mut paren.pat, ty),
            Pat::Reference(reference) => self.pattern(&mut reference.pat, None),
            Pat::TupleStruct(PatTupleStruct { elems, .. }) | Pat::Slice(PatSlice { elems, .. }) => {
                for pat in elems {
                    self.pattern(pat, None);
                }
            }
            Pat::Struct(pat) => {
                for field in &mut pat.fields {
                    self.pattern(&mut field.pat, None);
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, pat: &mut PatIdent, ty: Option<&Type>) {
        let name = pat.ident.clone();
        let by_ref = pat.by_ref.is_some();
        let cloned = self.clone.iter().find(|cloned| **cloned == name);
        let (how, mutability) = if let Some(cloned) = cloned {
            let mutability = if by_ref { None } else { pat.mutability.take() };
            (How::Clone(cloned.span()), mutability)
        } else if !self.repeats {
            return;
        } else if by_ref && pat.mutability.is_some() {
            (How::Reborrow, None)
        } else if ty.is_some_and(is_unique) {
            (How::Reborrow, pat.mutability.take())
        } else if ty.is_some_and(is_pinned) {
            let pinned_again = Token![mut](Span::mixed_site());
            (How::Repin, pat.mutability.replace(pinned_again))
        } else {
            if let Some(token) = &pat.mutability {
                carries_over(token.span(), &name.to_string(), self.errors);
            }
            return;
        };
        self.found.push(Rebound {
            attrs: self.attrs.clone(),
            mutability,
            name,
            how,
        });
    }
}

/// Returns whether a type is `&mut T`.
fn is_unique(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Paren(paren) => is_unique(&paren.elem),
        Type::Group(group) => is_unique(&group.elem),
        _ => false,
    }
}

/// Returns whether a type is `Pin<&mut T>`.
fn is_pinned(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|name| {
        name.ident == "Pin" && types(name).first().is_some_and(|ty| is_unique(ty))
    })
}

/// Finds a parameter like `mut f: impl FnMut()`, which is seldom `Clone`, and can be moved only once.
///
/// Returns the place of its `mut`, and the message.
fn changing_closure(
    typed: &PatType,
    clone: &[Ident],
    generics: &Generics,
) -> Option<(Span, String)> {
    let Pat::Ident(pat) = &*typed.pat else {
        return None;
    };
    let token = pat.mutability.as_ref()?;
    if pat.by_ref.is_some() || pat.subpat.is_some() || clone.contains(&pat.ident) {
        return None;
    }
    let (ty, count) = match &*typed.ty {
        ty @ Type::ImplTrait(closure) if calls(&[&closure.bounds]) => (ty, closure.bounds.len()),
        ty @ Type::Path(path) => {
            let segment = path.path.segments.last()?;
            match types(segment).first().copied() {
                Some(inner @ Type::TraitObject(closure))
                    if segment.ident == "Box" && calls(&[&closure.bounds]) =>
                {
                    (inner, closure.bounds.len())
                }
                None if calls(&bounds(path.path.get_ident()?, generics)) => (ty, 1),
                _ => return None,
            }
        }
        _ => return None,
    };
    let by_reference = match count {
        1 => format!("&mut {}", text(ty)),
        _ => format!("&mut ({})", text(ty)),
    };
    let name = &pat.ident;
    let message = format!(
        "`mut {name}` would carry its change into the next attempt; take `{name}: {by_reference}`"
    );
    Some((token.span(), message))
}

/// Returns whether `FnMut` is one of the bounds.
fn calls(places: &[&Bounds]) -> bool {
    has_trait(places, "FnMut") || has_trait(places, "AsyncFnMut")
}

/// Returns the message for `clone(x)` without a parameter `x`.
fn no_parameter(sig: &Signature, name: &Ident) -> String {
    let names: Vec<String> = parameters_of(sig).iter().map(Ident::to_string).collect();
    let function = &sig.ident;
    match closest(&name.to_string(), names.iter().map(String::as_str)) {
        Some(slip) => {
            format!("`{function}` has no parameter named `{name}`; did you mean `{slip}`?")
        }
        None if names.is_empty() => {
            format!("`{function}` has no parameter named `{name}`: it takes none")
        }
        None => {
            let names = names.join("`, `");
            format!("`{function}` has no parameter named `{name}`; it has `{names}`")
        }
    }
}

fn carries_over(span: Span, name: &str, errors: &mut Errors) {
    let instead = match name {
        "self" => "take `&mut self`, or write `let mut this = self;` in the body".to_owned(),
        _ => format!(
            "add `clone({name})` to the attribute, or write `let mut {name} = {name};` in the body"
        ),
    };
    errors.push(
        span,
        format_args!("`mut {name}` would carry its change into the next attempt; {instead}"),
    );
}
